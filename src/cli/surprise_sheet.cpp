#include "cli/surprise_sheet.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "data/image_tensor.h"
#include "evaluation/surprise.h"
#include "images/grid.h"
#include "images/heat.h"

namespace vae {
namespace {

constexpr int64_t kColumns = 8;
// Shares of the pixels between which the colours lie: a few extremes do not darken all others.
constexpr double kDarkest = 0.01, kBrightest = 0.999;

struct Seen {
  std::vector<Image> pictures, reconstructions;
  std::vector<Tensor> surprise;  // [H, W] each, float64, on the CPU
};

void append(std::vector<Image>& images, const Tensor& x) {
  std::ranges::move(to_images(x.expand({-1, 3, -1, -1})), std::back_inserter(images));  // grey as RGB
}

/// The pictures of these numbers, each observed as it was when it was scored.
Batch batch_of(const EvaluationBatches& single_pictures, const Tensor& numbers) {
  std::vector<Tensor> x, labels;
  for (int64_t i = 0; i < numbers.size(0); ++i) {
    const Batch one = single_pictures.get(numbers[i].item<int64_t>());
    x.push_back(one.x);
    labels.push_back(one.labels);
  }
  return {.x = torch::cat(x), .labels = torch::cat(labels)};
}

void look(Seen& seen, const Vae& model, const Posterior& posterior, const Batch& batch) {
  const Tensor parameters = model.decode(posterior.mean(), batch.labels);
  append(seen.pictures, batch.x);
  append(seen.reconstructions, model.likelihood().mean(parameters).clamp(0, 1));
  const Tensor maps = surprise(model.likelihood(), batch.x, parameters).to(torch::kCPU, torch::kDouble);
  for (const Tensor& map : maps.unbind(0)) seen.surprise.push_back(map.contiguous());
}

/// The values that are black and white.
std::pair<double, double> scale_of(const std::vector<Tensor>& maps) {
  const Tensor sorted = std::get<0>(torch::stack(maps).flatten().sort());
  const auto at = [&](double share) {
    const auto last = static_cast<double>(sorted.size(0) - 1);
    return sorted[static_cast<int64_t>(share * last)].item<double>();
  };
  return {at(kDarkest), at(kBrightest)};
}

Image heat_map(const Tensor& map, double black, double white) {
  Image image = blank(map.size(1), map.size(0), {});
  const double* value = map.data_ptr<double>();
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = 0; x < image.width; ++x) {
      const double above = *value++ - black;
      fill(image, {x, y, 1, 1}, heat_colour(above > 0 ? above / (white - black) : 0));
    }
  }
  return image;
}

/// A row of pictures, below it one of reconstructions, below it one of maps, and so on.
Image sheet_of(const Seen& seen, const std::vector<Image>& maps) {
  const auto columns = std::min<size_t>(kColumns, seen.pictures.size());
  const Image filler = blank(maps.front().width, maps.front().height, {128, 128, 128});
  std::vector<Image> cells;
  for (size_t first = 0; first < maps.size(); first += columns) {
    for (const std::vector<Image>* row : {&seen.pictures, &seen.reconstructions, &maps}) {
      for (size_t i = first; i < first + columns; ++i) cells.push_back(i < row->size() ? (*row)[i] : filler);
    }
  }
  return grid(cells, static_cast<int64_t>(columns));
}

}  // namespace

Image surprise_sheet(const Vae& model, const Inference& inference, const Pictures& pictures,
                     const Tensor& numbers, int64_t batch_size, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  const EvaluationBatches single_pictures(pictures, 1, seed);
  Seen seen;
  for (const Tensor& some : numbers.split(batch_size)) {
    const Batch batch = batch_of(single_pictures, some);
    look(seen, model, *inference.infer(model, batch, seed), batch);
  }
  const auto [black, white] = scale_of(seen.surprise);
  std::vector<Image> maps;
  for (const Tensor& map : seen.surprise) maps.push_back(heat_map(map, black, white));
  return sheet_of(seen, maps);
}

}  // namespace vae
