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

void require_categories(const PriorSetting& setting, std::string_view type) {
  if (!setting.latents.is_real()) return;
  throw UsageError(
      "model.prior.type: \"{}\" is a distribution of categories, but model.posterior gives real vectors; use "
      "\"standard_normal\"",
      type);
}

void require_no_classes(const PriorSetting& setting, std::string_view type) {
  if (setting.classes == 0) return;
  throw UsageError(
      "model.prior.type: \"{}\" has nothing that could depend on a class, but model.condition.prior is true; "
      "set it to false, or use a mixture",
      type);
}

}  // namespace vae
