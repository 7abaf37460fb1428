#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ganlet::train {

/// A bar on standard error: redrawn in place on a terminal, else a line now and then.
class ProgressBar {
 public:
  /// `unit` is counted in `rate`, such as images: `unit_each` of them a step.
  ProgressBar(std::int64_t first, std::int64_t total, std::int64_t unit_each, std::string_view unit);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// After `done` steps; `note` says how it goes, such as the losses.
  void show(std::int64_t done, std::string_view note);
  /// Units a second since the start.
  double rate(std::int64_t done) const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string line(std::int64_t done, std::string_view note) const;

  std::int64_t first_;
  std::int64_t total_;
  std::int64_t unit_each_;
  std::string unit_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_;
  std::size_t width_ = 0; ///< of the line on the terminal, which the next one must cover
};

/// "45 s", "12 min", "3 h 20 min"
std::string duration_text(double seconds);

} // namespace ganlet::train
