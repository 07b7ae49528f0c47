// q(z | x) from the encoder.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "objectives/inference.h"

namespace vae {

struct AmortizedConfig {
  static constexpr std::string_view kType = "amortized";
  static constexpr std::string_view kHelp =
      "The encoder gives q(z | x) of any picture, and learns with the decoder.";
  bool operator==(const AmortizedConfig&) const = default;
};

inline constexpr auto fields(Tag<AmortizedConfig>) { return std::tuple{}; }

/// lambda = encoder(x): one network for all pictures, known or new. Kingma and Welling 2014; the name is of
/// Gershman and Goodman 2014.
class Amortized : public Inference {
 public:
  EStep e_step(const StepContext& at) override {
    return {.posterior = at.model.encode(at.batch.x, at.batch.labels)};
  }
  bool is_one_pass() const override { return true; }
  std::unique_ptr<Posterior> infer(const Vae& model, const Batch& batch, uint64_t) const override {
    return model.encode(batch.x, batch.labels);
  }
};

inline std::shared_ptr<Inference> make_inference(const AmortizedConfig&, const InferenceSetting&) {
  return std::make_shared<Amortized>();
}

}  // namespace vae
