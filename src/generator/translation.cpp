#include "generator/translation.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "image/area_average.h"

namespace ganlet {

namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 26;

/// A channel of RGBA as numbers from 0 to 255.
Plane channel_of(const Image& picture, std::size_t channel) {
  Plane plane(picture.width, picture.height);
  for (std::size_t i = 0; i < plane.values.size(); ++i)
    plane.values[i] = static_cast<float>(picture.pixels[4 * i + channel]);
  return plane;
}

/// Luma, and the two differences of colour from it (JPEG's Cb and Cr, ITU-T T.871, around 0).
std::array<Plane, 3> luma_and_colors(const Image& picture) {
  std::array<Plane, 3> planes{channel_of(picture, 0), channel_of(picture, 1), channel_of(picture, 2)};
  for (std::size_t i = 0; i < planes[0].values.size(); ++i) {
    const auto red = double{planes[0].values[i]}, blue = double{planes[2].values[i]};
    const double y = luma(red, double{planes[1].values[i]}, blue);
    planes[0].values[i] = static_cast<float>(y);
    planes[1].values[i] = static_cast<float>((blue - y) / 1.772);
    planes[2].values[i] = static_cast<float>((red - y) / 1.402);
  }
  return planes;
}

/// The inverse of `luma_and_colors`: three planes of one size as red, green and blue.
void make_rgb(std::vector<Plane>& planes) {
  for (std::size_t i = 0; i < planes[0].values.size(); ++i) {
    const auto y = double{planes[0].values[i]}, cb = double{planes[1].values[i]}, cr = double{planes[2].values[i]};
    planes[0].values[i] = static_cast<float>(y + 1.402 * cr);
    planes[1].values[i] = static_cast<float>(y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587);
    planes[2].values[i] = static_cast<float>(y + 1.772 * cb);
  }
}

std::int64_t scaled_side(std::int64_t side, std::int64_t to, std::int64_t from) {
  return std::max<std::int64_t>(1, (2 * side * to + from) / (2 * from)); // rounded half up
}

/// The part of a plane from (left, top) on, which continues at its edges.
Plane part_of(const Plane& plane, std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height) {
  Plane out(width, height);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      out.at(x, y) = plane.at(std::clamp<std::int64_t>(left + x, 0, plane.width - 1),
                              std::clamp<std::int64_t>(top + y, 0, plane.height - 1));
  return out;
}

Plane fitted(Plane plane, std::int64_t width, std::int64_t height) {
  return plane.width == width && plane.height == height ? plane : resampled(plane, width, height);
}

} // namespace

/// The steps between the tiles of a side; less than 1 if it can't be cut, or if they would nearly cover each other.
std::int64_t Translation::step_of(std::int64_t tile, const std::optional<SideTiling>& tiling) {
  const std::int64_t step = tiling ? (tile - tiling->before - tiling->after) / tiling->period * tiling->period : 0;
  return 8 * step < tile ? 0 : step;
}

/// The side as it is, in one tile or in several.
Translation::Tiles Translation::tiled(std::int64_t side, std::int64_t tile, const SideTiling& tiling) {
  const std::int64_t beyond = std::max<std::int64_t>(side - tile, 0);
  const std::int64_t canvas = tile + (beyond + tiling.period - 1) / tiling.period * tiling.period;
  return {canvas, tile, (canvas - side) / 2, side, step_of(tile, tiling), tiling.before};
}

/// Cuts a picture that is larger than the network takes into tiles, if it can be.
void Translation::cut() {
  const Translator::Sized& network = *network_;
  if ((picture_.width <= network.in.width && picture_.height <= network.in.height) ||
      step_of(network.in.width, network.across) < 1 || step_of(network.in.height, network.down) < 1)
    return;
  across_ = tiled(picture_.width, network.in.width, *network.across);
  down_ = tiled(picture_.height, network.in.height, *network.down);
}

/// Fits the picture into one tile. A network that enlarges gets small pictures as they are.
void Translation::fit() {
  const Translator::Pictures &in = network_->in, &out = network_->out;
  std::int64_t width = picture_.width, height = picture_.height;
  if (width > in.width || height > in.height || out.width <= in.width) {
    const bool is_wide = width * in.height > in.width * height;
    width = is_wide ? in.width : scaled_side(picture_.width, in.height, picture_.height);
    height = is_wide ? scaled_side(picture_.height, in.width, picture_.width) : in.height;
  }
  across_ = {in.width, in.width, (in.width - width) / 2, width, 1, 0};
  down_ = {in.height, in.height, (in.height - height) / 2, height, 1, 0};
}

