// Times for a person.
#pragma once

#include <string>

namespace vae {

/// "0:07", "12:34", "3:02:01", "2 d 03:04".
std::string format_duration(double seconds);

}  // namespace vae
