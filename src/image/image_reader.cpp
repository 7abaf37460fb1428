#include "image/image_reader.h"

#include <array>
#include <cstring>
#include <memory>

#include <spng.h>
#include <turbojpeg.h>

namespace ganlet {

namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 26;

bool begins_with(std::span<const std::byte> bytes, std::string_view signature) {
  return bytes.size() >= signature.size() && std::memcmp(bytes.data(), signature.data(), signature.size()) == 0;
}

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

Result<Image> decode_png(std::span<const std::byte> bytes, const std::string& place) {
  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> context(spng_ctx_new(0), spng_ctx_free);
  const auto refused = [&place](int status) { return fail(ErrorCode::corrupt, place, spng_strerror(status)); };
  spng_ihdr header{};
  if (const int status = spng_set_png_buffer(context.get(), bytes.data(), bytes.size()))
    return refused(status);
  if (const int status = spng_get_ihdr(context.get(), &header))
    return refused(status);
  GANLET_TRY(Image image, sized(header.width, header.height, place));
  if (const int status =
          spng_decode_image(context.get(), image.pixels.data(), image.pixels.size(), SPNG_FMT_RGBA8, SPNG_DECODE_TRNS))
    return refused(status);
  return image;
}

Result<Image> decode_jpeg(std::span<const std::byte> bytes, const std::string& place) {
  const std::unique_ptr<void, int (*)(tjhandle)> handle(tjInitDecompress(), tjDestroy);
  const auto refused = [&] { return fail(ErrorCode::corrupt, place, tjGetErrorStr2(handle.get())); };
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<unsigned long>(bytes.size());
  int width = 0, height = 0, subsampling = 0, colors = 0;
  if (tjDecompressHeader3(handle.get(), data, size, &width, &height, &subsampling, &colors) != 0)
    return refused();
  GANLET_TRY(Image image, sized(width, height, place));
  // A warning is a picture that ends early, which is broken all the same.
  if (tjDecompress2(handle.get(), data, size, image.pixels.data(), width, 0, height, TJPF_RGBA, TJFLAG_STOPONWARNING) !=
      0)
    return refused();
  return image;
}

} // namespace

Result<Image> decode_image(std::span<const std::byte> bytes, const std::string& place) {
  if (begins_with(bytes, "\x89PNG\r\n\x1a\n"))
    return decode_png(bytes, place);
  if (begins_with(bytes, "\xff\xd8\xff"))
    return decode_jpeg(bytes, place);
  return fail(ErrorCode::corrupt, place, "is neither PNG nor JPEG");
}

} // namespace ganlet
