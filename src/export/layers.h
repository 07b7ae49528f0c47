// The layers of model/layers.h as graphs. Each has the weights of a module and gives that module's answers.
#pragma once

#include <string>

#include "export/expression.h"
#include "model/activation.h"

namespace vae {

Value activate(const Value& x, Activation activation);

/// [N, inputs] to [N, outputs].
Value linear(const Value& x, const std::string& module, Activation activation);

/// [N, inputs, h, w] to [N, outputs, h / 2, w / 2], both rounded down.
Value downsample(const Value& x, const std::string& module, Activation activation);

/// [N, inputs, h, w] to [N, outputs, 2h + odd_rows, 2w + odd_columns], both 0 or 1.
Value upsample(const Value& x, const std::string& module, int64_t odd_rows, int64_t odd_columns,
               Activation activation);

}  // namespace vae
