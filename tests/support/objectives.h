// Configs of all objectives.
#pragma once

#include <vector>

#include "objectives/objectives.h"
#include "support/examples.h"

namespace vae::test {

/// Calls visitor(config) for every example of every row of a table.
template <class Table, class Visitor>
void for_each_example(Visitor&& visitor) {
  for_each_alternative<Table>([&]<class Row>(Tag<Row> row) {
    for (const Row& example : examples(row)) visitor(Table(example));
  });
}

/// Every example of an objective, with every estimator that serves its number of draws.
inline std::vector<ObjectiveConfig> every_objective() {
  std::vector<ObjectiveConfig> all;
  for_each_alternative<ObjectiveConfig>([&]<class Row>(Tag<Row> row) {
    for (Row example : examples(row)) {
      all.push_back(example);
      if constexpr (requires { example.estimator; }) {
        for_each_example<EstimatorConfig>([&](const EstimatorConfig& estimator) {
          example.estimator = estimator;
          if (!check(example)) all.push_back(example);
        });
      }
    }
  });
  return all;
}

}  // namespace vae::test
