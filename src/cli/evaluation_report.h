// What `vae evaluate` prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "distributions/bits_per_dimension.h"
#include "evaluation/amortization_gap.h"
#include "evaluation/diversity.h"
#include "evaluation/evaluation.h"
#include "evaluation/generative_classifier.h"

namespace vae {

/// What is measured of a model that is conditioned on classes.
struct ClassReport {
  std::vector<std::string> classes;
  std::vector<Diversity> diversity = {};                  // of each class
  std::vector<GenerativeClassification> generative = {};  // empty where it was not asked for
  std::optional<Confusion> softmax = {};
  int64_t softmax_epochs = 0;
};

struct EvaluationReport {
  std::string checkpoint;
  std::optional<std::string> split = {};   // one of the config's,
  std::optional<std::string> images = {};  // or a folder
  Evaluation evaluation;
  std::optional<BitsPerDimension> bits = {};
  std::optional<AmortizationGap> gap = {};
  std::optional<ClassReport> classes = {};
};

/// One JSON object on a line, to stdout.
void print_json(const EvaluationReport& report);

/// A table for people, to stdout.
void print_table(const EvaluationReport& report);

}  // namespace vae
