#include <fmt/format.h>

#include "cli/commands.h"
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

}  // namespace

void add_data(CLI::App& app) {
  auto* command = app.add_subcommand("data", "Make data");
  command->require_subcommand(1);
  add_shapes(*command);
}

}  // namespace vae
