// Formulas on the tensors of a graph, written as on those of LibTorch. Shapes broadcast as there.
#pragma once

#include <cstdint>
#include <vector>

#include "export/graph_builder.h"

namespace vae {

Value operator+(const Value& a, const Value& b);
Value operator-(const Value& a, const Value& b);
Value operator*(const Value& a, const Value& b);
Value operator/(const Value& a, const Value& b);
Value operator+(const Value& a, double b);
Value operator-(const Value& a, double b);
Value operator*(const Value& a, double b);
Value operator/(const Value& a, double b);
Value operator-(double a, const Value& b);
Value operator/(double a, const Value& b);

Value exp(const Value& x);
Value sqrt(const Value& x);
Value tanh(const Value& x);
Value sigmoid(const Value& x);
Value softplus(const Value& x);

/// The standard normal distribution function.
Value normal_cdf(const Value& x);

Value minimum(const Value& x, double bound);
Value maximum(const Value& x, double bound);
Value absolute(const Value& x);
Value less(const Value& x, double bound);
Value where(const Value& condition, const Value& a, const Value& b);

Value softmax(const Value& x, int64_t dimension);
Value sum(const Value& x, int64_t dimension);
Value mean(const Value& x, int64_t dimension);

/// Elements begin <= i < end of a dimension.
Value slice(const Value& x, int64_t dimension, int64_t begin, int64_t end);
Value concatenate(const std::vector<Value>& parts, int64_t dimension);

/// In place of -1 what remains, of 0 the size that the dimension has.
Value reshape(const Value& x, const std::vector<int64_t>& shape);
Value unsqueeze(const Value& x, int64_t dimension);
Value expand(const Value& x, const std::vector<int64_t>& shape);
Value expand_as(const Value& x, const Value& other);

/// Rows of a table [rows, ...] by their numbers [N], or the elements of a dimension by a list of them.
Value gather(const Value& table, const Value& indices, int64_t dimension);

}  // namespace vae
