#include "training/run_writer.h"

#include <fmt/format.h>

#include <vector>

#include "images/png.h"
#include "training/histogram.h"
#include "training/summaries.h"

namespace vae {
namespace {

constexpr int64_t kDimensionsShown = 32;  // more than one looks at, each with a histogram of its own

// Dropping what is later comes before the files are opened for appending.
const RunFolder& cut_back(const RunFolder& folder, int64_t step) {
  drop_rows_after(folder.metrics(), step);
  drop_events_after(folder.events(), step);
  return folder;
}

}  // namespace

RunWriter::RunWriter(const RunFolder& folder, int64_t step)
    : folder_(cut_back(folder, step)),
      log_(folder.log()),
      metrics_(folder.metrics()),
      events_(folder.events()) {}

void RunWriter::row(const MetricsRow& row) {
  metrics_.append(row);
  for (const auto& [name, value] : row.values)
    events_.add(row.split + "/" + name, row.step, scalar_summary(value));
}

void RunWriter::hyper_parameters(std::span<const FlatValue> values) {
  events_.add(kHyperParametersTag, /*step=*/0, hyper_parameters_summary(values));
}

void RunWriter::latents(int64_t step, int64_t dimensions, std::span<const float> means) {
  const auto write = [&](const std::string& tag, std::span<const float> numbers) {
    const Histogram histogram = histogram_of(numbers);
    if (histogram.count > 0) events_.add(tag, step, histogram_summary(histogram));
  };
  write("latents/mu", means);
  if (dimensions > kDimensionsShown) return;
  const auto stride = static_cast<size_t>(dimensions);
  for (size_t dimension = 0; dimension < stride; ++dimension) {
    std::vector<float> numbers;
    for (size_t i = dimension; i < means.size(); i += stride) numbers.push_back(means[i]);
    write(fmt::format("latents/mu_{:02}", dimension), numbers);
  }
}

void RunWriter::pictures(int64_t epoch, int64_t step, const Image& samples, const Image& reconstructions) {
  write_png(folder_.samples(epoch), samples);
  write_png(folder_.reconstructions(epoch), reconstructions);
  events_.add("samples", step, image_summary(samples));
  events_.add("reconstructions", step, image_summary(reconstructions));
}

}  // namespace vae
