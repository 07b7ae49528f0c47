#include "cli/model_loading.h"

#include "core/device.h"

namespace vae {

LoadedModel load_model(const std::filesystem::path& file_or_run, const std::string& device_name) {
  const torch::Device device = open_device(device_name);
  Checkpoint checkpoint = Checkpoint::load(find_checkpoint(file_or_run));
  std::shared_ptr<Vae> model = restore_model(checkpoint, device);
  return {std::move(checkpoint), std::move(model), device};
}

}  // namespace vae
