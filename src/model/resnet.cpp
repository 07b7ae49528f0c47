// The networks of KL autoencoders (Esser, Rombach and Ommer 2021; Rombach et al. 2022), simplified: channels
// change where the size does, so that every skip connection is the identity, and the innermost level is the
// middle.
#include "model/resnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/error.h"
#include "model/attention.h"
#include "model/layers.h"
#include "model/pyramid.h"

namespace vae {
namespace {

/// From the picture inwards.
std::vector<PictureShape> level_shapes(const ResnetConfig& config, const PictureShape& picture) {
  const PictureShape top = {config.channels.front(), picture.height, picture.width};
  return pyramid(top, std::span(config.channels).subspan(1));
}

bool attends(const ResnetConfig& config, const PictureShape& level) {
  return std::max(level.height, level.width) <= config.attention;
}

/// What the last weights of every residual branch are multiplied by at the start: with 1 / sqrt(branches) the
/// variances that all of them add stay below that of one, however many there are (Child 2021, section 3.2).
/// With 0, the other common choice, what lies before those weights would have no gradient at first.
double branch_gain(const ResnetConfig& config, const std::vector<PictureShape>& levels) {
  int64_t branches = 0;
  for (const PictureShape& level : levels) branches += config.blocks * (attends(config, level) ? 2 : 1);
  return 1 / std::sqrt(static_cast<double>(branches));
}

/// Channels of a map of `shape`'s size that holds z, for the network of the given key.
int64_t latent_channels(int64_t latent, const PictureShape& shape, std::string_view network) {
  const int64_t places = shape.height * shape.width;
  if (latent % places == 0) return latent / places;
  throw UsageError(
      "model.latent: {} dimensions fill no map of height {} and width {}, as {}.spatial asks; take a "
      "multiple "
      "of {}, such as {}",
      latent, shape.height, shape.width, network, places, (latent / places + 1) * places);
}

/// x + conv(activation(norm(conv(activation(norm(x)))))): He et al. 2016, with group norm.
class ResidualBlock : public torch::nn::Module {
 public:
  ResidualBlock(int64_t channels, const ResnetConfig& config, double gain) {
    const auto norm = [&] { return std::make_shared<GroupNorm>(channels, config.groups, config.activation); };
    norm0_ = register_module("norm0", norm());
    conv0_ =
        register_module("conv0", std::make_shared<Convolution>(channels, channels, Activation::identity));
    norm1_ = register_module("norm1", norm());
    conv1_ = register_module("conv1",
                             std::make_shared<Convolution>(channels, channels, Activation::identity, gain));
  }

  Tensor forward(const Tensor& x) const {
    const Tensor h = conv0_->forward(norm0_->forward(x));
    return x + conv1_->forward(norm1_->forward(h));
  }

 private:
  std::shared_ptr<GroupNorm> norm0_;
  std::shared_ptr<Convolution> conv0_;
  std::shared_ptr<GroupNorm> norm1_;
  std::shared_ptr<Convolution> conv1_;
};

/// What is done at one size: blocks, each with attention behind it where the size is small enough.
class Level : public torch::nn::Module {
 public:
  Level(const PictureShape& shape, const ResnetConfig& config, double gain) {
    for (int64_t i = 0; i < config.blocks; ++i) {
      blocks_.push_back(register_module("block" + std::to_string(i),
                                        std::make_shared<ResidualBlock>(shape.channels, config, gain)));
      if (!attends(config, shape)) continue;
      attention_.push_back(
          register_module("attention" + std::to_string(i),
                          std::make_shared<SelfAttention>(shape.channels, config.groups, gain)));
    }
  }

  Tensor forward(Tensor x) const {
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x = blocks_[i]->forward(x);
      if (!attention_.empty()) x = attention_[i]->forward(x);
    }
    return x;
  }

 private:
  std::vector<std::shared_ptr<ResidualBlock>> blocks_;
  std::vector<std::shared_ptr<SelfAttention>> attention_;  // none, or one for each block
};

class ResnetEncoder : public Encoder {
 public:
  ResnetEncoder(const ResnetConfig& config, const EncoderSetting& setting) : is_spatial_(config.spatial) {
    const std::vector<PictureShape> levels = level_shapes(config, setting.picture);
    const double gain = branch_gain(config, levels);
    input_ = register_module("input",
                             std::make_shared<Convolution>(setting.picture.channels + setting.condition,
                                                           levels.front().channels, Activation::identity));
    for (size_t i = 0; i < levels.size(); ++i) {
      const std::string number = std::to_string(i);
      if (i > 0) {
        downs_.push_back(register_module(
            "down" + number,
            std::make_shared<Downsample>(levels[i - 1].channels, levels[i].channels, Activation::identity)));
      }
      levels_.push_back(register_module("level" + number, std::make_shared<Level>(levels[i], config, gain)));
    }
    const PictureShape& innermost = levels.back();
    norm_ = register_module(
        "norm", std::make_shared<GroupNorm>(innermost.channels, config.groups, config.activation));
    output_ = register_module("output", make_output(innermost, setting));
  }

