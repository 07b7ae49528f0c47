// By which of its addresses another machine reaches this one.
#pragma once

#include <string>

namespace vae {

/// The address, in numbers, from which packets to `host` leave this machine. UsageError where the host is not
/// known, or can't be reached.
std::string local_address_towards(const std::string& host);

}  // namespace vae
