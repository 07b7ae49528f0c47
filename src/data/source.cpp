#include "data/source.h"

namespace vae {
namespace {

std::shared_ptr<const Dataset> make(const ShapesConfig& config) {
  return std::make_shared<ShapesDataset>(config);
}
std::shared_ptr<const Dataset> make(const IdxConfig& config) { return std::make_shared<IdxDataset>(config); }
std::shared_ptr<const Dataset> make(const FolderConfig& config) {
  return std::make_shared<FolderDataset>(config);
}

}  // namespace

std::shared_ptr<const Dataset> open_dataset(const SourceConfig& config) {
  return config.visit([](const auto& source) { return make(source); });
}

}  // namespace vae
