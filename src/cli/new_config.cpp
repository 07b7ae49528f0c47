#include "cli/new_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/json_text.h"
#include "data/folder_files.h"

namespace vae {
namespace {

constexpr int64_t kSteps = 10'000;    // of training: an hour or so on a few cores at 64x64
constexpr int64_t kFewestSteps = 20;  // an epoch must have, else batches get smaller
constexpr int64_t kBatch = 64;
constexpr int64_t kManyPictures = 2000;  // of which a twentieth is enough to validate on

/// A value of the config and why.
struct Choice {
  std::string value;
  std::string why;
};

struct Size {
  int64_t height = 0, width = 0;
  std::string why;
};

// Small pictures stay what they are; large ones become small, which trains fast and can be raised later.
Size choose_size(const FolderSurvey& survey) {
  const std::string found = fmt::format("pictures are about {}x{}", survey.width, survey.height);
  if (std::max(survey.width, survey.height) <= 64 && std::min(survey.width, survey.height) >= 8) {
    return {survey.height, survey.width, found};
  }
  const int64_t side = std::min(survey.width, survey.height) >= 64 ? 64 : 32;
  return {side, side,
          fmt::format("{}; scaled and cropped, larger costs time: try {} once this works", found, 2 * side)};
}

// Each halves the picture, down to 4 pixels or so.
Choice choose_channels(const Size& size) {
  std::string list;
  int64_t channels = 32;
  int64_t side = std::min(size.height, size.width);
  for (; side >= 7; side /= 2, channels = std::min<int64_t>(2 * channels, 256)) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", channels);
  }
  return {"[" + list + "]", fmt::format("convolutions that halve the picture to {} pixels", side)};
}

int64_t choose_batch(int64_t pictures) { return std::clamp(pictures / kFewestSteps, int64_t{4}, kBatch); }

int64_t choose_epochs(int64_t pictures, int64_t batch) {
  const int64_t steps = std::max<int64_t>(1, pictures / batch);
  return std::clamp<int64_t>((kSteps + steps - 1) / steps, 5, 500);
}

std::string name_of(const std::filesystem::path& folder) {
  const std::filesystem::path whole = std::filesystem::absolute(folder).lexically_normal();
  std::string name = printable(whole.has_filename() ? whole.filename() : whole.parent_path().filename());
  name.erase(0, name.find_first_not_of('.'));
  return name.empty() ? "mine" : name;
}

std::string summary(const FolderSurvey& survey) {
  return fmt::format("{} pictures, {}; {} of them were looked at", survey.count,
                     survey.classes.empty() ? "no classes" : fmt::format("{} classes", survey.classes.size()),
                     survey.looked_at);
}

std::string bad_images_line(const FolderSurvey& survey) {
  if (survey.unreadable == 0) return "";
  return fmt::format(
      "    \"bad_images\": \"skip\",          // {} of those looked at can't be used; vae data check lists "
      "them\n",
      survey.unreadable);
}

}  // namespace

std::string new_config() {
  return R"(// Generated shapes: needs no data. For pictures of your own: vae config --new --images FOLDER
{
  "name": "shapes",                      // the run goes to runs/shapes
  "data": {
    "train": {"type": "shapes", "count": 20000, "channels": 3},
    "validation": {"type": "shapes", "count": 1000, "channels": 3, "offset": 20000},  // chooses the best weights
    "test": {"type": "shapes", "count": 1000, "channels": 3, "offset": 21000},        // chooses nothing
    "observation": "dequantize"          // a density needs noise on pixels of 256 levels
  },
  "model": {
    "latent": 16,                        // numbers that stand for a picture
    "encoder": {"type": "conv", "channels": [32, 64, 128]},
    "decoder": {"type": "conv", "channels": [32, 64, 128]},
    "likelihood": {"type": "gaussian", "variance": "learned"}
  },
  "training": {
    "epochs": 12,
    "batch_size": 64,
    "optimizer": {"type": "adam", "learning_rate": 2e-3},
    "schedule": {"type": "cosine", "warmup_steps": 200}
  }
}
)";
}

