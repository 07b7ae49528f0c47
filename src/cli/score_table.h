// Pictures in the order of their scores.
#pragma once

#include <optional>
#include <string>

#include "data/dataset.h"
#include "evaluation/outliers.h"

namespace vae {

struct ScoreTable {
  ScoreTable(const Dataset& dataset, PictureScores scores, std::string bound_name,
             std::optional<double> threshold, Tensor is_outlier);

  /// As CSV, the least likely picture first.
  std::string text() const;

  const Dataset& dataset;
  PictureScores scores;
  std::string bound_name;
  std::optional<double> threshold;
  Tensor is_outlier;  // bool, [pictures]; undefined where it is not known
  Tensor order;       // numbers of the pictures, the least likely first
};

}  // namespace vae
