#pragma once

#include <cassert>
#include <cstddef>
#include <span>

namespace ganlet {

/// Transposes several matrices (rows, columns), stored one after another, to (columns, rows). `to` has the size of
/// `from`.
template <typename T>
void transpose_each(std::span<const T> from, std::size_t rows, std::size_t columns, std::span<T> to) {
  const std::size_t each = rows * columns;
  assert(to.size() == from.size() && (each == 0 || from.size() % each == 0));
  for (std::size_t first = 0; first < from.size(); first += each)
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t column = 0; column < columns; ++column)
        to[first + column * rows + row] = from[first + row * columns + column];
}

/// Pictures (N,C,H,W) as (N,H,W,C). `channels` is C and `area` is H W; N follows from the size.
template <typename T>
void to_channels_last(std::span<const T> from, std::size_t channels, std::size_t area, std::span<T> to) {
  transpose_each(from, channels, area, to);
}

/// Pictures (N,H,W,C) as (N,C,H,W). `channels` is C and `area` is H W; N follows from the size.
template <typename T>
void to_channels_first(std::span<const T> from, std::size_t channels, std::size_t area, std::span<T> to) {
  transpose_each(from, area, channels, to);
}

} // namespace ganlet
