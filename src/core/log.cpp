#include "core/log.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/one_line.h"

namespace vae {
namespace {

// The message on one line; "warning: " and the like in front of what is out of the ordinary.
class Line : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    if (message.level > spdlog::level::info) append(fmt::format("{}: ", to_string_view(message.level)), out);
    append(on_one_line({message.payload.data(), message.payload.size()}), out);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Line>(); }

 private:
  static void append(std::string_view text, spdlog::memory_buf_t& out) {
    out.append(text.data(), text.data() + text.size());
  }
};

std::unique_ptr<spdlog::formatter> formatter(const std::string& pattern) {
  auto result = std::make_unique<spdlog::pattern_formatter>();
  result->add_flag<Line>('*').set_pattern(pattern);
  return result;
}

}  // namespace

bool stderr_can_erase_lines() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) && term != nullptr && std::string_view(term) != "dumb";
}

void set_up_log(spdlog::level::level_enum level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // In a terminal progress may stand where the message goes: it is erased first.
  const std::string_view erase = stderr_can_erase_lines() ? kEraseBelow : "";
  sink->set_formatter(formatter(std::string(erase) + "%*"));
  sink->set_level(level);
  auto logger = std::make_shared<spdlog::logger>("vae", std::move(sink));
  logger->set_level(spdlog::level::trace);  // each sink has a level of its own
  spdlog::set_default_logger(std::move(logger));
}

void set_log_level(spdlog::level::level_enum level) {
  spdlog::default_logger()->sinks().front()->set_level(level);
}

spdlog::level::level_enum log_level() { return spdlog::default_logger()->sinks().front()->level(); }

LogFile::LogFile(const std::filesystem::path& path) {
  try {
    sink_ = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
  } catch (const spdlog::spdlog_ex& error) {
    throw IoError("{}: {}", path.string(), error.what());
  }
  sink_->set_formatter(formatter("%Y-%m-%dT%H:%M:%S%z %*"));
  sink_->set_level(spdlog::level::debug);
  spdlog::default_logger()->sinks().push_back(sink_);
}

LogFile::~LogFile() {
  try {
    sink_->flush();
  } catch (const spdlog::spdlog_ex&) {
    // A full disk: who writes what matters there has said so.
  }
  std::erase(spdlog::default_logger()->sinks(), sink_);
}

}  // namespace vae
