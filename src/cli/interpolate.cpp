#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/decoding.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "core/error.h"
#include "data/image_tensor.h"
#include "images/grid.h"
#include "model/interpolate.h"

namespace vae {
namespace {

const std::map<std::string, Interpolation> kMethods = {{"linear", Interpolation::linear},
                                                       {"spherical", Interpolation::spherical}};

struct InterpolateOptions {
  std::filesystem::path checkpoint;
  std::vector<std::filesystem::path> images;
  int64_t count = 2;
  std::string class_name;
  std::string method = "spherical";
  int64_t steps = 10;
  uint64_t seed = 0;
  std::filesystem::path sheet;
  Animation animation;
  Computing computing;
};

/// Points that the path leads through.
struct Waypoints {
  Tensor z;                           // [points, latent]
  std::vector<Image> originals = {};  // of pictures
  std::vector<std::string> names = {};

  int64_t segments() const { return z.size(0) - 1; }
};

Waypoints waypoints_of_pictures(const InterpolateOptions& options, const LoadedModel& loaded) {
  const torch::NoGradGuard no_grad;
  const Pictures pictures = read_picture_files(loaded, options.images);
  if (pictures.size() < 2) {
    throw UsageError("--images: only {}; give two pictures or more to lead through",
                     pictures.dataset().name(0));
  }
  Batch batch = EvaluationBatches(pictures, pictures.size(), options.seed).get(0);
  batch.labels = labels_of_class(loaded, options.class_name, batch.size());
  const std::unique_ptr<Posterior> posterior = loaded.inference->infer(*loaded.model, batch, options.seed);
  Waypoints points = {.z = posterior->mean(), .originals = to_images(batch.x)};
  for (int64_t i = 0; i < pictures.size(); ++i) points.names.push_back(pictures.dataset().name(i));
  return points;
}

Waypoints drawn_waypoints(const InterpolateOptions& options, const LoadedModel& loaded) {
  Random latents(options.seed, "sample latents");
  const Tensor labels = labels_of_class(loaded, options.class_name, options.count);
  return {.z = draw_latents(*loaded.model, options.count, labels, /*temperature=*/1, latents)};
}

Waypoints waypoints_of(const InterpolateOptions& options, const LoadedModel& loaded) {
  if (!loaded.model->posterior().latent_space().is_real()) {
    throw UsageError(
        "interpolate: {} has categories for latents, between which there is nothing; see vae "
        "traverse",
        loaded.checkpoint.path.string());
  }
  return options.images.empty() ? drawn_waypoints(options, loaded) : waypoints_of_pictures(options, loaded);
}

/// Every segment's points, one segment after the other: [segments * steps, latent].
Tensor path_through(const Waypoints& points, int64_t steps, Interpolation method) {
  std::vector<Tensor> segments;
  for (int64_t i = 0; i < points.segments(); ++i) {
    segments.push_back(interpolate(points.z[i], points.z[i + 1], steps, method));
  }
  return torch::cat(segments);
}

/// A row for each segment, between the pictures themselves where it leads from picture to picture.
Image strip(const Waypoints& points, const std::vector<Image>& path, int64_t steps) {
  const bool between_pictures = !points.originals.empty();
  std::vector<Image> cells;
  for (int64_t i = 0; i < points.segments(); ++i) {
    const auto segment = static_cast<size_t>(i);
    if (between_pictures) cells.push_back(points.originals[segment]);
    const auto first = path.begin() + i * steps;
    cells.insert(cells.end(), first, first + steps);
    if (between_pictures) cells.push_back(points.originals[segment + 1]);
  }
  return grid(cells, steps + (between_pictures ? 2 : 0));
}

/// The path without the points that end one segment and begin the next.
std::vector<Image> frames_of(const std::vector<Image>& path, int64_t steps) {
  std::vector<Image> frames;
  for (size_t i = 0; i < path.size(); ++i) {
    if (i == 0 || i % static_cast<size_t>(steps) != 0) frames.push_back(path[i]);
  }
  return frames;
}

void run_interpolate(const InterpolateOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const Waypoints points = waypoints_of(options, loaded);
  const Tensor z = path_through(points, options.steps, kMethods.at(options.method));
  const Tensor labels = labels_of_class(loaded, options.class_name, z.size(0));
  const std::vector<Image> path = decode_images(loaded, options.computing, {z, labels});

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["method"] = options.method;
  results["steps"] = options.steps;
  results["segments"] = points.segments();
  results["through"] = points.names;
  if (!options.sheet.empty()) write_sheet(results, options.sheet, strip(points, path, options.steps));
  if (options.animation.is_wanted()) {
    write_animation(results, options.animation, frames_of(path, options.steps));
  }
  results.print(options.computing.json);
}

}  // namespace

void add_interpolate(CLI::App& app) {
  auto options = std::make_shared<InterpolateOptions>();
  auto* command = app.add_subcommand("interpolate", "Lead from picture to picture, or from sample to sample");
  command->footer(
      "The sheet has a row for each pair of neighbours. Between pictures the path leads from one posterior "
      "mean "
      "to the next, and each row begins and ends with the pictures themselves.");
  add_checkpoint(*command, options->checkpoint);
  auto* images = command
                     ->add_option("--images", options->images,
                                  "Two picture files or more, or a folder, to lead through; else samples")
                     ->type_name("PATH");
  command->add_option("--count", options->count, "Samples to lead through")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{2}, int64_t{1000}))
      ->excludes(images);
  add_class(*command, options->class_name);
  command->add_option("--method", options->method, "spherical keeps to where the prior has its mass")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember(kMethods));
  command->add_option("--steps", options->steps, "Pictures from one point to the next, both included")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{2}, int64_t{1000}));
  add_seed(*command, options->seed);
  add_sheet_or_animation(*command, options->sheet, options->animation);
  add_computing(*command, options->computing);
  command->final_callback([options] { run_interpolate(*options); });
}

}  // namespace vae
