#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "generator/image_network.h"

namespace ganlet {

/// What a drawing keeps of its images, besides returning them.
enum class Keep : std::uint8_t {
  picture, ///< all of them as pixels, side by side
  nothing, ///< each step's images only until the next step: for more images than fit into memory
};

/// A request being drawn: each step draws some more images, so that the caller can do something else in between, or
/// stop. Move-only; not thread-safe, and neither are two drawings of one model together.
///
///     GANLET_TRY(Drawing drawing, model.draw({.text = "2026", .seed = 7}));
///     while (!drawing.is_done())
///       GANLET_CHECK(drawing.step());
///     GANLET_CHECK(write_image("2026.png", drawing.picture()));
class Drawing {
 public:
  /// Some images as the network's raw values.
  struct Images {
    std::int64_t first = 0, count = 0; ///< their place among all images
    std::span<const float> values;     ///< (count, H, W, C), valid until the next step
  };

  /// `labels` are the names of the model's classes. Errors: invalid_argument, limit_exceeded.
  static Result<Drawing> begin(std::shared_ptr<ImageNetwork> network, const std::vector<std::string>& labels,
                               Distribution distribution, DrawRequest request, Keep keep, const Limits& limits);

  const DrawRequest& request() const { return request_; }
  const ImageFacts& facts() const { return network_->facts(); }
  ImageNetwork& network() const { return *network_; }
  std::int64_t count() const { return count_; }
  std::int64_t left() const { return count_ - drawn_; }
  bool is_done() const { return drawn_ == count_; }
  std::int64_t columns() const { return columns_; }
  /// Images that one step draws at most: 16 by default, which suits processors.
  void set_most_a_step(std::int64_t most) { batch_ = facts().fixed_batch.value_or(most); }

  /// Draws the next few images, at most `most`. Errors: invalid_argument, limit_exceeded, cancelled.
  Result<Images> step(std::int64_t most, Budget& budget);
  /// The same, with the model's default budget for each step (`CompileOptions::run_budget`).
  Result<Images> step(std::int64_t most = 16);
  /// The same without waiting for a backend that answers later: whether the step that is under way is done, which the
  /// call begins if there is none. For pages, which may not block.
  Result<bool> poll(std::int64_t most = 16);
  /// Draws all remaining images. Errors: those of `step`; limit_exceeded once the deadline has passed.
  Result<void> finish(Budget::Clock::time_point deadline = Budget::Clock::time_point::max());
  /// Makes every later step fail as cancelled.
  void cancel() { is_cancelled_ = true; }

  /// RGBA of all images drawn so far, in rows of `columns()`. Images not drawn yet, and the unused rest of the last
  /// row, are transparent black. Empty without `Keep::picture`.
  const Image& picture() const { return picture_; }
  Image take_picture() && { return std::move(picture_); }
  /// The latents of the first `count` images, (count, Z), as a request has them, before truncation and
  /// `Roles::latent_ranges`; jitter is included.
  std::vector<float> latents(std::int64_t count) const;
  /// The classes of the first `count` images; empty for models without classes.
  std::vector<std::int64_t> labels(std::int64_t count) const;

 private:
  /// A step that is polled; ends with it.
  struct Polled {
    std::shared_ptr<ImageNetwork> network;
    Budget budget;
    ~Polled() { network->stop(); }
  };

  Drawing() = default;
  Result<bool> advance(std::int64_t most, Budget& budget, bool may_block);
  Result<void> check(const Limits& limits);
  Result<void> resolve_text(const std::vector<std::string>& labels);
  Result<void> make_picture(const Limits& limits);
  bool is_one_hand() const { return request_.text && !request_.vary; }
  std::uint64_t seed_of(std::int64_t index) const;
  std::int64_t label_of(std::int64_t index) const;
  void append_latent(std::int64_t index, std::vector<float>& out) const;
  ImageBatch batch_of(std::int64_t first, std::int64_t count) const;
  void place(const Images& images);

  std::shared_ptr<ImageNetwork> network_;
  std::unique_ptr<Polled> polled_;
  Images images_;           ///< of the step under way, or of the last one
  bool is_started_ = false; ///< whether the network draws them
  Distribution distribution_ = Distribution::normal;
  DrawRequest request_;
  std::int64_t count_ = 0;
  std::int64_t drawn_ = 0;
  std::int64_t columns_ = 1;
  std::int64_t batch_ = 16; ///< images per run: small batches stay in the cache and are faster than large ones
  bool is_cancelled_ = false;
  Image picture_;
};

/// The symbols of a text as a reader counts them: a UTF-8 character, with its continuation bytes, is one symbol.
std::vector<std::string_view> symbols_of(std::string_view text);

/// Whether a model writes this text, as far as that doesn't depend on its classes: at most `limit` symbols, and only
/// digits unless the model `writes_letters`. Errors: invalid_argument; the messages are part of the interface.
Result<void> check_text(std::string_view text, std::int64_t limit, bool writes_letters);

} // namespace ganlet
