#include "progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <unistd.h>

#include "core/text.h"

namespace ganlet::train {

ProgressBar::ProgressBar(std::int64_t first, std::int64_t total, std::int64_t unit_each, std::string_view unit)
    : first_(first), total_(total), unit_each_(unit_each), unit_(unit), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (terminal_ && width_ > 0)
    std::fputc('\n', stderr);
}

double ProgressBar::rate(std::int64_t done) const {
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  return static_cast<double>((done - first_) * unit_each_) / std::max(seconds, 1e-9);
}

void ProgressBar::show(std::int64_t done, std::string_view note) {
  const Clock::time_point now = Clock::now();
  const auto pause = terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10'000);
  if (done < total_ && now - shown_ < pause)
    return;
  shown_ = now;
  std::string text = line(done, note);
  const std::size_t width = text.size();
  if (terminal_)
    text.append(width_ > width ? width_ - width : 0, ' ');
  std::fprintf(stderr, terminal_ ? "\r%s" : "%s\n", text.c_str());
  std::fflush(stderr);
  width_ = width;
}

std::string ProgressBar::line(std::int64_t done, std::string_view note) const {
  constexpr std::int64_t cells = 24;
  const std::int64_t full = total_ > 0 ? cells * done / total_ : cells;
  const double units_a_second = rate(done);
  const double left = static_cast<double>((total_ - done) * unit_each_) / std::max(units_a_second, 1e-9);
  return concat("[", std::string(static_cast<std::size_t>(full), '#'),
                std::string(static_cast<std::size_t>(cells - full), '.'), "] ", done, "/", total_, "  ", note, "  ",
                static_cast<std::int64_t>(std::lround(units_a_second)), " ", unit_, "/s  ", duration_text(left),
                " left");
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(seconds, 1e9)));
  if (whole < 100)
    return concat(whole, " s");
  const std::int64_t minutes = (whole + 30) / 60;
  return minutes < 100 ? concat(minutes, " min") : concat(minutes / 60, " h ", minutes % 60, " min");
}

} // namespace ganlet::train
