#include "report/sections.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/parse.h"
#include "core/duration.h"
#include "core/file.h"
#include "objectives/objectives.h"
#include "objectives/validation.h"
#include "report/charts.h"
#include "report/html.h"

namespace vae {
namespace {

constexpr size_t kMostBars = 256;
constexpr size_t kMostClassBars = 60;

struct Highlight {
  std::string name;
  std::string value;
  std::string note;
};

std::string file_uri(const std::filesystem::path& png) {
  const std::vector<std::byte> bytes = read_file(png);
  return png_uri(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::string nats(double value) { return readable(std::round(value * 100) / 100); }

std::string nats(const std::optional<double>& value) { return value ? nats(*value) : "–"; }

/// At most `count` of them, evenly, the first and the last included.
std::vector<EpochSheets> evenly(const std::vector<EpochSheets>& sheets, size_t count) {
  if (sheets.size() <= count) return sheets;
  std::vector<EpochSheets> chosen;
  for (size_t i = 0; i < count; ++i) chosen.push_back(sheets[i * (sheets.size() - 1) / (count - 1)]);
  return chosen;
}

std::string stack(const std::string& caption, const std::vector<std::string>& uris) {
  std::string html = fmt::format("<figure class=\"sheet\"><figcaption>{}</figcaption>", caption);
  for (size_t i = 0; i < uris.size(); ++i) {
    html +=
        fmt::format("<img alt=\"{}\" src=\"{}\"{}>", caption, uris[i], i + 1 < uris.size() ? " hidden" : "");
  }
  return html + "</figure>";
}

std::string pictures_section(const RunRecord& run, size_t most) {
  const std::vector<EpochSheets> sheets = evenly(run.sheets, most);
  if (sheets.empty()) return "";
  std::vector<std::string> samples, reconstructions;
  std::vector<int64_t> epochs;
  for (const EpochSheets& sheet : sheets) {
    epochs.push_back(sheet.epoch);
    samples.push_back(file_uri(sheet.samples));
    reconstructions.push_back(file_uri(sheet.reconstructions));
  }
  const std::string slider =
      sheets.size() < 2
          ? ""
          : fmt::format(
                "<div class=\"slider\"><button type=\"button\" aria-label=\"Play\">▶</button>"
                "<input type=\"range\" min=\"0\" max=\"{0}\" value=\"{0}\" aria-label=\"Epoch\">"
                "<output>epoch {1}</output></div>",
                sheets.size() - 1, epochs.back());
  return section(
      "Pictures through the epochs",
      fmt::format("<div class=\"sheets\" data-epochs=\"[{}]\">{}<div class=\"pair\">{}{}</div></div>",
                  fmt::join(epochs, ","), slider, stack("Samples, from the same z all along", samples),
                  stack("Originals above their reconstructions", reconstructions)));
}

std::string kl_chart(const ModelView& view) {
  ColumnChart chart = {
      .title = {}, .x_label = "latent dimensions, most active first", .y_label = {}, .bars = {}};
  const auto& latents = view.evaluation.latents;
  const bool has_kl = !latents.empty() && latents.front().kl.has_value();
  chart.title = has_kl ? "KL of each latent dimension" : "Variance of each latent's posterior mean";
  chart.y_label = has_kl ? "nats per picture" : "variance over pictures";
  for (const int64_t position : view.order) {
    if (chart.bars.size() == kMostBars) break;
    const LatentDimension& dimension = latents[static_cast<size_t>(position)];
    chart.bars.push_back({.name = fmt::format("z{}", position),
                          .value = std::max(0.0, dimension.kl.value_or(dimension.variance_of_means)),
                          .is_faint = dimension.variance_of_means <= kActiveVariance});
  }
  return to_html(chart);
}

std::pair<std::string, std::string> plane_labels(const ModelView& view) {
  if (!view.plane.explained) return {"z0, posterior mean", "z1, posterior mean"};
  const auto label = [&](size_t axis, const char* name) {
    return fmt::format("{} principal component, {:.0f} % of the variance", name,
                       100 * (*view.plane.explained)[axis]);
  };
  return {label(0, "first"), label(1, "second")};
}

std::string plane_chart(const ModelView& view) {
  const auto [x_label, y_label] = plane_labels(view);
  ScatterChart chart = {.title = "Posterior means of pictures",
                        .x_label = x_label,
                        .y_label = y_label,
                        .points = {},
                        .groups = view.classes,
                        .thumbnails = png_uri(view.thumbnails.sheet),
                        .thumbnail_columns = view.thumbnails.columns,
                        .thumbnail_width = view.thumbnails.width,
                        .thumbnail_height = view.thumbnails.height};
  const auto coordinates = view.plane.coordinates.accessor<double, 2>();
  for (size_t i = 0; i < view.names.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    chart.points.push_back(
        {.at = {coordinates[row][0], coordinates[row][1]}, .group = view.labels[i], .name = view.names[i]});
  }
  return to_html(chart);
}

std::string sweeps_figure(const ModelView& view) {
  if (view.sweeps.empty()) return "";
  std::string rows;
  for (const SweptLatent& sweep : view.sweeps) {
    rows += fmt::format(
        "<div class=\"sweep\"><span>z{}</span><small>{:.1f}</small><img alt=\"z{} from {:.2f} to {:.2f}\" "
        "src=\"{}\"><small>{:.1f}</small></div>",
        sweep.position, sweep.low, sweep.position, sweep.low, sweep.high, png_uri(sweep.strip), sweep.high);
  }
  return "<figure class=\"sweeps\"><figcaption>One latent varied, the others those of one "
         "picture</figcaption>" +
         rows + "</figure>";
}

std::string latents_section(const ReportedRun& run) {
  if (!run.view) {
    return section("Latents", fmt::format("<p class=\"note\">Not shown: {}</p>", escaped(run.missing)));
  }
  const ModelView& view = *run.view;
  const std::string of = fmt::format(
      "<p class=\"note\">Of {} of the {} {} pictures. Bars of units that are not active (Var E[z given x] up "
      "to {}) are grey.</p>",
      readable(view.evaluation.pictures), readable(view.available), view.split, kActiveVariance);
  return section("Latents",
                 of + charts(plane_chart(view) + "<div>" + kl_chart(view) + sweeps_figure(view) + "</div>"));
}

std::string source_of(const SourceConfig& source) {
  if (const auto* folder = source.get_if<FolderConfig>()) return folder->path.string();
  if (const auto* idx = source.get_if<IdxConfig>()) return idx->images.string();
  return "generated";
}

std::string class_chart(const PictureDescription& pictures) {
  if (pictures.class_counts.empty() || pictures.classes.size() > kMostClassBars) return "";
  ColumnChart chart = {
      .title = "Training pictures of each class", .x_label = "classes", .y_label = "pictures", .bars = {}};
  for (size_t i = 0; i < pictures.classes.size(); ++i) {
    chart.bars.push_back(
        {.name = pictures.classes[i], .value = static_cast<double>(pictures.class_counts[i])});
  }
  return to_html(chart);
}

std::string data_section(const RunRecord& run) {
  const PictureDescription& pictures = run.checkpoint.pictures;
  const std::string rows =
      table({{"source",
              escaped(fmt::format("{}, {}", run.config.data.train.type(), source_of(run.config.data.train)))},
             {"pictures",
              fmt::format("{} for training, {}", readable(pictures.count), to_string(pictures.shape()))},
             {"observation", std::string(run.config.data.observation.type())},
             {"classes", pictures.classes.empty() ? "none" : readable(std::ssize(pictures.classes))},
             {"validation", std::string(run.config.data.validation.type())},
             {"test", std::string(run.config.data.test.type())}});
  return section("Data", charts("<div>" + rows + "</div>" + class_chart(pictures)));
}

std::string environment_section(const RunRecord& run) {
  std::vector<std::pair<std::string, std::string>> rows;
  if (const auto speed = run.median_speed()) {
    rows.emplace_back("speed",
                      fmt::format("{} pictures/s, the median", readable(int64_t{std::llround(*speed)})));
  }
  rows.emplace_back("training", fmt::format("{}, without validation and pictures",
                                            format_duration(run.training_seconds())));
  if (run.environment) {
    const Environment& environment = *run.environment;
    rows.insert(rows.end(), {{"device", escaped(environment.device)},
                             {"processor", escaped(environment.processor)},
                             {"threads", readable(environment.threads)},
                             {"system", escaped(environment.system)},
                             {"LibTorch", escaped(environment.libtorch)},
                             {"vae", escaped(environment.vae)}});
  }
  return section("Speed and environment", table(rows));
}

std::string config_section(const RunRecord& run) {
  return section("Config",
                 folded("Every key, as it was resolved", "<pre>" + escaped(dump(run.config)) + "</pre>"));
}

std::vector<Highlight> highlights_of(const ReportedRun& run) {
  const RunRecord& record = run.record;
  const TrainingState& state = record.checkpoint.state;
  const MetricsRow* const validation = record.validation();
  std::vector<Highlight> result;
  if (state.best_bound) {
    result.push_back({"validation " + bound_of(record), nats(*state.best_bound),
                      fmt::format("nats, the best, epoch {}", state.best_epoch)});
  }
  if (run.view && run.view->bits) {
    result.push_back({"bits per dimension", fmt::format("{:.3f}", run.view->bits->value),
                      std::string(run.view->bits->of)});
  }
  if (validation) {
    result.push_back({"reconstruction", nats(validation->value("reconstruction")), "nats, validation"});
    result.push_back({"KL", nats(validation->value("kl")), "nats, validation"});
  }
  if (run.view) {
    const Evaluation& evaluation = run.view->evaluation;
    result.push_back({"active units", readable(evaluation.active_units()),
                      fmt::format("of {} latents", readable(std::ssize(evaluation.latents)))});
    result.push_back({"parameters", readable(run.view->parameters), "learned numbers"});
  }
  result.push_back({"steps", readable(record.last_step()),
                    fmt::format("{} of {} epochs", record.last_epoch(), record.config.training.epochs)});
  return result;
}

}  // namespace

std::string section(const std::string& title, const std::string& content) {
  return fmt::format("<section><h2>{}</h2>{}</section>\n", title, content);
}

std::string charts(const std::string& figures, const std::string& kind) {
  return fmt::format("<div class=\"charts {}\">{}</div>", kind, figures);
}

std::string folded(const std::string& summary, const std::string& content) {
  return fmt::format("<details><summary>{}</summary>{}</details>", summary, content);
}

std::string table(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string html = "<table class=\"facts\">";
  for (const auto& [name, value] : rows) html += fmt::format("<tr><th>{}</th><td>{}</td></tr>", name, value);
  return html + "</table>";
}

std::string bound_of(const RunRecord& run) {
  return bound_name(
      make_objective(run.config.objective, run.checkpoint.pictures.shape())->validation_samples());
}

std::string heading(const ReportedRun& run) {
  return fmt::format("<header><h1>{}</h1>{}</header>", escaped(run.record.name), description(run));
}

std::string description(const ReportedRun& run) {
  const ModelConfig& model = run.record.config.model;
  const PictureDescription& pictures = run.record.checkpoint.pictures;
  return fmt::format(
      "<p class=\"lead\">{} encoder, {} latents ({}, prior {}), {} decoder, {} likelihood; objective {}; {} "
      "pictures of {}.</p>",
      model.encoder ? model.encoder->type() : "no", model.latent, model.posterior.type(), model.prior.type(),
      model.decoder.type(), model.likelihood.type(), run.record.config.objective.type(),
      readable(pictures.count), to_string(pictures.shape()));
}

std::string highlights(const ReportedRun& run) {
  std::string html = "<div class=\"highlights\">";
  for (const Highlight& one : highlights_of(run)) {
    html +=
        fmt::format("<div><small>{}</small><b>{}</b><small>{}</small></div>", one.name, one.value, one.note);
  }
  return html + "</div>";
}

std::string paper_section(const ReportedRun& run) {
  const std::optional<PaperConfig>& paper = run.record.config.paper;
  if (!paper) return "";
  std::vector<std::pair<std::string, std::string>> rows = {{"source", escaped(paper->source)}};
  if (!paper->table.empty()) rows.emplace_back("where", escaped(paper->table));
  if (paper->expected) rows.emplace_back("published log p(x)", nats(*paper->expected) + " nats");
  if (run.record.checkpoint.state.best_bound) {
    rows.emplace_back("validation " + bound_of(run.record) + " here",
                      nats(*run.record.checkpoint.state.best_bound) +
                          " nats; it chose the weights, <code>vae evaluate</code> estimates log p(x)");
  }
  if (!paper->note.empty()) rows.emplace_back("what differs", escaped(paper->note));
  return section("The published result", table(rows));
}

std::string last_samples(const RunRecord& run) {
  return run.sheets.empty() ? "" : stack(escaped(run.name), {file_uri(run.sheets.back().samples)});
}

std::string run_sections(const ReportedRun& run, size_t most_sheets) {
  return pictures_section(run.record, most_sheets) + latents_section(run) + data_section(run.record) +
         environment_section(run.record) + config_section(run.record);
}

}  // namespace vae
