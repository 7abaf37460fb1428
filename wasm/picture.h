#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "generator/generator.h"

namespace ganlet::c {

/// The images of one request in one picture, drawn a few at a time, so that a browser can do something else in between.
class Picture {
 public:
  Picture() = default;
  Picture(Picture&&) = default;
  Picture& operator=(Picture&&) = default;

  /// Checks the request and keeps a copy of all that it points at. `columns` 0: a text in one row, else nearly a
  /// square.
  static Result<Picture> begin(Generator& generator, const Request& request, std::int64_t columns);

  std::int64_t left() const { return count_ - drawn_; }
  /// Draws up to `most` images.
  Result<void> draw(Generator& generator, std::int64_t most);
  const Image& pixels() const { return pixels_; }

 private:
  void place(std::span<const float> values, std::int64_t index, const Generator& generator);

  Request request_; ///< its latents point into latents_
  std::vector<float> latents_;
  std::int64_t count_ = 0;
  std::int64_t drawn_ = 0;
  std::int64_t columns_ = 1;
  Image pixels_;
};

} // namespace ganlet::c
