// Latents to pictures, as many at once as memory allows.
#pragma once

#include <string>
#include <vector>

#include "cli/computing.h"
#include "cli/model_loading.h"
#include "images/image.h"
#include "model/generate.h"

namespace vae {

/// What is decoded: labels [N] where the model is conditioned on classes, else undefined.
struct Latents {
  Tensor z;  // [N, latent], of any type and on any device
  Tensor labels = {};
};

/// --show.
void add_rendering(CLI::App& command, std::string& shown);

/// A picture for each latent vector; `shown` as --show has it, the noise of draws from `seed`.
std::vector<Image> decode_images(const LoadedModel& loaded, const Computing& computing,
                                 const Latents& latents, const std::string& shown = "mean",
                                 uint64_t seed = 0);

}  // namespace vae
