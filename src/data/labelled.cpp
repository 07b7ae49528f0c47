#include "data/labelled.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.h"

namespace vae {

Labelled::Labelled(std::shared_ptr<const Dataset> source, std::vector<std::string> classes)
    : source_(std::move(source)), classes_(std::move(classes)) {
  for (const std::string& name : source_->classes()) {
    const auto found = std::find(classes_.begin(), classes_.end(), name);
    position_.push_back(found == classes_.end() ? kNoLabel : found - classes_.begin());
  }
  for (int64_t i = 0; i < source_->size(); ++i) {
    const int64_t label = source_->label(i);
    if (label == kNoLabel) {
      throw DataError(
          "{}: no class is known for this picture, and the model is conditioned on classes; put every "
          "picture "
          "into a folder named after its class, or give labels",
          source_->name(i));
    }
    if (position_[static_cast<size_t>(label)] == kNoLabel) {
      throw DataError("{}: of class \"{}\", but the model knows only {}", source_->name(i),
                      source_->classes()[static_cast<size_t>(label)], fmt::join(classes_, ", "));
    }
  }
}

}  // namespace vae
