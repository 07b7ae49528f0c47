// How far each known factor of variation has a latent dimension of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "data/dataset.h"

namespace vae {

/// What the latents tell of one factor v of variation.
struct FactorGap {
  std::string name;
  double entropy = 0;      // H(v), in nats
  int64_t dimension = 0;   // the latent that tells most of it
  double information = 0;  // I(z_j; v) / H(v) of that one
  double gap = 0;          // that, less the same of the second best
};

struct MutualInformationGap {
  double mean = 0;  // over the factors; 0 where none varies
  std::vector<FactorGap> factors = {};
};

/// Known factors of pictures: names, and values [N, factors], float64.
struct Factors {
  std::vector<std::string> names;
  Tensor values;
};

/// Those of a data set that tells them.
Factors factors_of(const Dataset& dataset);

/// 1/V sum_v (I(z_j; v) - max_{i != j} I(z_i; v)) / H(v), j = argmax I(z_j; v): Chen et al. 2018, equation 6,
/// from the posterior means [N, latent] in 20 bins of equal width as Locatello et al. 2019, appendix C. A
/// factor of more than 20 values is put into such bins too; one that does not vary is left out.
MutualInformationGap mutual_information_gap(const Tensor& means, const Factors& factors);

}  // namespace vae
