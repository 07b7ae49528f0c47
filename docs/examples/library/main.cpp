// Samples from a trained model, passes a folder of pictures through it and scores them.
#include <fmt/format.h>

#include "core/error.h"
#include "data/folder.h"
#include "data/image_tensor.h"
#include "evaluation/evaluation.h"
#include "images/grid.h"
#include "images/png.h"
#include "model/generate.h"
#include "training/restore.h"

int main(int count, char** words) try {
  if (count != 3) throw vae::UsageError("give a checkpoint or a run, and a folder of pictures");
  const vae::Checkpoint checkpoint = vae::Checkpoint::load(vae::find_checkpoint(words[1]));
  const auto model = vae::restore_model(checkpoint, torch::kCPU);
  const auto inference = vae::restore_inference(checkpoint, *model);

  vae::Random latents(/*seed=*/1, "sample latents"), pixels(1, "sample pixels");
  const vae::Tensor z = vae::draw_latents(*model, /*count=*/16, /*labels=*/{}, /*temperature=*/1, latents);
  const vae::Tensor samples = vae::decode_pictures(*model, z, {}, vae::Rendering::mean, pixels);
  vae::write_png("samples.png", vae::grid(vae::to_images(samples), /*columns=*/4));

  const auto [channels, height, width] = model->picture();
  const vae::FolderConfig folder = {.path = words[2], .channels = channels, .height = height, .width = width};
  const vae::Pictures pictures =
      vae::observe(std::make_shared<vae::FolderDataset>(folder), checkpoint, *model);
  const vae::EvaluationBatches batches(pictures, /*batch_size=*/100, /*seed=*/1);
  const vae::Batch batch = batches.get(0);
  const vae::Tensor mean =
      vae::reconstruct(*model, *inference->infer(*model, batch, /*seed=*/1), batch.labels);
  vae::write_png("reconstructions.png",
                 vae::comparison_grid(vae::to_images(batch.x), vae::to_images(mean), 8));

  const vae::Evaluation evaluation =
      vae::evaluate_model(*model, *inference, batches, /*samples=*/10, /*seed=*/1);
  fmt::print("ELBO {}, log p(x) {}\n", evaluation.elbo.value, evaluation.log_likelihood.value);
} catch (const vae::Error& error) {
  fmt::print(stderr, "error: {}\n", error.what());
  return static_cast<int>(error.code());
}