std::string new_config(const std::filesystem::path& folder, const FolderSurvey& survey) {
  const Size size = choose_size(survey);
  const Choice channels = choose_channels(size);
  const double held_out = survey.count >= kManyPictures ? 0.05 : 0.1;
  const auto training = static_cast<int64_t>((1 - 2 * held_out) * static_cast<double>(survey.count));
  const int64_t batch = choose_batch(training);
  const int64_t epochs = choose_epochs(training, batch);
  const int64_t steps = epochs * std::max<int64_t>(1, training / batch);
  const int64_t latent = std::max(size.height, size.width) > 32 ? 128 : 32;
  const Choice likelihood =
      survey.is_black_and_white
          ? Choice{R"("bernoulli")", "black and white: a probability for each pixel"}
          : Choice{R"({"type": "gaussian", "variance": "learned"})", "one variance for all pixels, learned"};
  const Choice observation =
      survey.is_black_and_white
          ? Choice{"binarize", "each pixel black or white, by its grey as a probability"}
          : Choice{"dequantize", "a density needs noise on pixels of 256 levels"};
  return fmt::format(
      R"(// {summary}.
// Train: vae train --config THIS_FILE; vae config --schema describes every key.
{{
  "name": {name},                        // the run goes to runs/ and this name
  "data": {{
    "train": {{
      "type": "folder",
      "path": {path},
      "channels": {channels},                     // {colour}
      "height": {height}, "width": {width}        // {size_why}
    }},
    "validation": {{"type": "fraction", "fraction": {held_out}}},   // chooses the best weights
    "test": {{"type": "fraction", "fraction": {held_out}}},         // chooses nothing: for vae evaluate
{bad_images}    "horizontal_flip": false,            // true where left and right do not matter: more pictures for nothing
    "observation": "{observation}"       // {observation_why}
  }},
  "model": {{
    "latent": {latent},                       // numbers that stand for a picture; more: sharper, harder to sample
    "encoder": {{"type": "conv", "channels": {layers}}},  // {layers_why}
    "decoder": {{"type": "conv", "channels": {layers}}},
    "likelihood": {likelihood}  // {likelihood_why}
  }},
  "training": {{
    "epochs": {epochs},                       // about {steps} steps
    "batch_size": {batch},
    "optimizer": {{"type": "adam", "learning_rate": 1e-3}},
    "schedule": {{"type": "cosine", "warmup_steps": {warmup}}},
    "clip_norm": 1000,                   // against single pictures that would throw training off
    "pictures_every": {pictures_every}                  // epochs between two sheets of samples
  }}
}}
)",
      fmt::arg("summary", summary(survey)), fmt::arg("name", detail::json_string(name_of(folder))),
      fmt::arg("path", detail::json_string(std::filesystem::absolute(folder).lexically_normal().string())),
      fmt::arg("channels", survey.is_grey ? 1 : 3),
      fmt::arg("colour", survey.is_grey ? "none of the pictures has colour" : "colour"),
      fmt::arg("height", size.height), fmt::arg("width", size.width), fmt::arg("size_why", size.why),
      fmt::arg("held_out", held_out), fmt::arg("bad_images", bad_images_line(survey)),
      fmt::arg("observation", observation.value), fmt::arg("observation_why", observation.why),
      fmt::arg("latent", latent), fmt::arg("layers", channels.value), fmt::arg("layers_why", channels.why),
      fmt::arg("likelihood", likelihood.value), fmt::arg("likelihood_why", likelihood.why),
      fmt::arg("epochs", epochs), fmt::arg("steps", steps), fmt::arg("batch", batch),
      fmt::arg("warmup", std::min<int64_t>(200, steps / 10)),
      fmt::arg("pictures_every", std::max<int64_t>(1, epochs / 20)));
}

}  // namespace vae
