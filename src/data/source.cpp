#include "data/source.h"

namespace vae {
namespace {

std::shared_ptr<const Dataset> make(const ShapesConfig& config, const FolderReading&) {
  return std::make_shared<ShapesDataset>(config);
}
std::shared_ptr<const Dataset> make(const IdxConfig& config, const FolderReading&) {
  return std::make_shared<IdxDataset>(config);
}
std::shared_ptr<const Dataset> make(const FolderConfig& config, const FolderReading& reading) {
  return std::make_shared<FolderDataset>(config, reading);
}

}  // namespace

std::shared_ptr<const Dataset> open_dataset(const SourceConfig& config, const FolderReading& reading) {
  return config.visit([&](const auto& source) { return make(source, reading); });
}

}  // namespace vae
