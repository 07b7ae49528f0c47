// Rules of numerical integration.
#pragma once

#include <vector>

namespace vae {

struct QuadratureNode {
  double at;
  double weight;
};

/// sum_i w_i f(t_i), the integral of f over [-1/2, 1/2]; exact for polynomials of degree 2 count - 1.
std::vector<QuadratureNode> gauss_legendre(int count);

/// sum_i w_i f(t_i), the expectation of f under N(0, 1); exact for polynomials of degree 2 count - 1.
std::vector<QuadratureNode> gauss_hermite(int count);

}  // namespace vae
