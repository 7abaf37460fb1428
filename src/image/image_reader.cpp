#include "image/image_reader.h"

#include <algorithm>
#include <memory>

#include <spng.h>
#include <turbojpeg.h>

#include "core/text.h"
#include "image/exif.h"
#include "image/jpeg_segments.h"

namespace ganlet {

namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 26;

Result<Image> sized(std::int64_t width, std::int64_t height, const std::string& place) {
  if (width <= 0 || height <= 0)
    return fail(ErrorCode::corrupt, place, "has no pixels");
  if (width > most_pixels / height)
    return fail(ErrorCode::limit_exceeded, place, "has more than 2^26 pixels");
  Image image;
  image.width = static_cast<int>(width);
  image.height = static_cast<int>(height);
  image.pixels.resize(static_cast<std::size_t>(4 * width * height));
  return image;
}

/// A header may declare any size: without this check a few bytes could demand all the memory that is allowed.
Result<void> check_length(std::int64_t least_bytes, std::span<const std::byte> file, const std::string& place) {
  if (static_cast<std::int64_t>(file.size()) < least_bytes)
    return fail(ErrorCode::corrupt, place, "is too short for the pixels that its header promises");
  return {};
}

/// The content of a PNG's first chunk of a type; empty if there is none.
std::span<const std::byte> png_chunk(std::span<const std::byte> file, std::string_view type) {
  constexpr std::size_t signature = 8, around = 12; // a length, a type and a checksum
  for (std::size_t at = signature; at + around <= file.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8U | std::to_integer<std::size_t>(file[at + i]);
    if (length > file.size() - at - around)
      break;
    if (begins_with(file.subspan(at + 4), type))
      return file.subspan(at + 8, length);
    at += around + length;
  }
  return {};
}

std::int64_t channels_of_png(std::uint8_t color_type) {
  switch (color_type) {
  case SPNG_COLOR_TYPE_TRUECOLOR:
    return 3;
  case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA:
    return 4;
  case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA:
    return 2;
  default: // grey or a palette
    return 1;
  }
}

Result<Image> decode_png(std::span<const std::byte> bytes, const std::string& place) {
  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> context(spng_ctx_new(0), spng_ctx_free);
  const auto refused = [&place](int status) {
    return fail(status == SPNG_ECHUNK_LIMITS ? ErrorCode::limit_exceeded : ErrorCode::corrupt, place,
                spng_strerror(status));
  };
  // The unpacked size of each text or profile chunk, and of all of them together.
  constexpr std::size_t most_chunk_bytes = std::size_t{16} << 20, most_chunks_bytes = std::size_t{32} << 20;
  spng_ihdr header{};
  if (const int status = spng_set_chunk_limits(context.get(), most_chunk_bytes, most_chunks_bytes))
    return refused(status);
  if (const int status = spng_set_png_buffer(context.get(), bytes.data(), bytes.size()))
    return refused(status);
  if (const int status = spng_get_ihdr(context.get(), &header))
    return refused(status);
  constexpr std::int64_t best_ratio = 1032; // of deflate
  const std::int64_t bits = std::int64_t{header.width} * header.bit_depth * channels_of_png(header.color_type);
  GANLET_CHECK(check_length(bits / 8 * header.height / best_ratio, bytes, place));
  GANLET_TRY(Image image, sized(header.width, header.height, place));
  if (const int status =
          spng_decode_image(context.get(), image.pixels.data(), image.pixels.size(), SPNG_FMT_RGBA8, SPNG_DECODE_TRNS))
    return refused(status);
  return upright(std::move(image), exif_orientation(png_chunk(bytes, "eXIf")));
}

/// Converts CMYK, four bytes per pixel, to RGBA in place. With Adobe's segment each byte is the light that an ink
/// leaves, without it the light that the ink takes.
void make_rgb_of_cmyk(Image& image, bool is_adobes) {
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    std::uint8_t* const pixel = &image.pixels[at];
    for (std::size_t c = 0; c < 4 && !is_adobes; ++c)
      pixel[c] = static_cast<std::uint8_t>(255 - pixel[c]);
    for (std::size_t c = 0; c < 3; ++c)
      pixel[c] = static_cast<std::uint8_t>((pixel[c] * pixel[3] + 127) / 255);
    pixel[3] = 255;
  }
}

Result<Image> decode_jpeg(std::span<const std::byte> bytes, const std::string& place) {
  const std::unique_ptr<void, int (*)(tjhandle)> handle(tjInitDecompress(), tjDestroy);
  const auto refused = [&] { return fail(ErrorCode::corrupt, place, tjGetErrorStr2(handle.get())); };
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<unsigned long>(bytes.size());
  int width = 0, height = 0, subsampling = 0, colors = 0;
  if (tjDecompressHeader3(handle.get(), data, size, &width, &height, &subsampling, &colors) != 0)
    return refused();
  const JpegSegments segments = jpeg_segments(bytes);
  constexpr std::int64_t most_scans = 500; // each covers the whole picture; real files have about a dozen
  if (segments.scans > std::min(most_scans, 32 * most_pixels / std::max<std::int64_t>(1, std::int64_t{width} * height)))
    return fail(ErrorCode::limit_exceeded, place,
                concat("has ", segments.scans, " scans of ", width, " x ", height, " pixels"));
  // A block of 8 x 8 pixels takes at least a bit, and at least one component has a block for each 32 x 32 pixels.
  if (!segments.is_arithmetic)
    GANLET_CHECK(check_length(std::int64_t{width} * height / (32 * 32 * 8), bytes, place));
  GANLET_TRY(Image image, sized(width, height, place));
  const bool is_cmyk = colors == TJCS_CMYK || colors == TJCS_YCCK;
  // A warning means that the picture ends early, so it counts as corrupt too.
  if (tjDecompress2(handle.get(), data, size, image.pixels.data(), width, 0, height, is_cmyk ? TJPF_CMYK : TJPF_RGBA,
                    TJFLAG_STOPONWARNING) != 0)
    return refused();
  if (is_cmyk)
    make_rgb_of_cmyk(image, segments.is_adobes);
  return upright(std::move(image), exif_orientation(segments.exif));
}

/// Recognizes other picture formats by their first bytes.
std::string_view other_kind(std::span<const std::byte> bytes) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"GIF8", "GIF"}, {"BM", "BMP"}, {{"II*\0", 4}, "TIFF"}, {{"MM\0*", 4}, "TIFF"}};
  for (const auto& [signature, name] : kinds)
    if (begins_with(bytes, signature))
      return name;
  if (begins_with(bytes, "RIFF") && begins_with(bytes.subspan(std::min<std::size_t>(8, bytes.size())), "WEBP"))
    return "WebP";
  if (const auto box = bytes.subspan(std::min<std::size_t>(4, bytes.size())); begins_with(box, "ftyp"))
    return begins_with(box, "ftypavi") ? "AVIF" : begins_with(box, "ftyphe") ? "HEIC" : "";
  return "";
}

} // namespace

Result<Image> decode_image(std::span<const std::byte> bytes, const std::string& place) {
  if (begins_with(bytes, "\x89PNG\r\n\x1a\n"))
    return decode_png(bytes, place);
  if (begins_with(bytes, "\xff\xd8\xff"))
    return decode_jpeg(bytes, place);
  const std::string_view kind = other_kind(bytes);
  return fail(ErrorCode::corrupt, place,
              kind.empty() ? "is neither PNG nor JPEG" : concat("is a ", kind, " picture; save it as PNG or JPEG"));
}

} // namespace ganlet
