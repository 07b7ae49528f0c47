// Objectives that are a bound of importance samples.
#pragma once

#include <memory>

#include "objectives/bound.h"
#include "objectives/estimators.h"
#include "objectives/objective.h"

namespace vae {

/// mean over the batch of  1/M sum_m bound(log w_1m ... log w_Km),  w_km = p(x, z_km) / q(z_km | x), z ~ q.
class ImportanceWeighted : public Objective {
 public:
  struct Options {
    int64_t importance_samples = 1;  // K
    int64_t samples = 1;             // M
    EstimatorConfig estimator = {};
  };

  ImportanceWeighted(const Options& options, std::unique_ptr<const Bound> bound, const PictureShape& picture);

  void initialize(Random random) override { estimator_->initialize(random); }
  Terms evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                 const ObjectiveStep& step) override;
  bool is_one_function() const override { return options_.estimator.is<ReparameterizedConfig>(); }
  int64_t validation_samples() const override { return options_.importance_samples; }

 private:
  Options options_;
  std::unique_ptr<const Bound> bound_;
  std::shared_ptr<Estimator> estimator_;
};

}  // namespace vae
