// Trainings of a fraction of a second.
#pragma once

#include "training/config.h"

namespace vae::test {

/// Two epochs over 30 pictures in batches of 8: the last is shorter.
inline Config tiny_run() {
  Config config;
  config.device = "cpu";
  config.data.train = ShapesConfig{.count = 30, .height = 8, .width = 8};
  config.data.validation = ShapesConfig{.count = 10, .height = 8, .width = 8, .offset = 30};
  config.model.latent = 2;
  config.model.encoder = MlpConfig{.hidden = {6}};
  config.model.decoder = MlpConfig{.hidden = {6}};
  config.training.epochs = 2;
  config.training.batch_size = 8;
  config.training.log_every = 3;
  return config;
}

}  // namespace vae::test
