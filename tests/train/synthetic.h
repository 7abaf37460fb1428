#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/rng.h"
#include "dataset.h"

namespace ganlet::test {

/// Pictures that are easily told apart: class c of 10 is a bright square in one of 5 x 2 places on a dim, noisy ground.
inline train::Dataset squares(std::int64_t count, std::uint64_t seed) {
  constexpr std::int64_t side = 28;
  train::Dataset data{count, side, side, 10, {}, {}, 1, {}};
  const Rng rng(seed);
  data.pixels.reserve(static_cast<std::size_t>(count * side * side));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t label = i % 10, left = 2 + label % 5 * 5;
    const std::int64_t top = 3 + label / 5 * 14 + rng.below(3, static_cast<std::uint64_t>(i));
    for (std::int64_t y = 0; y < side; ++y)
      for (std::int64_t x = 0; x < side; ++x) {
        const bool bright = x >= left && x < left + 4 && y >= top && y < top + 6;
        const std::uint32_t noise = rng.below(40, static_cast<std::uint64_t>(count + i * side * side + y * side + x));
        data.pixels.push_back(static_cast<std::uint8_t>(bright ? 255 - noise : noise));
      }
    data.labels.push_back(static_cast<std::uint8_t>(label));
  }
  return data;
}

/// An idx file: two zero bytes, 8 for unsigned bytes, the rank, big-endian sizes, the bytes.
inline std::string idx_bytes(const std::vector<std::uint32_t>& sizes, const std::vector<std::uint8_t>& values) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes)
    for (const int shift : {24, 16, 8, 0})
      bytes += static_cast<char>(size >> shift & 0xff);
  return bytes.append(values.begin(), values.end());
}

/// Writes a data set as MNIST's files; `prefix` is "train" or "t10k".
inline void write_idx(const std::filesystem::path& folder, const std::string& prefix, const train::Dataset& data) {
  const auto write = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(folder / (prefix + name), std::ios::binary) << bytes;
  };
  const auto count = static_cast<std::uint32_t>(data.count);
  write(
      "-images-idx3-ubyte",
      idx_bytes({count, static_cast<std::uint32_t>(data.height), static_cast<std::uint32_t>(data.width)}, data.pixels));
  write("-labels-idx1-ubyte", idx_bytes({count}, data.labels));
}

} // namespace ganlet::test
