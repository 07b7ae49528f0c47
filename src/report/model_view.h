// What a report shows of a trained model: found anew from its weights and a part of its data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "distributions/bits_per_dimension.h"
#include "evaluation/evaluation.h"
#include "evaluation/principal_plane.h"
#include "images/image.h"
#include "training/checkpoint.h"

namespace vae {

/// One latent dimension varied over the range that it takes on the data.
struct SweptLatent {
  int64_t position = 0;
  double low = 0, high = 0;
  Image strip;
};

/// Small pictures side by side.
struct Thumbnails {
  Image sheet;
  int64_t columns = 1;
  int64_t width = 0, height = 0;  // of one, in pixels
};

struct ModelView {
  int64_t parameters = 0;
  std::string split;      // the part of the data that was looked at,
  int64_t available = 0;  // so many pictures, evenly thinned to those of `evaluation`
  Evaluation evaluation;
  std::optional<BitsPerDimension> bits;  // of the bound that chose the weights, else of the ELBO here
  std::vector<int64_t> order;            // of the latents, most active first
  LatentPlane plane;                     // of the posterior means
  std::vector<std::string> names;        // of the pictures
  std::vector<int64_t> labels;           // positions in `classes`, or kNoLabel
  std::vector<std::string> classes;
  Thumbnails thumbnails;
  std::vector<SweptLatent> sweeps;  // none where latents are categories
};

/// On the processor. DataError and the like where the data is no longer there.
ModelView look_at_model(const Checkpoint& checkpoint);

}  // namespace vae
