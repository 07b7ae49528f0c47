// Writes a graph operator by operator.
#pragma once

#include <torch/nn/module.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "export/graph.h"

namespace vae {

class GraphBuilder;

/// A tensor of a graph that is being built, whose builder it must not outlive.
struct Value {
  GraphBuilder* builder = nullptr;
  std::string name;
};

class GraphBuilder {
 public:
  /// For a graph that computes with the parameters and buffers of `module`.
  explicit GraphBuilder(const torch::nn::Module& module);
  GraphBuilder(const GraphBuilder&) = delete;  // values point to it
  GraphBuilder& operator=(const GraphBuilder&) = delete;

  Value input(const GraphPort& port);
  void output(const Value& value, const GraphPort& port);

  /// A parameter or a buffer of the module, under its own name.
  Value weight(const std::string& name);

  /// Numbers that are the same under one name.
  Value constant(const std::string& name, const Tensor& numbers);
  Value constant(double number);
  Value constant(const std::vector<int64_t>& numbers);

  /// What an operator gives of `inputs`, called `name`, or by the operator's type and a number.
  Value apply(const std::string& type, const std::vector<Value>& inputs, const Attributes& attributes = {},
              std::string name = "");

  /// The graph, after which the builder is of no more use.
  Graph finish(const std::string& name, const std::string& meaning);

 private:
  std::map<std::string, Tensor> weights_;
  std::set<std::string> constants_;  // names of those in the graph
  Graph graph_;
};

}  // namespace vae
