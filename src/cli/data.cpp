#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/commands.h"
#include "core/error.h"
#include "core/one_line.h"
#include "data/folder.h"
#include "data/folder_reader.h"
#include "data/write_shapes.h"

namespace vae {
namespace {

struct ShapesOptions {
  ShapesConfig shapes;
  std::filesystem::path out;
};

void run_shapes(const ShapesOptions& options) {
  write_shapes(options.shapes, options.out);
  fmt::print("{} pictures and factors.csv in {}\n", options.shapes.count, options.out.string());
}

void add_shapes(CLI::App& data) {
  auto options = std::make_shared<ShapesOptions>();
  auto* command =
      data.add_subcommand("shapes", "Write generated shapes as PNG files, with their factors as CSV");
  command->add_option("--out", options->out, "A folder that is empty or not there yet")
      ->required()
      ->type_name("FOLDER");
  command->add_option("--count", options->shapes.count, "How many pictures")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{10'000'000}));
  command->add_option("--channels", options->shapes.channels, "1: white shapes, 3: shapes of any hue")
      ->capture_default_str()
      ->check(CLI::IsMember({1, 3}));
  command->add_option("--height", options->shapes.height, "In pixels")
      ->capture_default_str()
      ->check(CLI::Range(8, 4096));
  command->add_option("--width", options->shapes.width, "In pixels")
      ->capture_default_str()
      ->check(CLI::Range(8, 4096));
  command->add_option("--offset", options->shapes.offset, "Number of the first picture")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->final_callback([options] { run_shapes(*options); });
}

struct CheckOptions {
  FolderConfig folder;
  std::filesystem::path cache;
  int64_t threads = std::max<int64_t>(1, std::thread::hardware_concurrency());
};

void run_check(const CheckOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const CacheConfig cache = options.cache.empty() ? CacheConfig(NoCache{}) : FolderCache{options.cache};
  const FolderPictures pictures = read_folder(options.folder, cache, options.threads);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  for (const BadPicture& bad : pictures.bad) fmt::print("{}\n", on_one_line(bad.error));
  fmt::print("{} pictures of {} classes, {} that can't be used, {} other files\n", pictures.names.size(),
             class_names(pictures.names).size(), pictures.bad.size(), pictures.others.size());
  fmt::print("{} decoded, all read in {:.3f} s by {} threads: {:.0f} pictures/s\n", pictures.decoded, seconds,
             options.threads, static_cast<double>(pictures.names.size()) / seconds);
  if (pictures.bad.empty()) return;
  throw DataError(
      "{}: {} of {} pictures can't be used; repair or remove them, or train with data.bad_images "
      "set to \"skip\"",
      options.folder.path.string(), pictures.bad.size(), pictures.names.size() + pictures.bad.size());
}

void add_check(CLI::App& data) {
  auto options = std::make_shared<CheckOptions>();
  auto* command =
      data.add_subcommand("check", "Decode every picture of a folder and say which can't be used");
  command->add_option("folder", options->folder.path, "As for training")->required()->type_name("FOLDER");
  command->add_option("--channels", options->folder.channels, "1: grey, 3: colour")
      ->capture_default_str()
      ->check(CLI::IsMember({1, 3}));
  command->add_option("--height", options->folder.height, "To scale to, in pixels")
      ->capture_default_str()
      ->check(CLI::Range(1, 16384));
  command->add_option("--width", options->folder.width, "To scale to, in pixels")
      ->capture_default_str()
      ->check(CLI::Range(1, 16384));
  command->add_option("--cache", options->cache, "Keep the decoded pictures, as data.cache does")
      ->type_name("FOLDER");
  command
      ->add_option("--threads", options->threads, "That decode; as many as there are processors if not given")
      ->check(CLI::Range(1, 1024));
  command->final_callback([options] { run_check(*options); });
}

}  // namespace

void add_data(CLI::App& app) {
  auto* command = app.add_subcommand("data", "Make data, and check it");
  command->require_subcommand(1);
  add_shapes(*command);
  add_check(*command);
}

}  // namespace vae
