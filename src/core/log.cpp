#include "core/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>

#include "core/error.h"

namespace vae {

void set_up_log(spdlog::level::level_enum level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // In a terminal a line of progress may stand where the message goes: it is erased first.
  sink->set_pattern(isatty(STDERR_FILENO) ? "\r\033[K%l: %v" : "%l: %v");
  sink->set_level(level);
  auto logger = std::make_shared<spdlog::logger>("vae", std::move(sink));
  logger->set_level(spdlog::level::trace);  // each sink has a level of its own
  spdlog::set_default_logger(std::move(logger));
}

LogFile::LogFile(const std::filesystem::path& path) {
  try {
    sink_ = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
  } catch (const spdlog::spdlog_ex& error) {
    throw IoError("{}: {}", path.string(), error.what());
  }
  sink_->set_pattern("%Y-%m-%dT%H:%M:%S%z %l: %v");
  sink_->set_level(spdlog::level::info);
  spdlog::default_logger()->sinks().push_back(sink_);
}

LogFile::~LogFile() {
  sink_->flush();
  std::erase(spdlog::default_logger()->sinks(), sink_);
}

}  // namespace vae
