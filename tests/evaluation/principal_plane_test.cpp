#include "evaluation/principal_plane.h"

#include <gtest/gtest.h>

#include "core/noise.h"

namespace vae {
namespace {

Tensor noise(int64_t count, int64_t dimensions) {
  Random random(1, "plane");
  return normal(random, {count, dimensions}, torch::kDouble);
}

TEST(PrincipalPlane, OfTwoLatentsIsTheLatentsThemselves) {
  const Tensor latents = noise(20, 2);
  const LatentPlane plane = principal_plane(latents);
  EXPECT_TRUE(torch::equal(plane.coordinates, latents));
  EXPECT_FALSE(plane.explained);
}

TEST(PrincipalPlane, OfOneLatentIsALine) {
  const Tensor latents = noise(20, 1);
  const Tensor plane = principal_plane(latents).coordinates;
  EXPECT_TRUE(torch::equal(plane.slice(1, 0, 1), latents));
  EXPECT_TRUE(torch::equal(plane.slice(1, 1, 2), torch::zeros_like(latents)));
}

// Points on a plane in space: u along (3, 4, 0) / 5 with deviation 10, v along (0, 0, 1) with deviation 1.
TEST(PrincipalPlane, FindsThePlaneThatPointsLieOn) {
  Tensor uv = noise(500, 2);
  uv = uv - uv.mean(0);
  const Tensor u = 10 * uv.select(1, 0), v = uv.select(1, 1) - uv.select(1, 0) *
                                                                   (uv.select(1, 0) * uv.select(1, 1)).sum() /
                                                                   uv.select(1, 0).square().sum();
  const Tensor points = 7 + torch::stack({0.6 * u, 0.8 * u, v}, 1);
  const LatentPlane plane = principal_plane(points);
  // Exact but for rounding: u and v are uncorrelated, so that these are the components.
  EXPECT_TRUE(torch::allclose(plane.coordinates, torch::stack({u, v}, 1), 1e-9, 1e-9));
  ASSERT_TRUE(plane.explained);
  const double total = (u.square().sum() + v.square().sum()).item<double>();
  EXPECT_NEAR((*plane.explained)[0], u.square().sum().item<double>() / total, 1e-12);
  EXPECT_NEAR((*plane.explained)[0] + (*plane.explained)[1], 1, 1e-12);
}

TEST(PrincipalPlane, TakesFewerPointsThanLatents) {
  for (const int64_t count : {1, 2}) {
    const LatentPlane plane = principal_plane(noise(count, 5));
    EXPECT_EQ(plane.coordinates.size(0), count);
    EXPECT_EQ(plane.coordinates.size(1), 2);
    EXPECT_TRUE(torch::isfinite(plane.coordinates).all().item<bool>());
  }
}

}  // namespace
}  // namespace vae
