#include "image/image_writer.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>

#include <turbojpeg.h>

#include "core/text.h"
#include "image/whole_file.h"

namespace ganlet {

namespace {

std::vector<std::uint8_t> first_channels(const Image& image, int channels) {
  std::vector<std::uint8_t> packed;
  packed.reserve(image.pixels.size() / 4 * static_cast<std::size_t>(channels));
  for (std::size_t at = 0; at < image.pixels.size(); at += 4)
    packed.insert(packed.end(), image.pixels.begin() + at, image.pixels.begin() + at + channels);
  return packed;
}

Image over_white(Image image) {
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    std::uint8_t* pixel = image.pixels.data() + at;
    for (int channel = 0; channel < 3; ++channel)
      pixel[channel] = static_cast<std::uint8_t>((pixel[channel] * pixel[3] + 255 * (255 - pixel[3]) + 127) / 255);
    pixel[3] = 255;
  }
  return image;
}

} // namespace

std::optional<ImageFormat> image_format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".png")
    return ImageFormat::png;
  if (extension == ".jpg" || extension == ".jpeg")
    return ImageFormat::jpeg;
  return std::nullopt;
}

Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality) {
  if (image.width < 1 || image.height < 1)
    return fail(ErrorCode::invalid_argument, "image", "is empty");
  constexpr int longest_side = 65500;
  if (image.width > longest_side || image.height > longest_side)
    return fail(ErrorCode::limit_exceeded, "image",
                concat("is ", image.width, " x ", image.height, "; JPEG allows ", longest_side, " pixels a side"));
  const Image opaque = over_white(image);
  const int channels = channels_needed(opaque);
  const std::vector<std::uint8_t> packed = first_channels(opaque, channels);
  const std::unique_ptr<void, decltype(&tjDestroy)> compressor(tjInitCompress(), tjDestroy);
  unsigned char* file = nullptr;
  unsigned long size = 0;
  const int status = tjCompress2(compressor.get(), packed.data(), opaque.width, opaque.width * channels, opaque.height,
                                 channels == 1 ? TJPF_GRAY : TJPF_RGB, &file, &size,
                                 channels == 1 ? TJSAMP_GRAY : TJSAMP_444, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(file, tjFree);
  if (status != 0)
    return fail(ErrorCode::io, "image", concat("JPEG: ", tjGetErrorStr2(compressor.get())));
  const auto* const first = reinterpret_cast<const std::byte*>(file);
  return std::vector<std::byte>(first, first + size);
}

Result<std::vector<std::byte>> encode(const Image& image, ImageFormat format) {
  return format == ImageFormat::png ? encode_png(image) : encode_jpeg(image);
}

std::string json_rows(const Image& image, int channels) {
  std::string out = "[";
  for (int y = 0; y < image.height; ++y) {
    out += y == 0 ? "[" : ",\n [";
    const std::span<const std::uint8_t> row = image.row(y);
    for (std::size_t at = 0; at < row.size(); at += 4) {
      out += at == 0 ? "" : ",";
      out += channels == 1 ? "" : "[";
      for (int channel = 0; channel < channels; ++channel)
        out += concat(channel == 0 ? "" : ",", static_cast<int>(row[at + static_cast<std::size_t>(channel)]));
      out += channels == 1 ? "" : "]";
    }
    out += "]";
  }
  return out + "]\n";
}

Result<void> write_image(const std::filesystem::path& path, const Image& image) {
  const std::optional<ImageFormat> format = image_format_of(path);
  if (!format)
    return fail(ErrorCode::invalid_argument, path.string(), "the name must end in .png, .jpg or .jpeg");
  GANLET_TRY(const std::vector<std::byte> bytes, encode(image, *format));
  return write_whole(path, bytes);
}

} // namespace ganlet
