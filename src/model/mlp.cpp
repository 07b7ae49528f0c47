#include "model/mlp.h"

#include <span>
#include <utility>

#include "model/layers.h"

namespace vae {
namespace {

/// Hidden layers with an activation and one linear layer behind them: [..., N, inputs] to [..., N, outputs],
/// the leading dimensions, where there are some, those of samples.
class Mlp : public torch::nn::Module {
 public:
  Mlp(int64_t inputs, const std::vector<int64_t>& hidden, int64_t outputs, Activation activation) {
    for (const int64_t width : hidden) {
      const std::string name = "hidden" + std::to_string(layers_.size());
      layers_.push_back(register_module(name, std::make_shared<Linear>(inputs, width, activation)));
      inputs = width;
    }
    layers_.push_back(
        register_module("output", std::make_shared<Linear>(inputs, outputs, Activation::identity)));
  }

  Tensor forward(const Tensor& x) const { return through(layers_, x); }

  /// x behind the hidden layers.
  Tensor before_output(const Tensor& x) const {
    return through(std::span(layers_).first(layers_.size() - 1), x);
  }

  const Linear& output() const { return *layers_.back(); }

 private:
  using Layers = std::vector<std::shared_ptr<Linear>>;

  static Tensor through(std::span<const Layers::value_type> layers, Tensor x) {
    std::vector<LinearLayer> pending;  // fused ones, which x goes through at once
    for (const auto& layer : layers) {
      if (const auto fused = layer->fused()) {
        pending.push_back(*fused);
      } else {
        x = layer->forward(linear_layers(x, std::exchange(pending, {}), RowsOf::samples));
      }
    }
    return linear_layers(x, pending, RowsOf::samples);
  }

  Layers layers_;
};

class MlpEncoder : public Encoder {
 public:
  MlpEncoder(const MlpConfig& config, const EncoderSetting& setting)
      : mlp_(register_module(
            "mlp", std::make_shared<Mlp>(setting.picture.elements() + setting.condition, config.hidden,
                                         setting.outputs, config.activation))) {}

  Tensor forward(const Tensor& x, const Tensor& condition) const override {
    return mlp_->forward(join(x.flatten(1), condition));
  }

 private:
  std::shared_ptr<Mlp> mlp_;
};

class MlpDecoder : public Decoder {
 public:
  MlpDecoder(const MlpConfig& config, const DecoderSetting& setting) : shape_(setting.parameters) {
    const std::vector<int64_t> hidden(config.hidden.rbegin(), config.hidden.rend());
    mlp_ = register_module("mlp", std::make_shared<Mlp>(setting.latent + setting.condition, hidden,
                                                        shape_.elements(), config.activation));
  }

  Tensor forward(const Tensor& z, const Tensor& condition) const override {
    return mlp_->forward(join(z, condition)).view({z.size(0), shape_.channels, shape_.height, shape_.width});
  }

  std::optional<LastLayer> before_parameters(const Tensor& z, const Tensor& condition) const override {
    return LastLayer{mlp_->before_output(join(z, condition)), *mlp_->output().fused()};
  }

  Tensor nearest_constant(const Tensor& picture) const override { return picture; }

  void set_output(const Tensor& parameters) override {
    const torch::NoGradGuard no_grad;
    mlp_->output().bias.copy_(parameters.flatten());
  }

 private:
  PictureShape shape_;
  std::shared_ptr<Mlp> mlp_;
};

}  // namespace

std::shared_ptr<Encoder> make_encoder(const MlpConfig& config, const EncoderSetting& setting) {
  return std::make_shared<MlpEncoder>(config, setting);
}

std::shared_ptr<Decoder> make_decoder(const MlpConfig& config, const DecoderSetting& setting) {
  return std::make_shared<MlpDecoder>(config, setting);
}

}  // namespace vae
