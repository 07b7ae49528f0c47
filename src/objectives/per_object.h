// q(z | x) with parameters of its own for each picture.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "objectives/posterior_table.h"

namespace vae {

struct PerObjectConfig {
  static constexpr std::string_view kType = "per_object";
  static constexpr std::string_view kHelp =
      "Parameters of q(z | x) for every training picture, without an encoder; a new picture gets a fit of "
      "its "
      "own.";
  int64_t steps = 20;
  double learning_rate = 0.1;
  TablePlace table = TablePlace::device;
  FitConfig fit = {};
  bool operator==(const PerObjectConfig&) const = default;
};

inline constexpr auto fields(Tag<PerObjectConfig>) {
  return std::tuple{
      field("steps", &PerObjectConfig::steps, closed(1, 1'000'000),
            "Gradient steps on q of a batch's pictures before each step of the weights."),
      field("learning_rate", &PerObjectConfig::learning_rate, positive, "Of those steps, by Adam."),
      field("table", &PerObjectConfig::table,
            "Where the parameters lie: on the \"device\" that trains, or in the memory of the \"cpu\"."),
      field("fit", &PerObjectConfig::fit, "How q of pictures outside training is found."),
  };
}

/// Stochastic variational inference (Hoffman et al. 2013): lambda_i for each picture i, stepped when the
/// picture is in the batch; then one step of theta at it.
class PerObject : public Inference {
 public:
  PerObject(const PerObjectConfig& config, const InferenceSetting& setting);

  EStep e_step(const StepContext& at) override;
  std::unique_ptr<Posterior> infer(const Vae& model, const Batch& batch, uint64_t seed) const override;
  void follow(const Batch& batch) override;
  bool knows_pictures() const override { return true; }
  const DividedRows* rows() const override { return &table_->rows(); }

 private:
  PerObjectConfig config_;
  std::shared_ptr<PosteriorTable> table_;
};

std::shared_ptr<Inference> make_inference(const PerObjectConfig& config, const InferenceSetting& setting);

}  // namespace vae
