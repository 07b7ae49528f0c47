#include "cli/score_table.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "cli/picture_loading.h"
#include "core/csv.h"

namespace vae {

ScoreTable::ScoreTable(const Dataset& pictures, PictureScores of_pictures, std::string name_of_bound,
                       std::optional<double> below, Tensor outliers)
    : dataset(pictures),
      scores(std::move(of_pictures)),
      bound_name(std::move(name_of_bound)),
      threshold(below),
      is_outlier(std::move(outliers)),
      order(scores.bound.argsort(/*stable=*/true, 0, /*descending=*/false)) {}

std::string ScoreTable::text() const {
  std::vector<std::string> fields = {"name"};
  const bool labelled = !dataset.classes().empty();
  if (labelled) fields.emplace_back("class");
  fields.insert(fields.end(), {bound_name, "reconstruction", "KL"});
  if (threshold) fields.emplace_back("below_threshold");
  if (is_outlier.defined()) fields.emplace_back("outlier");
  std::string table = csv_line(fields);
  for (int64_t i = 0; i < order.size(0); ++i) {
    const auto picture = order[i].item<int64_t>();
    const double bound = scores.bound[picture].item<double>();
    fields = {csv_field(dataset.name(picture))};
    if (labelled) fields.push_back(csv_field(class_name(dataset, picture)));
    fields.push_back(fmt::to_string(bound));
    fields.push_back(fmt::to_string(scores.reconstruction[picture].item<double>()));
    fields.push_back(fmt::to_string(scores.kl[picture].item<double>()));
    if (threshold) fields.emplace_back(bound < *threshold ? "1" : "0");
    if (is_outlier.defined()) fields.emplace_back(is_outlier[picture].item<bool>() ? "1" : "0");
    table += csv_line(fields);
  }
  return table;
}

}  // namespace vae
