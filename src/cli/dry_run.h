// What a training would take, on stdout.
#pragma once

#include "training/rehearsal.h"

namespace vae {

void print_rehearsal(const Rehearsal& rehearsal, const Config& config);

/// "512 bytes", "1.5 MiB".
std::string format_bytes(int64_t bytes);

}  // namespace vae
