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
#include <memory>
#include <new>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/usage_error.h"
#include "core/error.h"
#include "core/log.h"
#include "core/one_line.h"
#include "core/out_of_memory.h"

namespace vae {
namespace {

constexpr int kUnexpected = 1;  // an error that this program should have foreseen

int fail(ExitCode code, std::string_view message) {
  fmt::print(stderr, "error: {}\n", on_one_line(message));
  return static_cast<int>(code);
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
  mallopt(M_MXFAST, 0);  // every large block that is freed would sweep the bins of small ones
#endif
}

int fail_unexpectedly(std::string_view message) {
  fmt::print(stderr, "error: unexpected, please report it: {}\n", on_one_line(first_line(message)));
  return kUnexpected;
}

/// Commands that --help lists together.
struct CommandGroup {
  const char* title;
  std::vector<void (*)(CLI::App&)> commands;
};

const std::vector<CommandGroup> kCommands = {
    {"Train", {add_train, add_config, add_data}},
    {"Make pictures", {add_sample, add_reconstruct, add_interpolate, add_traverse, add_decode}},
    {"Measure", {add_evaluate, add_score, add_gradients, add_encode, add_inspect, add_report, add_metrics}},
    {"Use elsewhere", {add_export}},
    {"This program", {add_completion, add_manual}}};

void build(CLI::App& app) {
  app.name("vae");
  app.require_subcommand(1);
  app.set_version_flag("--version", VAE_VERSION);
  app.formatter(std::make_shared<HelpFormatter>());
  for (const CommandGroup& group : kCommands) {
    for (const auto add : group.commands) {
      add(app);
      app.get_subcommands({}).back()->group(group.title);
    }
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
    return fail_unexpectedly(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return fail_unexpectedly(error.what());
  }
}

}  // namespace vae
