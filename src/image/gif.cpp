#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>

#include <gif_lib.h>

#include "core/text.h"
#include "image/animation_formats.h"

namespace ganlet {

namespace {

constexpr std::size_t most_colors = 256;
constexpr int half_opaque = 128;

struct Palette {
  std::vector<std::array<std::uint8_t, 3>> colors;
  int transparent = NO_TRANSPARENT_COLOR;
};

/// All colours where there are few enough, else 6 x 7 x 6 evenly spaced ones (the eye tells green best).
Palette palette_of(std::span<const Image> frames) {
  Palette palette;
  std::map<std::array<std::uint8_t, 3>, int> seen;
  bool has_holes = false;
  for (const Image& frame : frames)
    for (std::size_t at = 0; at < frame.pixels.size() && seen.size() <= most_colors; at += 4) {
      const std::uint8_t* pixel = &frame.pixels[at];
      if (pixel[3] < half_opaque)
        has_holes = true;
      else
        seen.try_emplace({pixel[0], pixel[1], pixel[2]});
    }
  if (seen.size() + has_holes <= most_colors) {
    for (const auto& [color, unused] : seen)
      palette.colors.push_back(color);
  } else {
    for (int r = 0; r < 6; ++r)
      for (int g = 0; g < 7; ++g)
        for (int b = 0; b < 6; ++b)
          palette.colors.push_back({static_cast<std::uint8_t>(51 * r), static_cast<std::uint8_t>(255 * g / 6),
                                    static_cast<std::uint8_t>(51 * b)});
  }
  if (has_holes) {
    palette.transparent = static_cast<int>(palette.colors.size());
    palette.colors.push_back({0, 0, 0});
  }
  return palette;
}

/// Finds the nearest colour of a palette, and remembers it.
class NearestColor {
 public:
  explicit NearestColor(const Palette& palette) : palette_(palette) {}

  GifPixelType operator()(const std::uint8_t* pixel) {
    if (pixel[3] < half_opaque && palette_.transparent >= 0)
      return static_cast<GifPixelType>(palette_.transparent);
    const std::array<std::uint8_t, 3> color{pixel[0], pixel[1], pixel[2]};
    const auto [known, fresh] = known_.try_emplace(color);
    if (fresh)
      known->second = search(color);
    return known->second;
  }

 private:
  GifPixelType search(const std::array<std::uint8_t, 3>& color) const {
    int best = std::numeric_limits<int>::max();
    std::size_t found = 0;
    for (std::size_t i = 0; i < palette_.colors.size(); ++i) {
      int distance = 0;
      for (std::size_t c = 0; c < 3; ++c)
        distance += (color[c] - palette_.colors[i][c]) * (color[c] - palette_.colors[i][c]);
      if (distance < best && static_cast<int>(i) != palette_.transparent) {
        best = distance;
        found = i;
      }
    }
    return static_cast<GifPixelType>(found);
  }

  const Palette& palette_;
  std::map<std::array<std::uint8_t, 3>, GifPixelType> known_;
};

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

bool put_frame(GifFileType* gif, const Image& frame, NearestColor& nearest, const Palette& palette, int hundredths) {
  const GraphicsControlBlock control{palette.transparent >= 0 ? DISPOSE_BACKGROUND : DISPOSE_DO_NOT, false, hundredths,
                                     palette.transparent};
  GifByteType extension[4];
  EGifGCBToExtension(&control, extension);
  if (EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, sizeof extension, extension) != GIF_OK ||
      EGifPutImageDesc(gif, 0, 0, frame.width, frame.height, false, nullptr) != GIF_OK)
    return false;
  std::vector<GifPixelType> row(static_cast<std::size_t>(frame.width));
  for (int y = 0; y < frame.height; ++y) {
    for (std::size_t x = 0; x < row.size(); ++x)
      row[x] = nearest(&frame.row(y)[4 * x]);
    if (EGifPutLine(gif, row.data(), frame.width) != GIF_OK)
      return false;
  }
  return true;
}

} // namespace

Result<std::vector<std::byte>> encode_gif(std::span<const Image> frames, int milliseconds) {
  const Palette palette = palette_of(frames);
  std::vector<std::byte> file;
  int error = 0;
  GifFileType* gif = EGifOpen(&file, append, &error);
  if (gif == nullptr)
    return fail(ErrorCode::io, "frames", concat("GIF: ", GifErrorString(error)));
  EGifSetGifVersion(gif, true);
  int bits = 1;
  while ((std::size_t{1} << bits) < palette.colors.size())
    ++bits;
  const std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)> colors(GifMakeMapObject(1 << bits, nullptr),
                                                                            GifFreeMapObject);
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    colors->Colors[i] = {palette.colors[i][0], palette.colors[i][1], palette.colors[i][2]};
  bool good =
      EGifPutScreenDesc(gif, frames[0].width, frames[0].height, 8, 0, colors.get()) == GIF_OK && put_loop_for_ever(gif);
  NearestColor nearest(palette);
  for (std::size_t i = 0; good && i < frames.size(); ++i)
    good = put_frame(gif, frames[i], nearest, palette, std::max(2, (milliseconds + 5) / 10));
  const int closing = good ? 0 : gif->Error;
  if (EGifCloseFile(gif, &error) != GIF_OK || !good)
    return fail(ErrorCode::io, "frames", concat("GIF: ", GifErrorString(closing != 0 ? closing : error)));
  return file;
}

} // namespace ganlet
