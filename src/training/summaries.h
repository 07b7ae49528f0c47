// What TensorBoard shows, as messages `Summary.Value` of its files, but for their tags.
#pragma once

#include <span>
#include <string>

#include "config/flatten.h"
#include "images/image.h"
#include "training/histogram.h"

namespace vae {

std::string scalar_summary(double value);  // kept as float32, as the format has it
std::string image_summary(const Image& picture);
std::string histogram_summary(const Histogram& histogram);

/// A run's record in the plugin HParams, which belongs under kHyperParametersTag.
std::string hyper_parameters_summary(std::span<const FlatValue> values);

inline constexpr const char* kHyperParametersTag = "_hparams_/session_start_info";

}  // namespace vae
