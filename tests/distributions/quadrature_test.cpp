#include "distributions/quadrature.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vae {
namespace {

double moment(const std::vector<QuadratureNode>& nodes, int power) {
  double sum = 0;
  for (const auto& [at, weight] : nodes) sum += weight * std::pow(at, power);
  return sum;
}

TEST(Quadrature, GaussLegendreIsExactForPolynomials) {
  for (int power = 0; power <= 15; ++power) {
    const double expected = power % 2 == 1 ? 0 : std::pow(0.5, power) / (power + 1);
    EXPECT_NEAR(moment(gauss_legendre(8), power), expected, 1e-15) << power;
  }
}

TEST(Quadrature, GaussHermiteHasTheMomentsOfTheNormal) {
  double expected = 1;  // (power - 1)!!
  for (int power = 0; power <= 15; ++power) {
    if (power >= 2 && power % 2 == 0) expected *= power - 1;
    // Nodes and weights are good to some 1e-15 of the largest term.
    EXPECT_NEAR(moment(gauss_hermite(8), power), power % 2 == 1 ? 0 : expected, 1e-13 * std::pow(4.2, power))
        << power;
  }
}

}  // namespace
}  // namespace vae
