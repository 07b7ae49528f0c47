#include "training/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/file.h"

namespace vae {
namespace {

constexpr size_t kRecordedEvents = 50'000;  // of some five a step; bounds the memory

template <class Unit>
double count(Profile::Clock::duration duration) {
  return std::chrono::duration<double, Unit>(duration).count();
}

}  // namespace

void Profile::record() {
  is_on_ = records_ = true;
  events_.reserve(kRecordedEvents);
}

void Profile::add(const Event& event) {
  sums_[static_cast<size_t>(event.phase)] += event.end - event.begin;
  if (event.phase == Phase::backward) ++steps_;
  if (records_ && events_.size() < kRecordedEvents) events_.push_back(event);
}

std::string Profile::take_summary() {
  const auto total = std::accumulate(sums_.begin(), sums_.end(), Clock::duration::zero());
  const double steps = static_cast<double>(std::max<int64_t>(steps_, 1));
  std::string line = fmt::format("a step took {:.3f} ms:", count<std::milli>(total) / steps);
  for (size_t i = 0; i < sums_.size(); ++i) {
    const double share = total.count() == 0 ? 0 : count<std::milli>(sums_[i]) / count<std::milli>(total);
    line += fmt::format("{} {} {:.3f} ({:.0f} %)", i == 0 ? "" : ",", kPhaseNames[i],
                        count<std::milli>(sums_[i]) / steps, 100 * share);
  }
  sums_ = {};
  steps_ = 0;
  return line;
}

void Profile::write_trace(const std::filesystem::path& path) const {
  std::string text = R"({"displayTimeUnit":"ms","traceEvents":[)";
  for (size_t i = 0; i < events_.size(); ++i) {
    const Event& event = events_[i];
    text += fmt::format(R"({}{{"name":"{}","ph":"X","pid":1,"tid":1,"ts":{:.3f},"dur":{:.3f}}})",
                        i == 0 ? "\n" : ",\n", kPhaseNames[static_cast<size_t>(event.phase)],
                        count<std::micro>(event.begin - events_.front().begin),
                        count<std::micro>(event.end - event.begin));
  }
  write_file_atomically(path, text + "\n]}\n");
}

}  // namespace vae
