#include <algorithm>
#include <memory>
#include <optional>

#include <gif_lib.h>

#include "core/text.h"
#include "image/animation_formats.h"
#include "image/color_quantizer.h"

namespace ganlet {

namespace {

constexpr std::size_t most_colors = 256;

/// Colours in the order of their first use, plus possibly one for invisible pixels.
class Palette {
 public:
  /// Adds the colours of a frame. False if there would be more than 256; some of them have been added then.
  bool take(const Image& frame) {
    for (std::size_t at = 0; at < frame.pixels.size(); at += 4)
      if (!find(&frame.pixels[at]))
        return false;
    return true;
  }

  /// The index of a pixel's colour, which is added if it is new; empty if the palette is full.
  std::optional<std::uint8_t> find(const std::uint8_t* pixel) {
    std::uint32_t key = no_color;
    if (pixel[3] >= half_opaque)
      key = static_cast<std::uint32_t>(pixel[0]) << 16U | static_cast<std::uint32_t>(pixel[1]) << 8U | pixel[2];
    if (const auto known = numbers_.find(key); known != numbers_.end())
      return known->second;
    if (colors_.size() == most_colors)
      return std::nullopt;
    const auto number = static_cast<std::uint8_t>(colors_.size());
    numbers_.emplace(key, number);
    colors_.push_back(key == no_color ? Color{} : Color{pixel[0], pixel[1], pixel[2]});
    if (key == no_color)
      hole_ = number;
    return number;
  }

  std::span<const Color> colors() const { return colors_; }
  int hole() const { return hole_; }

 private:
  static constexpr std::uint32_t no_color = 1U << 24U;

  std::vector<Color> colors_;
  std::unordered_map<std::uint32_t, std::uint8_t> numbers_; ///< by RGB, or `no_color`
  int hole_ = NO_TRANSPARENT_COLOR;
};

bool has_holes(const Image& frame) {
  for (std::size_t at = 3; at < frame.pixels.size(); at += 4)
    if (frame.pixels[at] < half_opaque)
      return true;
  return false;
}

/// A frame as palette indices. If it has no colours of its own, it uses the file's.
struct Numbered {
  std::vector<std::uint8_t> numbers;
  std::vector<Color> colors;
  int hole = NO_TRANSPARENT_COLOR;
};

std::vector<std::uint8_t> numbers_in(Palette& palette, const Image& frame) {
  std::vector<std::uint8_t> numbers;
  numbers.reserve(frame.pixels.size() / 4);
  for (std::size_t at = 0; at < frame.pixels.size(); at += 4)
    numbers.push_back(*palette.find(&frame.pixels[at]));
  return numbers;
}

/// A frame whose colours don't fit into the file's palette: it gets all its colours if they are few enough, else those
/// that suit best.
Numbered with_own_colors(const Image& frame) {
  if (Palette own; own.take(frame))
    return {numbers_in(own, frame), {own.colors().begin(), own.colors().end()}, own.hole()};
  const bool holes = has_holes(frame);
  Numbered made{{}, quantized_palette(frame, most_colors - (holes ? 1 : 0)), NO_TRANSPARENT_COLOR};
  if (holes)
    made.hole = static_cast<int>(made.colors.size());
  made.numbers = dithered(frame, made.colors, static_cast<std::uint8_t>(made.colors.size()));
  if (holes)
    made.colors.emplace_back();
  return made;
}

using ColorMap = std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)>;

/// A colour table whose size is a power of two.
ColorMap color_map(std::span<const Color> colors) {
  int bits = 1;
  while ((std::size_t{1} << bits) < colors.size())
    ++bits;
  ColorMap map(GifMakeMapObject(1 << bits, nullptr), GifFreeMapObject);
  for (std::size_t i = 0; map && i < colors.size(); ++i)
    map->Colors[i] = {colors[i][0], colors[i][1], colors[i][2]};
  return map;
}

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  auto* file = static_cast<std::vector<std::byte>*>(gif->UserData);
  const auto* first = reinterpret_cast<const std::byte*>(bytes);
  file->insert(file->end(), first, first + count);
  return count;
}

