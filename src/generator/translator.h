#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "generator/tiling.h"
#include "graph/backend.h"
#include "image/image.h"
#include "image/plane.h"
#include "onnx/model.h"

namespace ganlet {

class Translation;

/// A network from pictures to pictures: pix2pix and CycleGAN, style transfer, super-resolution, an autoencoder whole.
/// Not thread-safe.
///
/// Any picture becomes one that the network takes, and the result has the picture's size times the network's scale, to
/// the pixel. A picture larger than a network's fixed size is cut into overlapping tiles if that gives the same as the
/// whole would (see generator/tiling.h). Otherwise a network of fixed size gets the picture fitted with its
/// proportions, with its edges continued around it; one that enlarges gets small pictures as they are. One that leaves
/// height and width open is compiled for each size, or for the next multiple of 2, 4, ... 64 if it takes no other. A
/// network of one channel in and out gets the luma (BT.601), and the colours are enlarged beside it; so is opacity,
/// unless the network has four channels.
class Translator {
 public:
  /// How the network's numbers mean brightness. What isn't given follows from the end of the network (Tanh, Sigmoid,
  /// Clip); if that tells nothing, from what becomes of a gradient: of 0 to 1, -1 to 1 and 0 to 255, input and output
  /// have the range under which the result is most like it.
  struct Ranges {
    std::optional<ValueRange> input, output;
  };

  /// The sizes of (N,C,H,W) or (N,H,W,C); 0 where the file leaves one open.
  struct Pictures {
    std::int64_t channels = 0, height = 0, width = 0;
    bool channels_last = false;
  };
  /// The pictures that a value of this shape holds, (N,C,H,W) or (N,H,W,C); sides that are open are 0. `rather_last`
  /// decides if both axes could be the channels. Empty without an axis of 1, 3 or 4 channels.
  static std::optional<Pictures> pictures_of(const SymbolicShape& shape, bool rather_last = false);
  /// Whether they are rather maps of a latent: a side has fewer than 8 pixels.
  static bool are_small(const Pictures& pictures);
  /// Whether a network's only input is a picture: float32 of rank 4, (N,C,H,W) or (N,H,W,C) with 1, 3 or 4 channels,
  /// that isn't small, nor called a latent.
  static bool takes_pictures(const onnx::Model& model);
  /// Takes a file with such an input and a first output of the same kind, which has been read as `model` and is kept if
  /// the size is open, to be compiled for each. Errors: invalid_argument for another model; those of lowering and
  /// compiling. The backend must outlive the translator.
  static Result<std::unique_ptr<Translator>> open(std::span<const std::byte> file, onnx::Model model,
                                                  const Ranges& ranges, const Backend& backend,
                                                  const CompileOptions& options);

  /// Gives the file's bytes, as they were. Errors: those of reading, and corrupt if they have changed.
  using Source = std::function<Result<std::vector<std::byte>>()>;
  /// Reads the file again for each size, instead of keeping its bytes.
  void read_again_from(Source source) {
    source_ = std::move(source);
    file_ = {};
  }

  /// Begins to make a picture of another, which must end before the next begins, and before the translator does.
  /// Errors: those of lowering, compiling and running, and limit_exceeded for a result beyond 2^26 pixels.
  Result<Translation> begin(Image picture);
  /// The finished picture. Errors: those of `begin` and of Translation::step.
  Result<Image> apply(Image picture);

  /// The ranges that have been used; empty before the first picture if they have to be guessed.
  std::optional<ValueRange> input_range() const { return ranges_.input; }
  std::optional<ValueRange> output_range() const { return ranges_.output; }

  /// Whether the file leaves the picture's height or width open.
  bool is_open() const { return in_.width == 0 || in_.height == 0; }
  /// What it computes; if the size is open, for a picture of 256 x 256, and without the elements of constants.
  const Graph& graph() const { return is_open() ? nominal_ : compiled_[0].program->graph(); }
  /// The network for arrays. Errors: invalid_argument if the size is open.
  Result<Program*> program();

 private:
  friend class Translation;

  /// The network for pictures of one size.
  struct Sized {
    std::int64_t width = 0, height = 0; ///< of the pictures that it is for
    Pictures in, out;
    std::int64_t rows = 1; ///< images a run
    std::optional<SideTiling> across, down;
    std::unique_ptr<Program> program;
  };

  Translator(const Ranges& ranges, const Pictures& in, const Backend& backend, const CompileOptions& options)
      : backend_(&backend), options_(options), ranges_(ranges), in_(in) {}

  static std::optional<Pictures> pictures_of(const onnx::ValueInfo& input);
  Result<Graph> lowered(onnx::Model model, std::int64_t width, std::int64_t height, Budget& budget) const;
  Result<Graph> read(std::int64_t width, std::int64_t height) const;
  Result<void> compile(Graph graph, Sized& sized);
  Result<Sized*> sized_for(const Image& picture);
  Result<std::vector<Plane>> run(Sized& network, const std::vector<Plane>& planes, ValueRange in, ValueRange out) const;
  Result<void> find_ranges(Sized& network);

  std::vector<std::byte> file_; ///< if the size is open and there is no `source_`
  Source source_;
  const Backend* backend_;
  CompileOptions options_;
  Ranges ranges_;
  Pictures in_;
  Graph nominal_;                 ///< for `graph`, if the size is open
  std::array<Sized, 4> compiled_; ///< a few sizes; a network of fixed size is the first
  std::size_t next_ = 0;          ///< the one to be replaced by another size
};

} // namespace ganlet
