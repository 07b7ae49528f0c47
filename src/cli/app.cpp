#include "cli/app.h"

#include <c10/util/Exception.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>
#include <string_view>
#include <system_error>

#include "cli/commands.h"
#include "cli/usage_error.h"
#include "core/error.h"
#include "core/log.h"

namespace vae {
namespace {

constexpr int kUnexpected = 1;  // an error that this program should have foreseen

int fail(ExitCode code, std::string_view message) {
  fmt::print(stderr, "error: {}\n", message);
  return static_cast<int>(code);
}

// LibTorch reports exhausted memory on the CPU as an ordinary error.
bool is_out_of_memory(const c10::Error& error) {
  const std::string_view text = error.what_without_backtrace();
  return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
         text.find("can't allocate memory") != std::string_view::npos;
}

// The number of a closed stream would go to the next file that is opened, and what is printed into that file.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", O_RDWR);  // gets the lowest free number: this one
  }
}

// What was printed must have arrived before the end is called a success.
void flush_results() {
  if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "standard output");
}

// A step frees what the next one allocates again: kept at hand rather than given back to the system, whose
// pages would come back as faults and zeros.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kLargest = 32 << 20;  // more is not accepted for the first
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

void build(CLI::App& app) {
  app.name("vae");
  app.require_subcommand(1);
  app.set_version_flag("--version", VAE_VERSION);
  app.get_formatter()->column_width(28);
  for (const auto add : {add_train, add_sample, add_reconstruct, add_evaluate, add_gradients, add_inspect,
                         add_data, add_config}) {
    add(app);
  }
}

}  // namespace

int run_command_line(int argc, char** argv) {
  occupy_closed_streams();
  keep_freed_memory();
  std::signal(SIGPIPE, SIG_IGN);  // a closed stdout is a failed write, not the end of a training
  set_up_log(spdlog::level::info);
  CLI::App app("Trains variational autoencoders on pictures, and uses what it trained.");
  try {
    build(app);
    app.parse(argc, argv);
    flush_results();
    return 0;
  } catch (const CLI::Success& request) {  // --help and --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return fail(ExitCode::usage, explain(error, app));
  } catch (const StoppedBySignal& stopped) {
    return 128 + stopped.signal;
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::out_of_memory,
                "out of memory; try a smaller training.batch_size, or a smaller model");
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return 0;  // who reads our results has seen enough
    return fail(ExitCode::input_output, first_line(error.what()));
  } catch (const c10::Error& error) {
    if (is_out_of_memory(error)) {
      return fail(ExitCode::out_of_memory,
                  fmt::format("out of memory ({}); try a smaller training.batch_size, or a smaller model",
                              first_line(error.what_without_backtrace())));
    }
    fmt::print(stderr, "error: unexpected, please report it: {}\n",
               first_line(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: unexpected, please report it: {}\n", first_line(error.what()));
  }
  return kUnexpected;
}

}  // namespace vae
