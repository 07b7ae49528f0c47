#include "report/run_record.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/parse.h"
#include "core/error.h"
#include "core/median.h"
#include "training/run_folder.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// The number in "epoch-0012.png"; nothing for other files.
std::optional<int64_t> epoch_of(const fs::path& file) {
  constexpr std::string_view kBegin = "epoch-";
  const std::string stem = file.stem().string();
  if (file.extension() != ".png" || !stem.starts_with(kBegin)) return std::nullopt;
  int64_t epoch = 0;
  const char* const end = stem.data() + stem.size();
  const auto [stopped, error] = std::from_chars(stem.data() + kBegin.size(), end, epoch);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return epoch;
}

std::vector<EpochSheets> find_sheets(const RunFolder& folder) {
  std::vector<EpochSheets> sheets;
  std::error_code none;  // a run without a sheet has no such folder
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path() / "samples", none)) {
    const std::optional<int64_t> epoch = epoch_of(entry.path());
    if (!epoch || !fs::exists(folder.reconstructions(*epoch))) continue;
    sheets.push_back({*epoch, entry.path(), folder.reconstructions(*epoch)});
  }
  std::sort(sheets.begin(), sheets.end(),
            [](const EpochSheets& a, const EpochSheets& b) { return a.epoch < b.epoch; });
  return sheets;
}

std::string folder_name(const fs::path& path) {
  const fs::path whole = fs::weakly_canonical(path);
  return whole.has_filename() ? whole.filename().string() : whole.parent_path().filename().string();
}

}  // namespace

RunRecord read_run(const fs::path& path) {
  const RunFolder folder(path);
  if (!fs::is_directory(path) || !fs::exists(folder.config())) {
    throw CheckpointError("{}: is no folder of a run; expected one that vae train has written",
                          path.string());
  }
  return {.name = folder_name(path),
          .path = path,
          .config = parse_file<Config>(folder.config()),
          .checkpoint = Checkpoint::load(find_checkpoint(path)),
          .rows = read_rows(folder.metrics()),
          .sheets = find_sheets(folder),
          .environment = load_environment(folder.environment())};
}

// A row that ends an epoch has exactly that many steps behind it for each, and any other fewer.
double RunRecord::steps_per_epoch() const {
  double most = 1;
  for (const MetricsRow& row : rows) {
    if (row.epoch > 0) most = std::max(most, static_cast<double>(row.step) / static_cast<double>(row.epoch));
  }
  return most;
}

double RunRecord::training_seconds() const {
  double seconds = 0;
  int64_t step = 0;
  for (const MetricsRow& row : rows) {
    const std::optional<double> speed = row.value("pictures_per_second");
    if (!speed || *speed <= 0) continue;
    seconds += static_cast<double>((row.step - step) * config.training.batch_size) / *speed;
    step = row.step;
  }
  return seconds;
}

std::optional<double> RunRecord::median_speed() const {
  std::vector<double> speeds;
  for (const MetricsRow& row : rows) {
    if (const auto speed = row.value("pictures_per_second")) speeds.push_back(*speed);
  }
  if (speeds.empty()) return std::nullopt;
  return median(std::move(speeds));
}

const MetricsRow* RunRecord::validation() const {
  const MetricsRow* found = nullptr;
  for (const MetricsRow& row : rows) {
    if (row.split == "validation" && row.step <= checkpoint.state.step) found = &row;
  }
  return found;
}

}  // namespace vae
