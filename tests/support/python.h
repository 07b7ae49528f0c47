// Python programs that compute what this program should, for tests that compare the two.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace vae::test {

enum class PythonResult { done, failed, packages_missing };

/// Runs a script with arguments, which says by exit code 77 that it lacks a package.
inline PythonResult run_python(const std::filesystem::path& script, const std::string& arguments) {
  constexpr int kPackagesMissing = 77;
  const std::string command = std::string(VAE_PYTHON) + " -B " + script.string() + " " + arguments;
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && WEXITSTATUS(status) == kPackagesMissing) return PythonResult::packages_missing;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? PythonResult::done : PythonResult::failed;
}

}  // namespace vae::test
