#include "core/out_of_memory.h"

#include <c10/util/Exception.h>

#include <new>
#include <string_view>

namespace vae {

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  if (torch_error == nullptr) return false;
  // LibTorch reports exhausted memory of the processor as an ordinary error.
  const std::string_view text = torch_error->what_without_backtrace();
  return text.find("can't allocate memory") != std::string_view::npos;
}

}  // namespace vae
