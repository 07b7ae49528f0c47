#include "cli/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace vae {

void add_checkpoint(CLI::App& command, std::filesystem::path& path) {
  command.add_option("--checkpoint", path, "A checkpoint, or a run folder (its best, else its last)")
      ->required()
      ->type_name("PATH");
}

void add_device(CLI::App& command, std::string& device) {
  command.add_option("--device", device, "auto, cpu, cuda or cuda:N")
      ->capture_default_str()
      ->type_name("NAME");
}

void add_seed(CLI::App& command, uint64_t& seed) {
  command.add_option("--seed", seed, "Every random number follows from it")
      ->capture_default_str()
      ->type_name("N")
      ->check(check_seed);
}

void add_seed(CLI::App& command, std::optional<uint64_t>& seed) {
  command.add_option("--seed", seed, "Of the noise in pictures and latents; the run's own if not given")
      ->type_name("N")
      ->check(check_seed);
}

std::string check_seed(const std::string& text) {
  uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seed);
  if (error == std::errc() && stopped == end) return "";
  return fmt::format("expected a whole number from 0 to {}", UINT64_MAX);
}

CLI::Option* add_class(CLI::App& command, std::string& name) {
  return command.add_option("--class", name, "Class to draw, for models conditioned on classes")
      ->type_name("NAME");
}

std::string check_png_name(const std::string& name) {
  const std::filesystem::path path(name);
  const std::string ending = CLI::detail::to_lower(path.extension().string());
  if (ending.empty() || ending == ".png" || ending == ".apng") return "";
  return fmt::format("\"{}\": pictures are written as PNG; call it {}", name,
                     std::filesystem::path(path).replace_extension(".png").string());
}

void add_outputs(CLI::App& command, std::filesystem::path& sheet, std::filesystem::path& folder) {
  auto* group = command.add_option_group("Output", "At least one of");
  group->add_option("--out", sheet, "PNG file with all pictures on one sheet")
      ->type_name("FILE")
      ->check(check_png_name);
  group->add_option("--out-dir", folder, "Folder for one PNG file each")->type_name("FOLDER");
  group->require_option(1, 2);
}

void add_sheet_or_animation(CLI::App& command, std::filesystem::path& sheet, Animation& animation) {
  auto* group = command.add_option_group("Output", "At least one of");
  group->add_option("--out", sheet, "PNG file with all pictures on one sheet")
      ->type_name("FILE")
      ->check(check_png_name);
  group->add_option("--animation", animation.file, "Animated PNG file that goes there and back for ever")
      ->type_name("FILE")
      ->check(check_png_name);
  group->require_option(1, 2);
  command.add_option("--fps", animation.frames_per_second, "Frames a second of the animation")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{100}));
  command.add_option("--zoom", animation.zoom, "Pixels of the animation across one of a picture's")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{64}));
}

}  // namespace vae
