#include "export/expression.h"

#include <numbers>

namespace vae {
namespace {

Value apply(const char* type, const std::vector<Value>& inputs, const Attributes& attributes = {}) {
  return inputs.front().builder->apply(type, inputs, attributes);
}

Value number(const Value& beside, double value) { return beside.builder->constant(value); }

Value numbers_of(const Value& beside, const std::vector<int64_t>& values) {
  return beside.builder->constant(values);
}

}  // namespace

Value operator+(const Value& a, const Value& b) { return apply("Add", {a, b}); }
Value operator-(const Value& a, const Value& b) { return apply("Sub", {a, b}); }
Value operator*(const Value& a, const Value& b) { return apply("Mul", {a, b}); }
Value operator/(const Value& a, const Value& b) { return apply("Div", {a, b}); }
Value operator+(const Value& a, double b) { return a + number(a, b); }
Value operator-(const Value& a, double b) { return a - number(a, b); }
Value operator*(const Value& a, double b) { return a * number(a, b); }
Value operator/(const Value& a, double b) { return a / number(a, b); }
Value operator-(double a, const Value& b) { return number(b, a) - b; }
Value operator/(double a, const Value& b) { return number(b, a) / b; }

Value exp(const Value& x) { return apply("Exp", {x}); }
Value sqrt(const Value& x) { return apply("Sqrt", {x}); }
Value tanh(const Value& x) { return apply("Tanh", {x}); }
Value sigmoid(const Value& x) { return apply("Sigmoid", {x}); }
Value softplus(const Value& x) { return apply("Softplus", {x}); }

Value normal_cdf(const Value& x) { return (apply("Erf", {x / std::numbers::sqrt2}) + 1) * 0.5; }

Value minimum(const Value& x, double bound) { return apply("Min", {x, number(x, bound)}); }
Value maximum(const Value& x, double bound) { return apply("Max", {x, number(x, bound)}); }
Value absolute(const Value& x) { return apply("Abs", {x}); }
Value less(const Value& x, double bound) { return apply("Less", {x, number(x, bound)}); }
Value where(const Value& condition, const Value& a, const Value& b) {
  return apply("Where", {condition, a, b});
}

Value softmax(const Value& x, int64_t dimension) { return apply("Softmax", {x}, {{"axis", dimension}}); }

Value sum(const Value& x, int64_t dimension) {
  return apply("ReduceSum", {x, numbers_of(x, {dimension})}, {{"keepdims", int64_t{0}}});
}

Value mean(const Value& x, int64_t dimension) {
  return apply("ReduceMean", {x}, {{"axes", std::vector{dimension}}, {"keepdims", int64_t{0}}});
}

Value slice(const Value& x, int64_t dimension, int64_t begin, int64_t end) {
  return apply("Slice", {x, numbers_of(x, {begin}), numbers_of(x, {end}), numbers_of(x, {dimension})});
}

Value concatenate(const std::vector<Value>& parts, int64_t dimension) {
  return apply("Concat", parts, {{"axis", dimension}});
}

Value reshape(const Value& x, const std::vector<int64_t>& shape) {
  return apply("Reshape", {x, numbers_of(x, shape)});
}

Value unsqueeze(const Value& x, int64_t dimension) {
  return apply("Unsqueeze", {x, numbers_of(x, {dimension})});
}

Value expand(const Value& x, const std::vector<int64_t>& shape) {
  return apply("Expand", {x, numbers_of(x, shape)});
}

Value expand_as(const Value& x, const Value& other) { return apply("Expand", {x, apply("Shape", {other})}); }

Value gather(const Value& table, const Value& indices, int64_t dimension) {
  return apply("Gather", {table, indices}, {{"axis", dimension}});
}

}  // namespace vae
