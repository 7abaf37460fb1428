#pragma once

#include <functional>
#include <memory>
#include <string>

#include "image/image.h"
#include "studio/model.h"
#include "studio/plan.h"
#include "studio/worker.h"

/// Tasks for the worker that end in pictures and files.
namespace ganlet::studio {

struct Drawing {
  Image picture; ///< the grid
  std::int64_t images = 0;
  double milliseconds = 0; ///< of the network alone, for all images
};

/// Draws a plan a few images a slice.
Worker::Slice draw(std::shared_ptr<LoadedModel> model, Plan plan, std::function<void(Result<Drawing>)> done);

/// The same at one go. Errors: those of the generator.
Result<Image> draw_to_the_end(std::shared_ptr<LoadedModel> model, Plan plan);

/// The colours that the screen's shader shows, for files. Ink on paper keeps what is transparent.
Image with_colors(Image image, ColorMap colors);

/// How two pictures of one size differ.
struct Difference {
  Image picture;       ///< grey: eight times the largest difference of each pixel's channels
  int largest = 0;     ///< in steps of 1/255
  double decibels = 0; ///< peak signal to noise ratio; 0 where they are equal
};
Difference difference_of(const Image& a, const Image& b);

enum class FileKind { png_sequence, apng, gif, webp };
struct Export {
  State state;
  ModelFacts facts; ///< with the directions that were found since the model was loaded
  FileKind kind = FileKind::gif;
  int enlarge = 8; ///< pixels a texel becomes
};
struct ExportedFile {
  std::string name;
  std::vector<std::byte> bytes;
};

/// Draws all frames of a state's animation and encodes them. `progress` gets the frames that are done, of how many.
Worker::Slice animate(std::shared_ptr<LoadedModel> model, Export wanted, std::function<void(int, int)> progress,
                      std::function<void(Result<ExportedFile>)> done);

/// False where this build has no encoder of the format.
bool can_export(FileKind kind);

/// A still picture as a PNG file. Errors: those of the encoder.
Result<std::vector<std::byte>> to_png(const Image& image);

/// A .zip of files as they are, without compression (PKWARE APPNOTE 6.3.10, 4.3).
std::vector<std::byte> to_zip(const std::vector<ExportedFile>& files);

} // namespace ganlet::studio
