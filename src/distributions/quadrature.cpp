#include "distributions/quadrature.h"

#include <cmath>
#include <functional>

#include "core/tensor.h"

namespace vae {
namespace {

// The nodes are the eigenvalues of the symmetric tridiagonal matrix of the orthogonal polynomials'
// recurrence, zero on the diagonal here, and the weights the squares of the first components of its
// eigenvectors, for a weight function of integral 1. Golub and Welsch 1969, "Calculation of Gauss quadrature
// rules".
std::vector<QuadratureNode> golub_welsch(int count, const std::function<double(int)>& beside_diagonal) {
  Tensor matrix = torch::zeros({count, count}, torch::kDouble);
  for (int i = 1; i < count; ++i) {
    matrix[i][i - 1] = beside_diagonal(i);
    matrix[i - 1][i] = beside_diagonal(i);
  }
  const auto [values, vectors] = torch::linalg_eigh(matrix);
  std::vector<QuadratureNode> nodes;
  for (int i = 0; i < count; ++i) {
    const double first = vectors[0][i].item<double>();
    nodes.push_back({values[i].item<double>(), first * first});
  }
  return nodes;
}

}  // namespace

std::vector<QuadratureNode> gauss_legendre(int count) {
  return golub_welsch(count, [](int i) { return 0.5 * i / std::sqrt(4.0 * i * i - 1); });
}

std::vector<QuadratureNode> gauss_hermite(int count) {
  return golub_welsch(count, [](int i) { return std::sqrt(static_cast<double>(i)); });
}

}  // namespace vae
