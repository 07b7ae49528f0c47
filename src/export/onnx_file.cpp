#include "export/onnx_file.h"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <limits>
#include <optional>
#include <span>

#include "core/error.h"
#include "core/file.h"

namespace vae {
namespace {

constexpr int64_t kFormatVersion = 7;  // the oldest that knows kOperatorSet

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

onnx::TensorProto::DataType data_type(torch::ScalarType type) {
  return type == torch::kLong ? onnx::TensorProto::INT64 : onnx::TensorProto::FLOAT;
}

void set_port(onnx::ValueInfoProto& info, const GraphPort& port) {
  info.set_name(port.name);
  info.set_doc_string(port.meaning);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(data_type(port.type));
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int64_t size : port.shape) type.mutable_shape()->add_dim()->set_dim_value(size);
}

void set_constant(onnx::TensorProto& constant, const std::string& name, const Tensor& numbers) {
  constant.set_name(name);
  constant.set_data_type(data_type(numbers.scalar_type()));
  for (const int64_t size : numbers.sizes()) constant.add_dims(size);
  constant.set_raw_data(numbers.data_ptr(), numbers.nbytes());
}

void set_attribute(onnx::AttributeProto& proto, const std::string& name, const Attribute& attribute) {
  proto.set_name(name);
  std::visit(Overloaded{[&](int64_t number) {
                          proto.set_type(onnx::AttributeProto::INT);
                          proto.set_i(number);
                        },
                        [&](double number) {
                          proto.set_type(onnx::AttributeProto::FLOAT);
                          proto.set_f(static_cast<float>(number));
                        },
                        [&](const std::vector<int64_t>& numbers) {
                          proto.set_type(onnx::AttributeProto::INTS);
                          for (const int64_t number : numbers) proto.add_ints(number);
                        }},
             attribute);
}

void set_node(onnx::NodeProto& proto, const GraphNode& node) {
  proto.set_op_type(node.type);
  proto.set_name(node.output);
  for (const std::string& input : node.inputs) proto.add_input(input);
  proto.add_output(node.output);
  for (const auto& [name, attribute] : node.attributes)
    set_attribute(*proto.add_attribute(), name, attribute);
}

void set_graph(onnx::GraphProto& proto, const Graph& graph) {
  proto.set_name(graph.name);
  proto.set_doc_string(graph.meaning);
  for (const GraphPort& port : graph.inputs) set_port(*proto.add_input(), port);
  for (const GraphPort& port : graph.outputs) set_port(*proto.add_output(), port);
  for (const auto& [name, numbers] : graph.constants) set_constant(*proto.add_initializer(), name, numbers);
  for (const GraphNode& node : graph.nodes) set_node(*proto.add_node(), node);
}

/// A message of Protocol Buffers has fewer than 2^31 bytes.
void require_size(const Graph& graph, const std::filesystem::path& path) {
  constexpr size_t kRest = 1 << 20;  // more than all but the constants takes
  size_t bytes = kRest;
  for (const auto& constant : graph.constants) bytes += constant.second.nbytes();
  if (bytes < std::numeric_limits<int32_t>::max()) return;
  throw UsageError("{}: weights of {:.1f} GB; an ONNX file holds less than 2.1 GB. Use the checkpoint itself",
                   path.string(), static_cast<double>(bytes) * 1e-9);
}

}  // namespace

void require_onnx() {}

void write_onnx(const std::filesystem::path& path, const Graph& graph,
                const std::map<std::string, std::string>& metadata) {
  require_size(graph, path);
  onnx::ModelProto model;
  model.set_ir_version(kFormatVersion);
  model.set_producer_name("vae");
  model.set_producer_version(VAE_VERSION);
  model.set_doc_string(graph.meaning);
  model.add_opset_import()->set_version(kOperatorSet);
  set_graph(*model.mutable_graph(), graph);
  for (const auto& [key, value] : metadata) {
    auto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  onnx::checker::check_model(model);
  write_file_atomically(path, model.SerializeAsString());
}

}  // namespace vae
