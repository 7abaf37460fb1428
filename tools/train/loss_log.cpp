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
  if (std::filesystem::exists(file)) {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 28;
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
    if (step > 0)
      log.text_ = rows_up_to({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, step);
  }
  log.file_ = std::move(file);
  return log;
}

void LossLog::add(std::int64_t step, const std::vector<Loss>& losses, double images_a_second) {
  if (text_.empty()) {
    text_ = "step";
    for (const Loss& loss : losses)
      text_ += concat(",", loss.name);
    text_ += ",images_per_second\n";
  }
  text_ += std::to_string(step);
  for (const Loss& loss : losses)
    text_ += "," + decimal(loss.value);
  text_ += "," + decimal(images_a_second) + "\n";
}

Result<void> LossLog::write() const {
  return write_whole(file_, std::as_bytes(std::span(text_)));
}

} // namespace ganlet::train
