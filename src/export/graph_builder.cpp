#include "export/graph_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace vae {

GraphBuilder::GraphBuilder(const torch::nn::Module& module) {
  for (const auto& item : module.named_parameters()) weights_.emplace(item.key(), item.value());
  for (const auto& item : module.named_buffers()) weights_.emplace(item.key(), item.value());
}

Value GraphBuilder::input(const GraphPort& port) {
  graph_.inputs.push_back(port);
  return {this, port.name};
}

void GraphBuilder::output(const Value& value, const GraphPort& port) {
  apply("Identity", {value}, {}, port.name);
  graph_.outputs.push_back(port);
}

Value GraphBuilder::weight(const std::string& name) { return constant(name, weights_.at(name)); }

Value GraphBuilder::constant(const std::string& name, const Tensor& numbers) {
  if (constants_.insert(name).second) {
    const auto type = numbers.is_floating_point() ? torch::kFloat : torch::kLong;
    graph_.constants.emplace_back(name, numbers.detach().to(torch::kCPU, type).contiguous());
  }
  return {this, name};
}

Value GraphBuilder::constant(double number) {
  return constant(fmt::format("{}", number), torch::full({}, number, torch::kDouble));
}

Value GraphBuilder::constant(const std::vector<int64_t>& numbers) {
  return constant(fmt::format("[{}]", fmt::join(numbers, ",")), torch::tensor(numbers, torch::kLong));
}

Value GraphBuilder::apply(const std::string& type, const std::vector<Value>& inputs,
                          const Attributes& attributes, std::string name) {
  if (name.empty()) name = fmt::format("{}.{}", type, graph_.nodes.size());
  GraphNode node = {.type = type, .inputs = {}, .output = name, .attributes = attributes};
  for (const Value& value : inputs) node.inputs.push_back(value.name);
  graph_.nodes.push_back(std::move(node));
  return {this, std::move(name)};
}

Graph GraphBuilder::finish(const std::string& name, const std::string& meaning) {
  graph_.name = name;
  graph_.meaning = meaning;
  return std::move(graph_);
}

}  // namespace vae
