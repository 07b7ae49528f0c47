// Products of a matrix of few rows with the weights of a layer.
#pragma once

#include <cstdint>

namespace vae {

/// Whether multiply_few_rows can be called here, and pays: where products of our own do, up to 32 rows. With
/// so few a general product spends its time in bringing matrices into another order.
bool are_few_rows(int64_t rows);

/// out <- x weight^T: x [rows, inputs], weight [outputs, inputs], out [rows, outputs], all dense. Each number
/// is summed in an order that depends on `inputs` alone.
void multiply_few_rows(const float* x, const float* weight, int64_t rows, int64_t inputs, int64_t outputs,
                       float* out);

}  // namespace vae
