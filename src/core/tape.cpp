#include "core/tape.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace vae {
namespace {

// Work that takes more memory than this has other worries than its dispatch.
constexpr size_t kMostMemory = size_t{128} << 20;  // bytes

// Of LibTorch's operations only small ones are done again: their results are copied to where they were, and
// where the large ones aren't ours, dispatch is not what costs.
constexpr int64_t kLargest = 1 << 16;  // elements

thread_local Tape* running_tape = nullptr;
thread_local int depth = 0;  // of LibTorch's operations that call others

/// The same memory without a share in the tensor, and without its history.
Tensor alias_of(const Tensor& tensor) {
  if (!tensor.defined()) return tensor;
  return Tensor(tensor.unsafeGetTensorImpl()->shallow_copy_and_detach(c10::VariableVersion(0),
                                                                      /*allow_tensor_metadata_change=*/true));
}

std::vector<Tensor> aliases_of(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> aliases;
  for (const Tensor& tensor : tensors) aliases.push_back(alias_of(tensor));
  return aliases;
}

c10::IValue alias_of(const c10::IValue& value) {
  if (value.isTensor()) return alias_of(value.toTensor());
  if (!value.isTensorList()) return value;
  c10::List<Tensor> aliases;
  for (const Tensor& tensor : value.toTensorVector()) aliases.push_back(alias_of(tensor));
  return aliases;
}

std::vector<Tensor> tensors_in(torch::ArrayRef<c10::IValue> values) {
  std::vector<Tensor> tensors;
  for (const c10::IValue& value : values) {
    if (value.isTensor() && value.toTensor().defined()) tensors.push_back(value.toTensor());
    if (value.isTensorList()) {
      for (const Tensor& tensor : value.toTensorVector()) tensors.push_back(tensor);
    }
  }
  return tensors;
}

struct Inputs : at::ObserverContext {
  std::vector<c10::IValue> values;
  bool has_history = false;  // whether autograd follows what becomes of them
};

bool is_in_memory_of(const Tensor& tensor, const std::vector<Tensor>& others) {
  return std::ranges::any_of(others, [&](const Tensor& other) {
    return tensor.has_storage() && other.has_storage() && tensor.storage().is_alias_of(other.storage());
  });
}

bool writes(const c10::FunctionSchema& schema) {
  for (const c10::Argument& argument : schema.arguments()) {
    if (argument.alias_info() && argument.alias_info()->isWrite()) return true;
  }
  return false;
}

bool differs_by_content(const c10::OperatorHandle& operation) {
  return operation.hasTag(at::Tag::data_dependent_output) ||
         operation.hasTag(at::Tag::dynamic_output_shape) ||
         operation.hasTag(at::Tag::nondeterministic_seeded) || operation.hasTag(at::Tag::inplace_view);
}

bool gives_what_nobody_filled(const std::string& name) {
  return name.starts_with("aten::empty") || name.starts_with("aten::new_empty");
}

bool all_small(const std::vector<Tensor>& tensors) {
  return std::ranges::all_of(
      tensors, [](const Tensor& tensor) { return tensor.is_cpu() && tensor.numel() <= kLargest; });
}

// Autocast decides by what is on when an operation is called, and is off when it is called again.
bool may_be_cast(const std::vector<Tensor>& tensors) {
  return at::autocast::is_autocast_enabled(at::kCPU) &&
         std::ranges::any_of(tensors, [](const Tensor& tensor) {
           return tensor.is_floating_point() && tensor.scalar_type() != torch::kFloat;
         });
}

void copy_where_defined(const std::vector<Tensor>& from, const std::vector<Tensor>& to) {
  for (size_t i = 0; i < to.size(); ++i)
    if (to[i].defined()) to[i].copy_(from[i]);
}

void note_operation(Tape& tape, const c10::OperatorHandle& operation, const Inputs& inputs,
                    torch::ArrayRef<c10::IValue> outputs) {
  const c10::FunctionSchema& schema = operation.schema();
  if (gives_what_nobody_filled(schema.name())) return;
  const std::vector<Tensor> read = tensors_in(inputs.values), written = tensors_in(outputs);
  const bool in_place = writes(schema);
  const auto views =
      std::ranges::count_if(written, [&](const Tensor& tensor) { return is_in_memory_of(tensor, read); });
  if (!in_place && views > 0 && views == std::ssize(written)) return;
  const bool is_mixed = !in_place && views > 0;
  // Of what it changes in place, autograd may save what was there before.
  const bool loses_history = in_place && inputs.has_history;
  const bool leaves_nothing = written.empty() && !in_place;
  if (leaves_nothing || is_mixed || loses_history || differs_by_content(operation) || !all_small(written) ||
      may_be_cast(read) || may_be_cast(written)) {
    return tape.give_up(schema.name());
  }
  for (const auto* tensors : {&read, &written}) {
    for (const Tensor& tensor : *tensors) tape.keep(tensor);
  }
  tape.note([operation, values = inputs.values, places = aliases_of(written), in_place] {
    torch::jit::Stack stack = values;
    operation.callBoxed(stack);
    if (in_place) return;
    copy_where_defined(tensors_in(stack), places);
  });
}

std::optional<c10::OperatorHandle> operation_of(const at::RecordFunction& function) {
  const std::optional<c10::OperatorName> name = function.operator_name();
  return name ? c10::Dispatcher::singleton().findSchema(*name) : std::nullopt;
}

// Autograd announces its nodes in the same way: what they do are operations of their own. So are those that
// an operation without a derivative of its own is made of: what autograd saves is an input or a result of
// one that is noted.
bool is_made_of_others(const std::optional<c10::OperatorHandle>& operation) {
  return !operation || operation->hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd);
}