  Tensor forward(const Tensor& x, const Tensor& condition) const override {
    Tensor h = in_channels_last(input_->forward(join_maps(x, condition)));
    for (size_t i = 0; i < levels_.size(); ++i) {
      if (i > 0) h = downs_[i - 1]->forward(h);
      h = levels_[i]->forward(h);
    }
    h = norm_->forward(h);
    return output_->forward(is_spatial_ ? h : h.flatten(1)).flatten(1);
  }

 private:
  std::shared_ptr<Layer> make_output(const PictureShape& innermost, const EncoderSetting& setting) const {
    if (!is_spatial_) {
      return std::make_shared<Linear>(innermost.elements(), setting.outputs, Activation::identity);
    }
    const int64_t parameters = setting.outputs / setting.latent;
    return std::make_shared<Convolution>(
        innermost.channels, parameters * latent_channels(setting.latent, innermost, "model.encoder"),
        Activation::identity);
  }

  bool is_spatial_;
  std::shared_ptr<Convolution> input_;
  std::vector<std::shared_ptr<Downsample>> downs_;  // before every level but the first
  std::vector<std::shared_ptr<Level>> levels_;
  std::shared_ptr<GroupNorm> norm_;
  std::shared_ptr<Layer> output_;
};

class ResnetDecoder : public Decoder {
 public:
  ResnetDecoder(const ResnetConfig& config, const DecoderSetting& setting) : is_spatial_(config.spatial) {
    const std::vector<PictureShape> levels = level_shapes(config, setting.parameters);
    const double gain = branch_gain(config, levels);
    innermost_ = levels.back();
    input_ = register_module("input", make_input(setting));
    for (size_t i = levels.size(); i-- > 0;) {
      const std::string number = std::to_string(levels.size() - 1 - i);
      if (i + 1 < levels.size()) {
        ups_.push_back(register_module(
            "up" + number,
            std::make_shared<Upsample>(levels[i + 1].channels, levels[i].channels, levels[i].height,
                                       levels[i].width, Activation::identity)));
      }
      levels_.push_back(register_module("level" + number, std::make_shared<Level>(levels[i], config, gain)));
    }
    const int64_t channels = levels.front().channels;
    norm_ = register_module("norm", std::make_shared<GroupNorm>(channels, config.groups, config.activation));
    output_ = register_module(
        "output", std::make_shared<Convolution>(channels, setting.parameters.channels, Activation::identity));
  }

  Tensor forward(const Tensor& z, const Tensor& condition) const override {
    Tensor h = in_channels_last(is_spatial_ ? input_->forward(join_maps(as_map(z), condition))
                                            : as_map(input_->forward(join(z, condition))));
    for (size_t i = 0; i < levels_.size(); ++i) {
      if (i > 0) h = ups_[i - 1]->forward(h);
      h = levels_[i]->forward(h);
    }
    return output_->forward(norm_->forward(h));
  }

  // One bias a channel.
  Tensor nearest_constant(const Tensor& picture) const override {
    return picture.mean({1, 2}, /*keepdim=*/true).expand_as(picture);
  }

  void set_output(const Tensor& parameters) override {
    const torch::NoGradGuard no_grad;
    output_->bias.copy_(parameters.mean({1, 2}));
  }

 private:
  std::shared_ptr<Layer> make_input(const DecoderSetting& setting) const {
    if (!is_spatial_) {
      return std::make_shared<Linear>(setting.latent + setting.condition, innermost_.elements(),
                                      Activation::identity);
    }
    return std::make_shared<Convolution>(
        latent_channels(setting.latent, innermost_, "model.decoder") + setting.condition, innermost_.channels,
        Activation::identity);
  }

  /// Rows [N, numbers] as maps of the innermost size.
  Tensor as_map(const Tensor& rows) const {
    return rows.view({rows.size(0), -1, innermost_.height, innermost_.width});
  }

  bool is_spatial_;
  PictureShape innermost_;
  std::shared_ptr<Layer> input_;
  std::vector<std::shared_ptr<Upsample>> ups_;  // before every level but the first
  std::vector<std::shared_ptr<Level>> levels_;
  std::shared_ptr<GroupNorm> norm_;
  std::shared_ptr<Convolution> output_;
};

}  // namespace

std::optional<std::string> check(const ResnetConfig& config) {
  if (config.channels.empty()) return "channels: expected at least one level";
  for (const int64_t channels : config.channels) {
    // Of a channel by itself the norm would leave nothing where the map is a single place.
    if (channels % config.groups == 0 && channels > config.groups) continue;
    return fmt::format("groups: {} channels are no {} groups of two or more; give a divisor of all channels",
                       channels, config.groups);
  }
  return std::nullopt;
}

std::shared_ptr<Encoder> make_encoder(const ResnetConfig& config, const EncoderSetting& setting) {
  return std::make_shared<ResnetEncoder>(config, setting);
}

std::shared_ptr<Decoder> make_decoder(const ResnetConfig& config, const DecoderSetting& setting) {
  return std::make_shared<ResnetDecoder>(config, setting);
}

}  // namespace vae
