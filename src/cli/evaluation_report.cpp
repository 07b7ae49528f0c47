#include "cli/evaluation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/results.h"
#include "core/one_line.h"

namespace vae {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const LatentDimension& dimension) {
  return {{"mean", dimension.mean},
          {"deviation", dimension.deviation},
          {"variance_of_means", dimension.variance_of_means},
          {"kl", or_null(dimension.kl)}};
}

Json to_json(const MutualInformationGap& gap) {
  Json factors = Json::array();
  for (const FactorGap& factor : gap.factors) {
    factors.push_back({{"name", factor.name},
                       {"entropy", factor.entropy},
                       {"latent", factor.dimension},
                       {"information", factor.information},
                       {"gap", factor.gap}});
  }
  return {{"mean", gap.mean}, {"factors", factors}};
}

Json to_json(const Estimate& estimate) {
  return {{"value", estimate.value}, {"standard_error", estimate.over_pictures}};
}

Json to_json(const PosteriorWorth& worth) {
  return {{"elbo", to_json(worth.elbo)}, {"log_likelihood", to_json(worth.log_likelihood)}};
}

Json to_json(const AmortizationGap& gap) {
  return {{"pictures", gap.pictures},
          {"samples", gap.samples},
          {"steps", gap.fit.steps},
          {"learning_rate", gap.fit.learning_rate},
          {"encoder", gap.encoder ? to_json(*gap.encoder) : Json()},
          {"refined", gap.refined ? to_json(*gap.refined) : Json()},
          {"fitted", to_json(gap.fitted)},
          {"gap", gap.gap ? to_json(*gap.gap) : Json()}};
}

Json to_json(const Confusion& confusion) {
  Json rows = Json::array();
  for (const Tensor& row : confusion.counts().unbind(0)) {
    rows.push_back(std::vector<int64_t>(row.data_ptr<int64_t>(), row.data_ptr<int64_t>() + row.numel()));
  }
  return {{"accuracy", confusion.accuracy()}, {"confusion", rows}};
}

Json to_json(const ClassReport& report) {
  Json json = {{"names", report.classes}, {"diversity", Json::array()}};
  for (const Diversity& diversity : report.diversity) {
    json["diversity"].push_back(
        {{"data", or_null(diversity.data)}, {"draws", diversity.draws}, {"means", diversity.means}});
  }
  json["generative_classifier"] = Json::array();
  for (const GenerativeClassification& classification : report.generative) {
    Json row = {{"samples", classification.samples}};
    row.update(to_json(classification.confusion));
    json["generative_classifier"].push_back(row);
  }
  json["softmax_classifier"] = nullptr;
  if (report.softmax) {
    json["softmax_classifier"] = {{"epochs", report.softmax_epochs}};
    json["softmax_classifier"].update(to_json(*report.softmax));
  }
  return json;
}

template <class Value>
void print_row(std::string_view name, const Value& value) {
  fmt::print("{:<22}{:>12}\n", name, value);
}

void print_estimate(std::string_view name, const Estimate& estimate) {
  fmt::print("{:<22}{:>12.4f} ± {:.4f}{}\n", name, estimate.value, estimate.over_pictures,
             estimate.over_draws ? fmt::format(", draws ± {:.4f}", *estimate.over_draws) : "");
}

void print_gap(const MutualInformationGap& gap) {
  print_row("information gap", fmt::format("{:.4f}", gap.mean));
  for (const FactorGap& factor : gap.factors) {
    fmt::print("  {:<20}{:>12.4f}  (z{} tells {:.1f}% of it)\n", factor.name, factor.gap, factor.dimension,
               100 * factor.information);
  }
}

void print_worth(std::string_view name, const PosteriorWorth& worth) {
  fmt::print("  {:<34}{:>12.4f} ± {:<9.4f}{:>12.4f} ± {:.4f}\n", name, worth.elbo.value,
             worth.elbo.over_pictures, worth.log_likelihood.value, worth.log_likelihood.over_pictures);
}

void print_amortization_gap(const AmortizationGap& gap) {
  fmt::print("q(z | x) of the first {} pictures, {} gradient steps each\n", gap.pictures, gap.fit.steps);
  fmt::print("  {:<34}{:>12}{:<12}{:>12}\n", "", "ELBO", "", fmt::format("IWAE-{}", gap.samples));
  if (gap.encoder) print_worth("from the encoder", *gap.encoder);
  if (gap.refined) print_worth("refined from there", *gap.refined);
  print_worth("fitted from scratch", gap.fitted);
  if (gap.gap) print_estimate("amortization gap", *gap.gap);
}

size_t widest(const std::vector<std::string>& names) {
  size_t width = 5;  // room for counts
  for (const std::string& name : names) width = std::max(width, name.size());
  return width;
}

