// How long the threads of a parallel loop wait for each other before they sleep. Part of the program alone: a
// library leaves that to whoever loads it.
#include <unistd.h>  // tells whether this is glibc

#if defined(__linux__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)

#include <array>
#include <climits>
#include <cstddef>
#include <string_view>

namespace {

// libgomp's own 300,000 turns are milliseconds: as soon as other programs want the cores, a thread spends its
// slices of time waiting for one that does not run. Idle cores show no difference.
constexpr char kTurns[] = "GOMP_SPINCOUNT=30000";
constexpr std::array<std::string_view, 2> kSettings = {"GOMP_SPINCOUNT=", "OMP_WAIT_POLICY="};

/// Starts the program anew with the setting, unless there is one. libgomp reads it as it is loaded; this
/// comes before any library has begun, and so costs next to nothing. Where it fails, all stays as it is.
void wait_shorter(int, char** arguments, char** environment) {
  std::array<const char*, 4096> extended = {kTurns};
  size_t count = 1;
  for (char** entry = environment; *entry; ++entry) {
    for (const std::string_view setting : kSettings)
      if (std::string_view(*entry).starts_with(setting)) return;
    if (count + 1 == extended.size()) return;
    extended[count++] = *entry;
  }
  std::array<char, PATH_MAX> program = {};
  if (readlink("/proc/self/exe", program.data(), program.size() - 1) <= 0) return;
  const std::string_view path = program.data();
  if (path.substr(path.rfind('/') + 1).starts_with("ld")) return;  // the loader, with the program as argument
  execve(program.data(), arguments, const_cast<char**>(extended.data()));
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const begin)(int, char**, char**) = wait_shorter;

}  // namespace

#endif
