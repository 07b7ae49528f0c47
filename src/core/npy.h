// Tensors in NumPy's file format.
#pragma once

#include <filesystem>

#include "core/tensor.h"

namespace vae {

/// A .npy file (NumPy Enhancement Proposal 1, version 1.0) that numpy.load opens: float16, float32, float64,
/// uint8, int32 or int64, in the tensor's shape. Written atomically; IoError where it can't be.
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

/// The array of such a file, also where its elements are in Fortran's order. IoError where it can't be read,
/// DataError where it is damaged or holds another type.
Tensor read_npy(const std::filesystem::path& path);

}  // namespace vae
