#include "loss_log.h"

#include <cstdio>
#include <cstdlib>
#include <span>

#include "core/text.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

/// The header and the rows whose first number is at most `step`.
std::string rows_up_to(std::string_view text, std::int64_t step) {
  std::string kept;
  while (!text.empty()) {
    const std::string_view row = text.substr(0, text.find('\n') + 1);
    if (row.empty())
      break; // a last row without an end
    if (kept.empty() || std::strtoll(std::string(row).c_str(), nullptr, 10) <= step)
      kept += row;
    text.remove_prefix(row.size());
  }
  return kept;
}

std::string decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

} // namespace

Result<LossLog> LossLog::open(std::filesystem::path file, std::int64_t step) {
  LossLog log;
  std::string kept;
  if (step > 0 && std::filesystem::exists(file)) {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 28;
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
    kept = rows_up_to({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, step);
  }
  log.has_header_ = !kept.empty();
  GANLET_CHECK(write_whole(file, std::as_bytes(std::span(kept))));
  log.file_ = std::move(file);
  return log;
}

void LossLog::add(std::int64_t step, const std::vector<Loss>& losses, double images_a_second) {
  if (!has_header_) {
    pending_ += "step";
    for (const Loss& loss : losses)
      pending_ += concat(",", loss.name);
    pending_ += ",images_per_second\n";
    has_header_ = true;
  }
  pending_ += std::to_string(step);
  for (const Loss& loss : losses)
    pending_ += "," + decimal(loss.value);
  pending_ += "," + decimal(images_a_second) + "\n";
}

Result<void> LossLog::write() {
  GANLET_CHECK(append_to_file(file_, std::as_bytes(std::span(pending_))));
  pending_.clear();
  return {};
}

} // namespace ganlet::train
