#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "generator/translator.h"

namespace ganlet {

/// A picture being made of another: each step runs the network for one tile, so that the caller can do something else
/// in between, or stop. It ends before its translator begins another. Not thread-safe.
class Translation {
 public:
  std::int64_t left() const { return across_.count() * down_.count() - done_; }
  bool is_done() const { return left() == 0; }
  /// Makes the next tile; the last step finishes the picture. Errors: those of running.
  Result<void> step();

  /// The result, whose pixels are there when all is done.
  const Image& picture() const { return result_; }
  Image take_picture() && { return std::move(result_); }

 private:
  friend class Translator;

  /// One side of the canvas, which is the picture as the network gets it, with its edges continued; and of its tiles,
  /// each as large as the network takes.
  struct Tiles {
    std::int64_t canvas = 0, tile = 0;
    std::int64_t offset = 0, content = 0; ///< where the picture lies in the canvas
    std::int64_t step = 1, before = 0;    ///< from tile to tile, and what isn't used of each one's start

    std::int64_t count() const { return (canvas - tile + step - 1) / step + 1; }
    std::int64_t start(std::int64_t index) const { return std::min(index * step, canvas - tile); }
    /// The part of the canvas that tile `index` is used for.
    std::int64_t first(std::int64_t index) const { return index == 0 ? 0 : start(index) + before; }
    std::int64_t end(std::int64_t index) const { return index + 1 == count() ? canvas : first(index + 1); }
  };

  Translation(Translator& translator, Translator::Sized& network, Image picture)
      : translator_(&translator), network_(&network), picture_(std::move(picture)) {}

  static std::int64_t step_of(std::int64_t tile, const std::optional<SideTiling>& tiling);
  static Tiles tiled(std::int64_t side, std::int64_t tile, const SideTiling& tiling);
  Result<void> lay_out();
  void cut();
  void fit();
  std::vector<Plane> canvas() const;
  void keep(const std::vector<Plane>& made, std::int64_t column, std::int64_t row);
  void finish();

  Translator* translator_;
  Translator::Sized* network_;
  Image picture_, result_;
  Tiles across_, down_;
  std::vector<Plane> canvas_, made_; ///< of the canvas, one for each channel
  std::int64_t done_ = 0;            ///< tiles
};

} // namespace ganlet
