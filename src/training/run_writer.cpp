#include "training/run_writer.h"

#include "images/png.h"

namespace vae {
namespace {

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
  for (const auto& [name, value] : row.values) events_.scalar(row.split + "/" + name, row.step, value);
}

void RunWriter::pictures(int64_t epoch, int64_t step, const Image& samples, const Image& reconstructions) {
  write_png(folder_.samples(epoch), samples);
  write_png(folder_.reconstructions(epoch), reconstructions);
  events_.image("samples", step, samples);
  events_.image("reconstructions", step, reconstructions);
}

}  // namespace vae
