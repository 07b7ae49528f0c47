#include "model/conv.h"

#include "model/layers.h"
#include "model/pyramid.h"

namespace vae {
namespace {

class ConvEncoder : public Encoder {
 public:
  ConvEncoder(const ConvConfig& config, const EncoderSetting& setting) {
    std::vector<PictureShape> levels = pyramid(setting.picture, config.channels);
    levels.front().channels += setting.condition;
    for (size_t i = 1; i < levels.size(); ++i) {
      layers_.push_back(register_module(
          "down" + std::to_string(i - 1),
          std::make_shared<Downsample>(levels[i - 1].channels, levels[i].channels, config.activation)));
    }
    output_ = register_module(
        "output", std::make_shared<Linear>(levels.back().elements(), setting.outputs, Activation::identity));
  }

  Tensor forward(const Tensor& x, const Tensor& condition) const override {
    Tensor h = join_maps(x, condition);
    for (const auto& layer : layers_) h = layer->forward(h);
    return output_->forward(h.flatten(1));
  }

 private:
  std::vector<std::shared_ptr<Downsample>> layers_;
  std::shared_ptr<Linear> output_;
};

class ConvDecoder : public Decoder {
 public:
  ConvDecoder(const ConvConfig& config, const DecoderSetting& setting) {
    const std::vector<PictureShape> levels = pyramid(setting.parameters, config.channels);
    smallest_ = levels.back();
    input_ = register_module("input", std::make_shared<Linear>(setting.latent + setting.condition,
                                                               smallest_.elements(), config.activation));
    for (size_t i = levels.size() - 1; i > 0; --i) {
      const Activation activation = i == 1 ? Activation::identity : config.activation;
      layers_.push_back(
          register_module("up" + std::to_string(layers_.size()),
                          std::make_shared<Upsample>(levels[i].channels, levels[i - 1].channels,
                                                     levels[i - 1].height, levels[i - 1].width, activation)));
    }
  }

  Tensor forward(const Tensor& z, const Tensor& condition) const override {
    Tensor h = input_->forward(join(z, condition))
                   .view({z.size(0), smallest_.channels, smallest_.height, smallest_.width});
    for (const auto& layer : layers_) h = layer->forward(h);
    return h;
  }

  // One bias a channel.
  Tensor nearest_constant(const Tensor& picture) const override {
    return picture.mean({1, 2}, /*keepdim=*/true).expand_as(picture);
  }

  void set_output(const Tensor& parameters) override {
    const torch::NoGradGuard no_grad;
    layers_.back()->bias.copy_(parameters.mean({1, 2}));
  }

 private:
  PictureShape smallest_;
  std::shared_ptr<Linear> input_;
  std::vector<std::shared_ptr<Upsample>> layers_;
};

}  // namespace

std::shared_ptr<Encoder> make_encoder(const ConvConfig& config, const EncoderSetting& setting) {
  return std::make_shared<ConvEncoder>(config, setting);
}

std::shared_ptr<Decoder> make_decoder(const ConvConfig& config, const DecoderSetting& setting) {
  return std::make_shared<ConvDecoder>(config, setting);
}

}  // namespace vae