/// The picture as the network gets it.
std::vector<Plane> Translation::canvas() const {
  std::vector<Plane> planes(static_cast<std::size_t>(network_->in.channels), Plane(0, 0));
  for (std::size_t c = 0; c < planes.size(); ++c)
    planes[c] = part_of(fitted(planes.size() == 1 ? luma_and_colors(picture_)[0] : channel_of(picture_, c),
                               across_.content, down_.content),
                        -across_.offset, -down_.offset, across_.canvas, down_.canvas);
  return planes;
}

Result<void> Translation::lay_out() {
  const Translator::Pictures &in = network_->in, &out = network_->out;
  const std::int64_t width = scaled_side(picture_.width, out.width, in.width),
                     height = scaled_side(picture_.height, out.height, in.height);
  if (width > most_pixels / height)
    return fail(ErrorCode::limit_exceeded, "picture",
                concat("becomes ", width, " x ", height, " pixels; at most 2^26 are allowed"));
  result_.width = static_cast<int>(width);
  result_.height = static_cast<int>(height);
  if (const Translator::Ranges& ranges = translator_->ranges_; !ranges.input || !ranges.output)
    GANLET_CHECK(translator_->find_ranges(*network_));
  fit();
  cut();
  canvas_ = canvas();
  const Plane empty(across_.canvas * out.width / in.width, down_.canvas * out.height / in.height);
  made_.assign(static_cast<std::size_t>(out.channels), empty);
  return {};
}

Result<void> Translation::step() {
  if (is_done())
    return {};
  const Translator::Pictures& in = network_->in;
  const std::int64_t column = done_ % across_.count(), row = done_ / across_.count();
  std::vector<Plane> planes(canvas_.size(), Plane(0, 0));
  for (std::size_t c = 0; c < planes.size(); ++c)
    planes[c] = part_of(canvas_[c], across_.start(column), down_.start(row), in.width, in.height);
  const auto& [input, output] = translator_->ranges_;
  GANLET_TRY(const std::vector<Plane> made, translator_->run(*network_, planes, *input, *output));
  keep(made, column, row);
  ++done_;
  if (is_done())
    finish();
  return {};
}

/// Puts what a tile is used for into its place.
void Translation::keep(const std::vector<Plane>& made, std::int64_t column, std::int64_t row) {
  const Translator::Pictures &in = network_->in, &out = network_->out;
  const auto x_of = [&](std::int64_t x) { return x * out.width / in.width; };
  const auto y_of = [&](std::int64_t y) { return y * out.height / in.height; };
  const std::int64_t left = x_of(across_.start(column)), top = y_of(down_.start(row));
  for (std::size_t c = 0; c < made.size(); ++c)
    for (std::int64_t y = y_of(down_.first(row)); y < y_of(down_.end(row)); ++y)
      for (std::int64_t x = x_of(across_.first(column)); x < x_of(across_.end(column)); ++x)
        made_[c].at(x, y) = made[c].at(x - left, y - top);
}

/// Cuts the picture out of the canvas, and adds what the network doesn't make.
void Translation::finish() {
  const Translator::Pictures &in = network_->in, &out = network_->out;
  const std::int64_t width = result_.width, height = result_.height;
  for (Plane& plane : made_)
    plane = fitted(part_of(plane, across_.offset * out.width / in.width, down_.offset * out.height / in.height,
                           scaled_side(across_.content, out.width, in.width),
                           scaled_side(down_.content, out.height, in.height)),
                   width, height);
  std::vector<Plane> all(4, Plane(0, 0));
  for (std::size_t c = 0; c < 3; ++c)
    all[c] = made_[made_.size() < 3 ? 0 : c];
  all[3] = made_.size() == 4 ? made_[3] : fitted(channel_of(picture_, 3), width, height);
  if (in.channels == 1 && made_.size() == 1) {
    const std::array<Plane, 3> colors = luma_and_colors(picture_);
    for (std::size_t c = 1; c < 3; ++c)
      all[c] = fitted(colors[c], width, height);
    make_rgb(all);
  }
  result_.pixels.resize(static_cast<std::size_t>(4 * width * height));
  for (std::size_t i = 0; i < all[0].values.size(); ++i)
    for (std::size_t c = 0; c < 4; ++c)
      result_.pixels[4 * i + c] = to_byte(all[c].values[i], {0, 255});
}

} // namespace ganlet