bool put_loop_for_ever(GifFileType* gif) {
  constexpr GifByteType for_ever[] = {1, 0, 0};
  return EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
         EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0") == GIF_OK &&
         EGifPutExtensionBlock(gif, sizeof for_ever, for_ever) == GIF_OK && EGifPutExtensionTrailer(gif) == GIF_OK;
}

/// The file has one colour table, to which each frame may add colours while there is room. Frames that no longer fit
/// get their own.
class GifEncoder : public AnimationEncoder {
 public:
  GifEncoder(int width, int height, int milliseconds, const PictureTexts& texts)
      : width_(width), height_(height), hundredths_(std::max(2, (milliseconds + 5) / 10)), gif_(open()) {
    const ColorMap room = color_map(std::vector<Color>(most_colors)); // filled in the end
    is_good_ = gif_ != nullptr && room;
    if (!is_good_)
      return;
    EGifSetGifVersion(gif_, true);
    is_good_ = EGifPutScreenDesc(gif_, width, height, 8, 0, room.get()) == GIF_OK && put_loop_for_ever(gif_);
    std::string comment;
    for (const auto& [keyword, text] : texts)
      comment += concat(comment.empty() ? "" : "\n", keyword, ": ", text);
    is_good_ = is_good_ && (comment.empty() || EGifPutComment(gif_, comment.c_str()) == GIF_OK);
  }
  GifEncoder(const GifEncoder&) = delete;
  GifEncoder& operator=(const GifEncoder&) = delete;
  ~GifEncoder() override {
    if (gif_ != nullptr)
      EGifCloseFile(gif_, &error_);
  }

  Result<void> add(const Image& frame) override {
    Numbered numbered;
    if (Palette shared = shared_; shared.take(frame)) {
      shared_ = std::move(shared);
      numbered = {numbers_in(shared_, frame), {}, has_holes(frame) ? shared_.hole() : NO_TRANSPARENT_COLOR};
    } else {
      numbered = with_own_colors(frame);
    }
    is_good_ = is_good_ && put_frame(numbered);
    return is_good_ ? Result<void>() : failed();
  }

  Result<std::vector<std::byte>> finish() override {
    if (EGifCloseFile(std::exchange(gif_, nullptr), &error_) != GIF_OK)
      return failed();
    constexpr std::size_t place_of_colors = 13; // behind the signature and the screen
    for (std::size_t i = 0; i < shared_.colors().size(); ++i)
      for (std::size_t c = 0; c < 3; ++c)
        file_[place_of_colors + 3 * i + c] = static_cast<std::byte>(shared_.colors()[i][c]);
    return std::move(file_);
  }

 private:
  GifFileType* open() { return EGifOpen(&file_, append, &error_); }

  bool put_frame(Numbered& frame) {
    // The next frame may have holes, which must not show this one.
    const GraphicsControlBlock control{DISPOSE_BACKGROUND, false, hundredths_, frame.hole};
    GifByteType extension[4];
    EGifGCBToExtension(&control, extension);
    const ColorMap own = color_map(frame.colors);
    if (EGifPutExtension(gif_, GRAPHICS_EXT_FUNC_CODE, sizeof extension, extension) != GIF_OK ||
        EGifPutImageDesc(gif_, 0, 0, width_, height_, false, frame.colors.empty() ? nullptr : own.get()) != GIF_OK)
      return false;
    for (int y = 0; y < height_; ++y)
      if (EGifPutLine(gif_, &frame.numbers[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_)], width_) !=
          GIF_OK)
        return false;
    return true;
  }

  tl::unexpected<Error> failed() const {
    const char* const text = GifErrorString(gif_ != nullptr && gif_->Error != 0 ? gif_->Error : error_);
    return fail(ErrorCode::io, "frames", concat("GIF: ", text));
  }

  int width_, height_, hundredths_;
  std::vector<std::byte> file_;
  int error_ = 0;
  GifFileType* gif_;
  bool is_good_ = false;
  Palette shared_;
};

} // namespace

std::unique_ptr<AnimationEncoder> make_gif_encoder(int width, int height, int milliseconds, const PictureTexts& texts) {
  return std::make_unique<GifEncoder>(width, height, milliseconds, texts);
}

} // namespace ganlet
