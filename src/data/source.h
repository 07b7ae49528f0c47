// Where pictures come from: the list of all sources.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "data/dataset.h"
#include "data/folder.h"
#include "data/idx.h"
#include "data/shapes.h"

namespace vae {

using SourceConfig = OneOf<ShapesConfig, IdxConfig, FolderConfig>;

/// `reading` is for folders.
std::shared_ptr<const Dataset> open_dataset(const SourceConfig& config, const FolderReading& reading = {});

}  // namespace vae
