#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace ganlet::train {

/// Labelled pictures of one size, 8 bits a channel.
struct Dataset {
  std::int64_t count = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t classes = 0;             ///< one more than the largest label
  std::vector<std::uint8_t> pixels;     ///< (count, height, width, channels)
  std::vector<std::uint8_t> labels;     ///< (count)
  std::int64_t channels = 1;            ///< 1 is grey, 3 is RGB
  std::vector<std::string> class_names; ///< empty where classes are numbers
  std::int64_t input_channels = 0;      ///< 1 or 3 where pictures come in pairs
  std::vector<std::uint8_t> inputs{};   ///< (count, height, width, input_channels): what each picture is made of

  /// Bytes of a picture.
  std::int64_t pixels_each() const { return height * width * channels; }
};

enum class Split { train, test };

/// Reads MNIST's idx files (LeCun, Cortes, Burges: The MNIST database) from a folder: `train-images-idx3-ubyte` and
/// `train-labels-idx1-ubyte`, or the `t10k-` pair, plain or with `.gz`.
/// Errors: not_found (which names the files looked for), io, corrupt (not idx, truncated, counts that differ, no
/// pictures).
Result<Dataset> read_idx(const std::filesystem::path& folder, Split split);

/// SHA-256 over sizes, pixels, labels and inputs, in hexadecimal: tells whether two data sets are the same.
std::string fingerprint(const Dataset& data);

} // namespace ganlet::train
