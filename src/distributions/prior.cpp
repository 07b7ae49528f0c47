#include "distributions/prior.h"

#include "core/error.h"

namespace vae {

void require_real(const PriorSetting& setting, std::string_view type) {
  if (setting.latents.is_real()) return;
  throw UsageError(
      "model.prior.type: \"{}\" is a density of real vectors, but model.posterior gives categories; use "
      "\"uniform_categorical\"",
      type);
}

}  // namespace vae
