#include "cli/decoding.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "data/image_tensor.h"

namespace vae {
namespace {

const std::map<std::string, Rendering> kRenderings = {{"mean", Rendering::mean}, {"draw", Rendering::draw}};

}  // namespace

void add_rendering(CLI::App& command, std::string& shown) {
  command.add_option("--show", shown, "mean: the likelihood's mean; draw: a draw from it")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember(kRenderings));
}

std::vector<Image> decode_images(const LoadedModel& loaded, const Computing& computing,
                                 const Latents& latents, const std::string& shown, uint64_t seed) {
  const Vae& model = *loaded.model;
  const Tensor z = latents.z.to(model.options());
  const int64_t count = z.size(0), size = batch_size(computing, model);
  const Progress progress = show_progress("pictures decoded");
  Random pixels(seed, "sample pixels");
  std::vector<Image> images;
  for (int64_t first = 0; first < count; first += size) {
    const int64_t last = std::min(first + size, count);
    const Tensor labels = latents.labels.defined() ? latents.labels.slice(0, first, last) : Tensor();
    std::ranges::move(
        to_images(decode_pictures(model, z.slice(0, first, last), labels, kRenderings.at(shown), pixels)),
        std::back_inserter(images));
    progress(last, count);
  }
  return images;
}

}  // namespace vae
