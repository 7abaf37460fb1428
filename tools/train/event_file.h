#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/wire_writer.h"
#include "image/image.h"

namespace ganlet::train {

/// A file of TensorBoard's: records (length, data and the CRC32C of each, as TFRecord has them), each an `Event`
/// protobuf message. `tensorboard --logdir RUN` shows it.
class EventFile {
 public:
  EventFile() = default;
  /// Begins a file, or continues one of a run that is resumed after `step`: what lies behind that step, and a last
  /// record that was not written whole, goes. Errors: io.
  static Result<EventFile> open(std::filesystem::path file, std::int64_t step);

  void add_scalar(std::int64_t step, std::string_view tag, double value);
  /// As PNG. Errors: those of `encode_png`.
  Result<void> add_image(std::int64_t step, std::string_view tag, const Image& image);
  /// Shown as Markdown.
  void add_text(std::int64_t step, std::string_view tag, std::string_view text);

  /// Appends to the file what was added since. Errors: io; what stood in the file before stays readable.
  Result<void> flush();

 private:
  void add_summary(std::int64_t step, const WireWriter& value);

  std::filesystem::path file_;
  std::string pending_;
};

/// CRC32C (Castagnoli's polynomial), as TFRecord stores it: rotated by 15 bits, plus a constant.
std::uint32_t masked_crc32c(std::string_view bytes);

} // namespace ganlet::train
