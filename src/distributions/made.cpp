#include "distributions/made.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/noise.h"

namespace vae {

AutoregressiveFunction::AutoregressiveFunction(std::vector<Layer> layers, Ordering ordering)
    : layers_(std::move(layers)), ordering_(ordering) {}

Tensor AutoregressiveFunction::operator()(const Tensor& z, const Tensor& context) const {
  std::vector<int64_t> shape = z.sizes().vec();
  shape.back() = context.size(-1);
  Tensor units = torch::cat({z, context.expand(shape)}, -1);
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) units = torch::elu(units);
    units = torch::linear(units, layers_[i].weight, layers_[i].bias);
  }
  return units.to(z.scalar_type());  // under reduced precision, densities are still computed in full
}

std::vector<int64_t> AutoregressiveFunction::order(int64_t dimensions) const {
  std::vector<int64_t> result(static_cast<size_t>(dimensions));
  for (size_t i = 0; i < result.size(); ++i) result[i] = static_cast<int64_t>(i);
  if (ordering_ == Ordering::descending) std::reverse(result.begin(), result.end());
  return result;
}

AutoregressiveFunction AutoregressiveFunction::detached() const {
  std::vector<Layer> constants;
  for (const Layer& layer : layers_) constants.push_back({layer.weight.detach(), layer.bias.detach()});
  return {std::move(constants), ordering_};
}

struct Made::Layer : torch::nn::Module {
  Layer(int64_t inputs, int64_t outputs)
      : weight(register_parameter("weight", torch::zeros({outputs, inputs}))),
        bias(register_parameter("bias", torch::zeros({outputs}))) {}

  Tensor weight;
  Tensor bias;
};

Made::Made(const MadeSetting& setting) : setting_(setting) {
  int64_t inputs = setting.dimensions + setting.context;
  for (const int64_t width : setting.hidden) {
    const std::string name = "hidden" + std::to_string(layers_.size());
    layers_.push_back(register_module(name, std::make_shared<Layer>(inputs, width)));
    inputs = width;
  }
  layers_.push_back(
      register_module("output", std::make_shared<Layer>(inputs, setting.outputs * setting.dimensions)));
}

void Made::initialize(Random& random) {
  const torch::NoGradGuard no_grad;
  const std::vector<Tensor> all = masks();
  for (size_t i = 0; i < layers_.size(); ++i) {
    Tensor& weight = layers_[i]->weight;
    const double connections = all[i].sum().item<double>();
    const double fan_in = connections / static_cast<double>(weight.size(0));
    const double fan_out = connections / static_cast<double>(weight.size(1));
    const double limit = std::sqrt(6 / (fan_in + fan_out));
    weight.copy_((2 * uniform(random, weight.sizes(), weight.options()) - 1) * limit);
    layers_[i]->bias.zero_();
  }
}

// Of a dimension: its place in the order, counted from 1.
Tensor Made::dimension_degrees() const {
  const auto options = torch::TensorOptions(layers_.back()->weight.device()).dtype(torch::kLong);
  const Tensor places = torch::arange(1, setting_.dimensions + 1, options);
  return setting_.ordering == Ordering::ascending ? places : places.flip(0);
}

// Computed where the weights are: a buffer would be part of every checkpoint.
std::vector<Tensor> Made::masks() const {
  const Tensor dimensions = dimension_degrees();
  const auto mask = [](const Tensor& outputs, const Tensor& inputs) {
    return outputs.unsqueeze(1) >= inputs;
  };
  std::vector<Tensor> result;
  Tensor before = torch::cat({dimensions, dimensions.new_zeros({setting_.context})});
  for (const int64_t width : setting_.hidden) {
    const Tensor spread = torch::arange(width, dimensions.options()) * setting_.dimensions;
    const Tensor hidden = spread.floor_divide(width);  // evenly from 0 to dimensions - 1
    result.push_back(mask(hidden, before));
    before = hidden;
  }
  result.push_back(mask((dimensions - 1).repeat({setting_.outputs}), before));
  return result;
}

AutoregressiveFunction Made::function() const {
  const std::vector<Tensor> all = masks();
  std::vector<AutoregressiveFunction::Layer> masked;
  for (size_t i = 0; i < layers_.size(); ++i) {
    masked.push_back({layers_[i]->weight * all[i], layers_[i]->bias});
  }
  return {std::move(masked), setting_.ordering};
}

Tensor Made::output_bias() const {
  return layers_.back()->bias.view({setting_.outputs, setting_.dimensions});
}

}  // namespace vae
