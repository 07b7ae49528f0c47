#include "model/config.h"

#include "core/error.h"

namespace vae {

PriorSetting prior_setting(const ModelConfig& config, const PosteriorFamily& posterior,
                           const PictureShape& picture, int64_t classes) {
  return {.latents = posterior.latent_space(),
          .picture = picture,
          .classes = config.condition && config.condition->prior ? classes : 0,
          .encoder_classes = config.condition ? classes : 0,
          .scores_given_latents = posterior.scores_given_latents()};
}

std::optional<std::string> check(const ModelConfig& config) {
  if (!config.encoder && config.prior.is<VampConfig>()) {
    return "prior: \"vamp\" is a mixture of what the encoder makes of its pseudo-inputs, but model.encoder "
           "is null; "
           "use another prior";
  }
  return complaint_of([&] {
    const auto posterior = make_posterior(config.posterior, config.latent);
    require_fit(config.prior, prior_setting(config, *posterior, /*picture=*/{}, /*classes=*/1));
  });
}

}  // namespace vae
