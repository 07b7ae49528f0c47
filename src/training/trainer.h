// The training step.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/random.h"
#include "data/batches.h"
#include "model/vae.h"
#include "objectives/inference.h"
#include "objectives/objective.h"
#include "training/checkpoint.h"
#include "training/config.h"
#include "training/flat_parameters.h"
#include "training/graphed_step.h"
#include "training/moving_average.h"
#include "training/optimizer.h"
#include "training/profile.h"
#include "training/step_exchange.h"
#include "training/step_sums.h"
#include "training/taped_step.h"

namespace vae {

/// What a model is trained on.
struct TrainingPictures {
  PictureShape shape;
  int64_t classes = 0;  // 0 where they have none
  int64_t count = 0;
};

/// A model with all that changes while it learns.
class Trainer {
 public:
  /// Fresh weights. `total_steps` is what the learning-rate schedule stretches over. The processes of `group`
  /// train one model together.
  Trainer(const Config& config, const TrainingPictures& pictures, torch::Device device, int64_t total_steps,
          std::shared_ptr<const Group> group = alone());

  /// One step on our share of a batch, which may be empty: q(z | x) of it, objective, gradients, clipping,
  /// optimizer, projection, averages. A gradient that is not finite changes nothing but the count of skipped
  /// steps. Waits for nothing on the device.
  void step(const Batch& batch);

  /// The same on a batch that is not made yet: a step that is replayed makes it itself, where it can. Always
  /// of the same batches, which outlive this.
  void step(TrainingBatches& batches, const TrainingBatches::Plan& plan);

  Vae& model() { return *model_; }
  Profile& profile() { return profile_; }
  const Objective& objective() const { return *objective_; }
  const Inference& inference() const { return *inference_; }
  StepSums& sums() { return sums_; }
  StepExchange& exchange() { return exchange_; }
  int64_t steps() const { return steps_; }
  const TapedStep& taped() const { return taped_; }
  double learning_rate() const;

  /// Has steps replayed by this from now on, where they can be: as those of a card are from the beginning,
  /// wherever this program has a recorder for it (training/graphed_step.h).
  void record_by(std::unique_ptr<Recorder> recorder);
  const std::optional<GraphedStep>& graphed() const { return graphed_; }

  /// From now on the learning rate is the schedule's times `factor`.
  void slow_down(double factor) { slowdown_ = factor; }

  /// While the result lives, the model has its averaged weights, if there are any.
  SwappedValues averaged_weights();

  /// Everything as tensors, and back. All processes call it; of what they have divided among them rank 0 gets
  /// the whole, the others nothing. Restoring throws CheckpointError where something does not fit.
  std::map<std::string, Tensor> tensors() const;
  Tensor weights() const { return parameters_.values(); }  // all of them, flat
  void restore(const Checkpoint& checkpoint);

 private:
  struct NamedTensor {
    std::string name;
    Tensor tensor;
    const DividedRows* rows = nullptr;  // where this process has some of the tensor's rows
  };
  std::vector<NamedTensor> everything() const;
  double rate_factor() const;

  /// A batch by what it is made of.
  struct Ingredients {
    std::vector<Tensor> tensors;
    int64_t index = 0;                                      // of its noise
    std::function<Batch()> make;                            // of them
    std::function<Batch(const StepInputs&)> make_in_place;  // the same of copies of them
  };
  void step_on(const Ingredients& batch);
  void learn(const Ingredients& batch);
  void learn_as_it_is(const Batch& batch);
  void learn_from(const Batch& batch);
  EStep e_step(const StepContext& at);
  Terms evaluate(const Posterior& posterior, const StepContext& at);
  Terms forward(const Batch& batch, Random& noise, const Tensor& kl_weight);

  /// Whether a step is one function of the weights, the batch and the noise, and one step of the weights.
  bool is_one_function() const;

  /// Where steps are as small as their dispatch (training/taped_step.h).
  bool can_be_taped(const Batch& batch) const;
  void learn_by_tape(const Batch& batch);

  /// Why no step can be replayed as a graph; empty where nothing hinders.
  std::string obstacle_to_graphs() const;
  bool can_be_graphed(const Ingredients& batch) const;
  void learn_by_graph(const Ingredients& batch);

  /// The steps of a batch of which other processes have all pictures.
  void follow(const Batch& batch);

  /// Terms of the objective at q, and the step of the weights that they ask for.
  void descend(const EStep& q, const StepContext& at);

  /// Where how far a step goes lies on the device; undefined where the host says it.
  struct Scalars {
    Tensor learning_rate, average_pull;
  };

  /// The step of the weights down the gradients that a backward pass has left.
  void update(const Terms& own, const Scalars& scalars = {});
  void pull_average(const Tensor& pull, const Tensor& non_finite);

  const Config config_;
  int64_t total_steps_;
  int64_t batch_size_;  // of all steps but the last of an epoch
  int64_t steps_ = 0;
  double slowdown_ = 1;
  Random latent_;
  std::shared_ptr<Vae> model_;
  std::shared_ptr<Objective> objective_;
  std::shared_ptr<Inference> inference_;
  FlatParameters parameters_;
  StepExchange exchange_;
  std::unique_ptr<Optimizer> optimizer_;
  std::optional<MovingAverage> average_;
  StepSums sums_;
  Profile profile_;
  const bool has_buffers_;
  TapedStep taped_;
  std::optional<GraphedStep> graphed_;  // none on the processor, and where something hinders it
};

}  // namespace vae
