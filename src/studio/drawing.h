#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "image/image.h"
#include "studio/message.h"
#include "studio/model.h"

/// Jobs that produce pictures and files, in slices of a few milliseconds.
namespace ganlet::studio {

/// Pictures on the GPU that draws the window, made when first needed: one for each place that shows pictures, since the
/// textures of a place are written in turns.
using GpuPicture = std::unique_ptr<DevicePicture>;

/// Draws a request, a few images per slice.
class SlicedDrawing {
 public:
  /// With `picture`, on the GPU if that is possible; it must outlive the drawing.
  SlicedDrawing(std::shared_ptr<LoadedModel> model, DrawRequest request, GpuPicture* picture = nullptr)
      : model_(std::move(model)), request_(std::move(request)), gpu_picture_(picture) {}
  /// Draws for one slice; returns the drawing once all images are done. Errors: those of the generator.
  Result<std::optional<Drawing>> go_on();
  bool is_done() const { return drawing_ && drawing_->is_done(); }

 private:
  Result<void> begin_on_gpu();
  Result<std::optional<Drawing>> go_on_on_gpu();
  void leave_gpu(const Error& reason);

  std::shared_ptr<LoadedModel> model_;
  DrawRequest request_;
  GpuPicture* gpu_picture_;                ///< null: the processor draws
  std::shared_ptr<GpuModel> gpu_;          ///< while it draws
  std::optional<ganlet::Drawing> drawing_; ///< from the first slice on
  double milliseconds_ = 0;
};

/// Draws everything in a single call. Errors: those of the generator.
Result<Image> draw_to_the_end(std::shared_ptr<LoadedModel> model, DrawRequest request);

/// Draws an animation and encodes it, frame by frame.
class Film {
 public:
  Film(std::shared_ptr<LoadedModel> model, AnimateJob job) : model_(std::move(model)), job_(std::move(job)) {}
  /// Gives an answer after each frame, and one with the file. Errors: those of the generator and the encoder.
  Result<std::optional<AnimateJob::Answer>> go_on();
  bool is_done() const { return is_done_; }

 private:
  std::shared_ptr<LoadedModel> model_;
  AnimateJob job_;
  std::optional<FilmWriter> file_;     ///< from the first frame on
  std::optional<SlicedDrawing> frame_; ///< being drawn
  bool is_done_ = false;
};

/// Finds the latent of a picture and draws it in each class. Loads the encoder if necessary. Errors: those of
/// Model::encoder, of preparing the picture, and of running.
Result<Encoded> encode(LoadedModel& model, const Image& picture);

} // namespace ganlet::studio
