#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/backend.h"
#include "image/image.h"
#include "image/plane.h"
#include "onnx/model.h"

namespace ganlet {

/// A network from pictures to pictures: pix2pix and CycleGAN, style transfer, super-resolution, an autoencoder whole.
/// Not thread-safe.
///
/// Any picture becomes one that the network takes, and the result has the picture's size times the network's scale, to
/// the pixel. A network of fixed size gets the picture fitted with its proportions, with its edges continued around it;
/// one that enlarges gets small pictures as they are.
/// One that leaves height and width open is compiled for each size, or for the next multiple of 4, 8, ... 64 if it
/// takes no other. A network of one channel in and out gets the luma (BT.601), and the colours are enlarged beside it;
/// so is opacity, unless the network has four channels.
class Translator {
 public:
  /// How the network's numbers mean brightness. What isn't given follows from the end of the network (Tanh, Sigmoid,
  /// Clip); if that tells nothing, from the first picture: of 0 to 1, -1 to 1 and 0 to 255, input and output have the
  /// range under which the result is most like the picture.
  struct Ranges {
    std::optional<ValueRange> input, output;
  };

  /// Takes a model with one float32 input and a first output of rank 4, (N,C,H,W) or (N,H,W,C) with 1, 3 or 4 channels.
  /// Errors: invalid_argument for another model. The backend must outlive the translator.
  static Result<Translator> open(onnx::Model model, const Ranges& ranges, const Backend& backend,
                                 const CompileOptions& options);

  /// Errors: those of lowering, compiling and running, and limit_exceeded for a result beyond 2^26 pixels.
  Result<Image> apply(const Image& picture);

  /// The ranges that `apply` has used; empty before the first picture if they have to be guessed.
  std::optional<ValueRange> input_range() const { return ranges_.input; }
  std::optional<ValueRange> output_range() const { return ranges_.output; }

 private:
  /// The sizes of (N,C,H,W) or (N,H,W,C); 0 where the file leaves one open.
  struct Pictures {
    std::int64_t channels = 0, height = 0, width = 0;
    bool channels_last = false;
  };
  /// The network for pictures of one size.
  struct Sized {
    std::int64_t width = 0, height = 0; ///< of the pictures that it is for
    Pictures in, out;
    std::int64_t rows = 1; ///< images a run
    std::unique_ptr<Program> program;
  };
  /// Where a picture lies in the network's input.
  struct Placement {
    std::int64_t left = 0, top = 0, width = 0, height = 0;
  };

  Translator(onnx::Model model, const Backend& backend, const CompileOptions& options)
      : model_(std::move(model)), backend_(&backend), options_(options) {}

  static std::optional<Pictures> pictures_of(const SymbolicShape& shape);
  static Placement placement_of(const Image& picture, const Pictures& in, bool enlarges);
  Result<Sized> compile(std::int64_t width, std::int64_t height);
  Result<Sized*> sized_for(const Image& picture);
  Result<std::vector<Plane>> run(Sized& network, const std::vector<Plane>& planes, ValueRange in, ValueRange out) const;
  Result<void> find_ranges(Sized& network, const std::vector<Plane>& planes);

  onnx::Model model_;
  const Backend* backend_;
  CompileOptions options_;
  Ranges ranges_;
  Pictures in_;
  std::vector<Sized> compiled_; ///< the last few, the newest first
};

} // namespace ganlet
