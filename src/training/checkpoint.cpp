#include "training/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "config/parse.h"
#include "core/error.h"
#include "training/run_folder.h"
#include "training/safetensors.h"

namespace vae {
namespace {

constexpr int kFormat = 1;

const std::string& entry(const Safetensors& file, const std::string& key, const std::filesystem::path& path) {
  const auto found = file.metadata.find(key);
  if (found != file.metadata.end()) return found->second;
  throw CheckpointError("{}: not a checkpoint of this program: its metadata has no \"{}\"", path.string(),
                        key);
}

void check_format(const Safetensors& file, const std::filesystem::path& path) {
  const std::string& text = entry(file, "format", path);
  int format = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (error != std::errc() || end != text.data() + text.size() || format < 1) {
    throw CheckpointError("{}: damaged: its format is \"{}\", expected a number", path.string(), text);
  }
  if (format > kFormat) {
    throw CheckpointError("{}: has format {}; this program knows up to {}: use a newer version",
                          path.string(), format, kFormat);
  }
}

template <class T>
T parse_entry(const Safetensors& file, const std::string& key, const std::filesystem::path& path) {
  try {
    return parse<T>(entry(file, key, path), path.string());
  } catch (const UsageError& error) {
    throw CheckpointError("{} (in its metadata \"{}\")", error.what(), key);
  }
}

const Tensor& expect(const Checkpoint& checkpoint, const std::string& name, torch::IntArrayRef shape) {
  const auto found = checkpoint.tensors.find(name);
  if (found == checkpoint.tensors.end()) {
    throw CheckpointError("{}: has no tensor \"{}\"", checkpoint.path.string(), name);
  }
  if (found->second.sizes() == shape) return found->second;
  throw CheckpointError("{}: tensor \"{}\" has shape [{}], expected [{}]", checkpoint.path.string(), name,
                        fmt::join(found->second.sizes(), ", "), fmt::join(shape, ", "));
}

}  // namespace

void Checkpoint::save(const std::filesystem::path& file) const {
  write_safetensors(file, {.tensors = tensors,
                           .metadata = {{"format", std::to_string(kFormat)},
                                        {"config", dump(config)},
                                        {"state", dump(state)},
                                        {"pictures", dump(pictures)}}});
}

Checkpoint Checkpoint::load(const std::filesystem::path& file) {
  Safetensors content = read_safetensors(file);
  check_format(content, file);
  return {.config = parse_entry<Config>(content, "config", file),
          .state = parse_entry<TrainingState>(content, "state", file),
          .pictures = parse_entry<PictureDescription>(content, "pictures", file),
          .tensors = std::move(content.tensors),
          .path = file};
}

void Checkpoint::copy_to(const std::string& name, const Tensor& target) const {
  const torch::NoGradGuard no_grad;
  target.copy_(expect(*this, name, target.sizes()));
}

void Checkpoint::copy_rows_to(const std::string& name, const Tensor& target, int64_t first,
                              int64_t count) const {
  const torch::NoGradGuard no_grad;
  std::vector<int64_t> shape = target.sizes().vec();
  shape.front() = count;
  target.copy_(expect(*this, name, shape).narrow(0, first, target.size(0)));
}

std::filesystem::path find_checkpoint(const std::filesystem::path& file_or_run) {
  if (!std::filesystem::is_directory(file_or_run)) {
    if (std::filesystem::exists(file_or_run)) return file_or_run;
    throw CheckpointError("{}: no such checkpoint; give a .safetensors file or a run folder",
                          file_or_run.string());
  }
  const RunFolder folder(file_or_run);
  for (const auto& candidate : {folder.best_checkpoint(), folder.last_checkpoint()}) {
    if (std::filesystem::exists(candidate)) return candidate;
  }
  throw CheckpointError(
      "{}: holds no checkpoints/best.safetensors or checkpoints/last.safetensors; give a run folder or a "
      "file",
      file_or_run.string());
}

std::shared_ptr<Vae> restore_model(const Checkpoint& checkpoint, torch::Device device) {
  auto model =
      std::make_shared<Vae>(checkpoint.config.model, checkpoint.pictures.shape(), checkpoint.config.seed,
                            static_cast<int64_t>(checkpoint.pictures.classes.size()));
  model->to(device, weight_type(checkpoint.config.precision));
  const std::string prefix = checkpoint.config.training.ema ? "ema." : "";
  for (const auto& parameter : model->named_parameters())
    checkpoint.copy_to(prefix + parameter.key(), parameter.value());
  for (const auto& buffer : model->named_buffers()) checkpoint.copy_to(buffer.key(), buffer.value());
  model->eval();
  return model;
}

torch::ScalarType weight_type(Precision precision) {
  return precision == Precision::float64 ? torch::kDouble : torch::kFloat;
}

}  // namespace vae
