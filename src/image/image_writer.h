#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "image/image.h"
#include "image/png_writer.h"

namespace ganlet {

enum class ImageFormat { png, jpeg };

/// The format for a file name's extension: .png, .jpg or .jpeg, in any case; empty for others.
std::optional<ImageFormat> image_format_of(const std::filesystem::path& path);

/// A JPEG file of quality 1 to 100, with full colour resolution; transparency is shown over white. Errors:
/// invalid_argument for an empty image, limit_exceeded above 65,500 pixels a side.
Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality = 92);

Result<std::vector<std::byte>> encode(const Image& image, ImageFormat format);

/// A nested list with one line per row of the picture. Each pixel is a brightness from 0 to 255 for 1 channel, [r, g,
/// b] for 3, or [r, g, b, a] for 4.
std::string json_rows(const Image& image, int channels);

/// Writes a picture atomically, in the format of the path's extension. Errors: invalid_argument (extension), io.
Result<void> write_image(const std::filesystem::path& path, const Image& image);

} // namespace ganlet