void print_diversity(const ClassReport& report, const std::vector<std::string>& classes) {
  fmt::print("mean distance of two pictures of a class, root mean square over pixels\n");
  const size_t width = widest(classes);
  fmt::print("  {:<{}}  {:>8}  {:>8}  {:>8}\n", "class", width, "data", "draws", "means");
  for (size_t label = 0; label < classes.size(); ++label) {
    const Diversity& diversity = report.diversity[label];
    const std::string data = diversity.data ? fmt::format("{:.4f}", *diversity.data) : "-";
    fmt::print("  {:<{}}  {:>8}  {:>8.4f}  {:>8.4f}\n", classes[label], width, data, diversity.draws,
               diversity.means);
  }
}

void print_confusion(const Confusion& confusion, const std::vector<std::string>& classes) {
  const size_t width = widest(classes);
  const auto print_cells = [width](std::string_view head, const auto& cells) {
    fmt::print("  {:<{}}", head, width);
    for (const auto& cell : cells) fmt::print(" {:>{}}", cell, width);
    fmt::print("\n");
  };
  print_cells("", classes);
  const Tensor counts = confusion.counts();
  for (size_t label = 0; label < classes.size(); ++label) {
    const int64_t* const row = counts[static_cast<int64_t>(label)].data_ptr<int64_t>();
    print_cells(classes[label], std::vector<int64_t>(row, row + classes.size()));
  }
}

void print_classes(const ClassReport& report) {
  const std::vector<std::string> classes = on_one_line(report.classes);
  for (const GenerativeClassification& classification : report.generative) {
    print_row(fmt::format("accuracy, IWAE-{}", classification.samples),
              fmt::format("{:.2f}%", 100 * classification.confusion.accuracy()));
  }
  if (report.softmax) {
    print_row("accuracy, softmax", fmt::format("{:.2f}%", 100 * report.softmax->accuracy()));
  }
  print_diversity(report, classes);
  if (!report.generative.empty()) {
    fmt::print("class (rows) and class told by the model (columns), IWAE-{}\n",
               report.generative.back().samples);
    print_confusion(report.generative.back().confusion, classes);
  }
  if (report.softmax) {
    fmt::print("class (rows) and class told by the softmax classifier (columns)\n");
    print_confusion(*report.softmax, classes);
  }
}

}  // namespace

void print_json(const EvaluationReport& report) {
  const Evaluation& result = report.evaluation;
  Json json = {{"checkpoint", report.checkpoint}};
  if (report.split) json["split"] = *report.split;
  if (report.images) json["images"] = *report.images;
  json["pictures"] = result.pictures;
  json["samples"] = result.samples;
  json["elbo"] = result.elbo.value;
  json["elbo_standard_error"] = result.elbo.over_pictures;
  json["reconstruction"] = result.reconstruction.value;
  json["kl"] = result.kl.value;
  json["log_likelihood"] = result.log_likelihood.value;
  json["log_likelihood_standard_error"] = result.log_likelihood.over_pictures;
  json["log_likelihood_sampling_error"] = or_null(result.log_likelihood.over_draws);
  json["bits_per_dimension"] = report.bits ? Json(report.bits->value) : Json();
  json["bits_per_dimension_of"] = report.bits ? Json(report.bits->of) : Json();
  json["active_units"] = result.active_units();
  json["largest_correlation"] = result.largest_correlation;
  json["mutual_information_gap"] = result.information_gap ? to_json(*result.information_gap) : Json();
  json["amortization_gap"] = report.gap ? to_json(*report.gap) : Json();
  json["classes"] = report.classes ? to_json(*report.classes) : Json();
  json["latents"] = Json::array();
  for (const LatentDimension& dimension : result.latents) json["latents"].push_back(to_json(dimension));
  fmt::print("{}\n", text_of(json));
}

void print_table(const EvaluationReport& report) {
  const Evaluation& result = report.evaluation;
  fmt::print("{} pictures of {}, {} draws of z each; nats per picture ± standard error over pictures\n",
             result.pictures, report.images ? *report.images : fmt::format("the {} split", *report.split),
             result.samples);
  print_estimate("ELBO", result.elbo);
  print_estimate("reconstruction", result.reconstruction);
  print_estimate("KL", result.kl);
  if (result.samples > 1) {
    print_estimate(fmt::format("log p(x), IWAE-{}", result.samples), result.log_likelihood);
  }
  if (report.bits) {
    fmt::print("{:<22}{:>12.4f}  (of {})\n", "bits/dimension", report.bits->value, report.bits->of);
  }
  fmt::print("{:<22}{:>12} of {}\n", "active units", result.active_units(), result.latents.size());
  print_row("largest correlation", fmt::format("{:.4f}", result.largest_correlation));
  if (result.information_gap) print_gap(*result.information_gap);
  if (report.gap) print_amortization_gap(*report.gap);
  if (report.classes) print_classes(*report.classes);
}

}  // namespace vae
