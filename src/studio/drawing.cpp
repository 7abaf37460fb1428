#include "studio/drawing.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/channels.h"

namespace ganlet::studio {

namespace {

using Clock = std::chrono::steady_clock;

/// The longest time for a slice, so that a newer job never waits long.
constexpr double slice_milliseconds = 6;
constexpr std::int64_t most_a_slice = 16;
/// A GPU is better used by many images at once; a program cuts its work into slices of about 20 ms by itself.
constexpr std::int64_t most_a_gpu_step = 64;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::int64_t squared_difference(const Image& a, const Image& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
    const int by = int{a.pixels[i]} - int{b.pixels[i]};
    sum += std::int64_t{by} * by;
  }
  return sum;
}

} // namespace

/// Opens the model on the GPU, and begins the picture there.
Result<void> SlicedDrawing::begin_on_gpu() {
  if (!model_->gpu_problem.empty())
    return fail(ErrorCode::unsupported, "", model_->gpu_problem);
  if (!model_->gpu) {
    GANLET_TRY(model_->gpu, load_on_gpu(*model_));
  }
  if (!*gpu_picture_) {
    GANLET_TRY(*gpu_picture_, model_->gpu->backend->make_picture(model_->gpu->model.options().compile));
  }
  gpu_ = model_->gpu;
  GANLET_TRY(drawing_, gpu_->model.draw(request_, Keep::nothing));
  drawing_->network().keep_on_device();
  drawing_->set_most_a_step(most_a_gpu_step);
  const ImageFacts& facts = drawing_->facts();
  if (!is_channel_count(facts.image.channels))
    return fail(ErrorCode::unsupported, model_->facts.name, "is a map of classes, which the processor colours");
  return (*gpu_picture_)
      ->begin({drawing_->count(), drawing_->columns(), facts.image.width, facts.image.height, facts.image.channels,
               drawing_->network().is_channels_last(), facts.range.low, facts.range.high});
}

Result<std::optional<Drawing>> SlicedDrawing::go_on_on_gpu() {
  if (!drawing_)
    GANLET_CHECK(begin_on_gpu());
  const Clock::time_point start = Clock::now();
  GANLET_TRY(const ganlet::Drawing::Images images, drawing_->step(most_a_gpu_step));
  const DeviceMemory* const memory = drawing_->network().on_device();
  if (memory == nullptr)
    return fail(ErrorCode::unsupported, model_->facts.name, "the processor makes the network's last step");
  GANLET_CHECK((*gpu_picture_)->add(*memory, images.first, images.count));
  std::optional<Drawing> drawn;
  if (drawing_->is_done()) {
    const std::int64_t all = drawing_->count(), columns = drawing_->columns();
    const ImageSize& size = drawing_->facts().image;
    drawn.emplace();
    GANLET_TRY(drawn->texture, (*gpu_picture_)->finish());
    drawn->images = all;
    drawn->picture.width = static_cast<int>(columns) * size.width;
    drawn->picture.height = static_cast<int>((all + columns - 1) / columns) * size.height;
  }
  milliseconds_ += milliseconds_since(start);
  if (drawn)
    drawn->milliseconds = milliseconds_;
  return drawn;
}

/// The processor goes on, from the first image. A GPU that was lost is opened again for the next picture.
void SlicedDrawing::leave_gpu(const Error& reason) {
  if (reason.code() == ErrorCode::device_lost)
    gpu_picture_->reset();
  else
    model_->gpu_problem = reason.text();
  model_->gpu.reset();
  drawing_.reset();
  gpu_.reset();
  gpu_picture_ = nullptr;
  milliseconds_ = 0;
}

Result<std::optional<Drawing>> SlicedDrawing::go_on() {
  if (gpu_picture_ != nullptr && !drawing_ && !suits_gpu(*model_, std::min(images_of(request_), most_a_gpu_step)))
    gpu_picture_ = nullptr;
  if (gpu_picture_ != nullptr) {
    Result<std::optional<Drawing>> drawn = go_on_on_gpu();
    if (drawn || drawn.error().code() == ErrorCode::cancelled)
      return drawn;
    leave_gpu(drawn.error());
  }
  if (!drawing_) {
    GANLET_TRY(drawing_, model_->model.draw(request_));
  }
  const auto few = static_cast<std::int64_t>(slice_milliseconds / std::max(model_->milliseconds, 0.01));
  const Clock::time_point start = Clock::now();
  GANLET_TRY(const ganlet::Drawing::Images images, drawing_->step(std::clamp<std::int64_t>(few, 1, most_a_slice)));
  const double took = milliseconds_since(start);
  milliseconds_ += took;
  // The first runs are slow, while memory is planned; a running mean forgets them.
  model_->milliseconds = 0.7 * model_->milliseconds + 0.3 * took / static_cast<double>(images.count);
  if (!drawing_->is_done())
    return std::optional<Drawing>();
  const std::int64_t all = drawing_->count();
  return Drawing{std::move(*drawing_).take_picture(), 0, model_->gpu_problem, all, milliseconds_};
}

Result<Image> draw_to_the_end(std::shared_ptr<LoadedModel> model, DrawRequest request) {
  SlicedDrawing drawing(std::move(model), std::move(request));
  while (true) {
    GANLET_TRY(std::optional<Drawing> done, drawing.go_on());
    if (done)
      return std::move(done->picture);
  }
}

Result<std::optional<AnimateJob::Answer>> Film::go_on() {
  using Answer = std::optional<AnimateJob::Answer>;
  const Animation& animation = job_.state.animation;
  if (!file_) {
    GANLET_TRY(file_, FilmWriter::begin(job_.kind, animation.milliseconds, job_.origin));
  }
  if (file_->frames() == animation.frames) {
    is_done_ = true;
    GANLET_TRY(PictureFile file, std::move(*file_).finish());
    return Answer({animation.frames, animation.frames, std::move(file)});
  }
  if (!frame_)
    frame_.emplace(model_, request_of_frame(job_.state, job_.facts, file_->frames()));
  GANLET_TRY(std::optional<Drawing> drawn, frame_->go_on());
  if (!drawn)
    return Answer();
  GANLET_CHECK(file_->add(enlarged(with_colors(std::move(drawn->picture), job_.state.colors), job_.enlarge)));
  frame_.reset();
  return Answer({file_->frames(), animation.frames, {}});
}

Result<Encoded> encode(LoadedModel& model, const Image& picture) {
  Encoded encoded;
  GANLET_TRY(Encoder* const encoder, model.model.encoder());
  if (encoder->latent_size() != model.facts.latent_size)
    return fail(ErrorCode::invalid_argument, model.facts.folder, "its encoder isn't of its generator");
  GANLET_TRY(encoded.seen, encoder->prepared(picture));
  GANLET_TRY(encoded.latent, encoder->encode(picture));
  DrawRequest request;
  request.count = 1;
  request.latents = encoded.latent;
  for (std::size_t label = 0; label < std::max<std::size_t>(model.facts.labels.size(), 1); ++label) {
    if (!model.facts.labels.empty())
      request.label = static_cast<std::int64_t>(label);
    GANLET_TRY(Image drawn, model.model.picture(request));
    encoded.drawn.push_back(std::move(drawn));
  }
  const auto nearest = std::ranges::min_element(
      encoded.drawn, {}, [&](const Image& drawn) { return squared_difference(drawn, encoded.seen); });
  encoded.nearest = static_cast<std::size_t>(nearest - encoded.drawn.begin());
  return encoded;
}

} // namespace ganlet::studio
