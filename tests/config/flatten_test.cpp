#include "config/flatten.h"

#include <gtest/gtest.h>

#include <vector>

#include "config/json_text.h"

namespace vae {
namespace {

TEST(Flatten, NamesPlainValuesByTheirPaths) {
  const auto values = detail::flatten(detail::parse_json(
      R"({"name": "a \"b\"", "model": {"latent": 20, "encoder": {"type": "mlp", "hidden": [400, 200]}},
          "training": {"drop_last": false, "rate": 1e-3, "ema": null}})",
      "test"));
  EXPECT_EQ(values, (std::vector<FlatValue>{{"name", "a \"b\""},
                                            {"model.latent", 20.0},
                                            {"model.encoder.type", "mlp"},
                                            {"model.encoder.hidden", "[400, 200]"},
                                            {"training.drop_last", false},
                                            {"training.rate", 1e-3}}));
}

}  // namespace
}  // namespace vae