std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
  if (is_made_of_others(operation_of(function))) return nullptr;
  auto inputs = std::make_unique<Inputs>();
  if (depth++ > 0) return inputs;
  for (const c10::IValue& value : function.inputs()) inputs->values.push_back(alias_of(value));
  inputs->has_history =
      torch::GradMode::is_enabled() &&
      std::ranges::any_of(tensors_in(function.inputs()), [](const Tensor& t) { return t.requires_grad(); });
  return inputs;
}

void on_end(const at::RecordFunction& function, at::ObserverContext* begun) {
  const auto operation = operation_of(function);
  Tape* tape = Tape::running();
  if (is_made_of_others(operation) || --depth > 0 || !tape) return;
  try {
    note_operation(*tape, *operation, *static_cast<Inputs*>(begun), function.outputs());
  } catch (const std::exception&) {  // LibTorch would swallow it
    tape->give_up(operation->schema().name());
  }
}

/// For as long as it lives, nothing is noted.
class Pause {
 public:
  Pause() : tape_(std::exchange(running_tape, nullptr)) {}
  ~Pause() { running_tape = tape_; }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

 private:
  Tape* tape_;
};

}  // namespace

std::vector<Tensor> perform_as_one(
    const std::vector<Tensor>& inputs,
    const std::function<std::vector<Tensor>(const std::vector<Tensor>&)>& work) {
  std::vector<Tensor> results;
  {
    const Pause pause;
    results = work(inputs);
  }
  if (Tape* tape = Tape::running()) {
    for (const Tensor& tensor : inputs) tape->keep(tensor);
    for (const Tensor& tensor : results) tape->keep(tensor);
    tape->note([inputs = aliases_of(inputs), places = aliases_of(results), work] {
      copy_where_defined(work(inputs), places);
    });
  }
  return results;
}

void Tape::keep(const Tensor& tensor) {
  const auto is_same = [&](const c10::Storage& kept) { return kept.is_alias_of(tensor.storage()); };
  if (!tensor.defined() || !obstacle_.empty() || std::ranges::any_of(memory_, is_same)) return;
  memory_.push_back(tensor.storage());
  bytes_ += tensor.storage().nbytes();
  if (bytes_ > kMostMemory) give_up("it takes too much memory");
}

void Tape::give_up(const std::string& obstacle) {
  if (!obstacle_.empty()) return;
  obstacle_ = obstacle;
  work_.clear();
  memory_.clear();
}

Tape* Tape::running() { return running_tape; }

Tape::Recording::Recording(Tape& tape) {
  TORCH_CHECK(running() == nullptr, "two tapes at once on one thread");
  running_tape = &tape;
  depth = 0;
  observer_ = at::addThreadLocalCallback(at::RecordFunctionCallback(on_begin, on_end)
                                             .needsInputs(true)
                                             .needsOutputs(true)
                                             .scopes({at::RecordScope::FUNCTION}));
}

Tape::Recording::~Recording() {
  at::removeCallback(observer_);
  running_tape = nullptr;
}

void Tape::replay() const {
  const at::AutoDispatchBelowADInplaceOrView without_autograd;
  for (const auto& work : work_) work();
}

}  // namespace vae
