#include "picture.h"

#include <algorithm>

#include "core/text.h"

namespace ganlet::c {

Result<Picture> Picture::begin(Generator& generator, const Request& request, std::int64_t columns) {
  Picture picture;
  GANLET_TRY(picture.count_, generator.count_of_kept(request));
  if (columns < 0)
    return fail(ErrorCode::invalid_argument, "columns", concat("must be at least 1, is ", columns));
  if (columns == 0)
    columns = request.text ? picture.count_ : square_columns(picture.count_);
  picture.columns_ = std::min(columns, picture.count_);
  picture.latents_.assign(request.latents.begin(), request.latents.end());
  picture.request_ = request;
  picture.request_.latents = picture.latents_;
  const std::int64_t rows = (picture.count_ + picture.columns_ - 1) / picture.columns_;
  Image& pixels = picture.pixels_;
  pixels.width = generator.image_width() * static_cast<int>(picture.columns_);
  pixels.height = generator.image_height() * static_cast<int>(rows);
  pixels.pixels.resize(std::size_t{4} * static_cast<std::size_t>(pixels.width) *
                       static_cast<std::size_t>(pixels.height));
  return picture;
}

void Picture::place(std::span<const float> values, std::int64_t index, const Generator& generator) {
  const Image image = image_of(values, generator.image_width(), generator.image_height(), generator.image_channels(),
                               generator.value_range());
  const std::size_t row_bytes = std::size_t{4} * static_cast<std::size_t>(pixels_.width);
  std::uint8_t* to = pixels_.pixels.data() + static_cast<std::size_t>(index / columns_ * image.height) * row_bytes +
                     static_cast<std::size_t>(index % columns_ * image.width) * 4;
  for (int y = 0; y < image.height; ++y, to += row_bytes)
    std::ranges::copy(image.row(y), to);
}

Result<void> Picture::draw(Generator& generator, std::int64_t most) {
  const std::int64_t now = std::min(most, left());
  GANLET_CHECK(generator.generate_values(
      request_, drawn_, now, [&](std::span<const float> values, std::int64_t first, std::int64_t count) {
        const std::size_t each = values.size() / static_cast<std::size_t>(count);
        for (std::int64_t i = 0; i < count; ++i)
          place(values.subspan(static_cast<std::size_t>(i) * each, each), first + i, generator);
        return true;
      }));
  drawn_ += now;
  return {};
}

} // namespace ganlet::c
