#include "generator/truncating_generator.h"

#include <utility>

namespace ganlet {

Result<TruncatingGenerator> TruncatingGenerator::make(Generator generator, StyleGenerator styles) {
  if (generator.label_count() > 0)
    return fail(ErrorCode::invalid_argument, "truncation",
                "this model has classes, which its mapping network doesn't take");
  if (styles.latent_size() != generator.latent_size() || !(styles.image_size() == generator.roles().image_size))
    return fail(ErrorCode::invalid_argument, "truncation",
                "the mapping and synthesis networks aren't of this generator");
  TruncatingGenerator made(std::move(generator));
  made.styles_ = std::move(styles);
  return made;
}

StyleRequest TruncatingGenerator::style_request(const Request& request, std::int64_t image) const {
  StyleRequest styled{
      .seed = request.seed + static_cast<std::uint64_t>(image), .truncation = request.truncation, .noise = 0};
  const auto size = static_cast<std::size_t>(generator_.latent_size());
  if (!request.latents.empty())
    styled.latent = request.latents.subspan(size * static_cast<std::size_t>(image), size);
  return styled;
}

Result<void> TruncatingGenerator::generate_values(const Request& request, const Generator::Sink& sink) {
  if (!truncates_styles(request))
    return generator_.generate_values(request, sink);
  GANLET_TRY(const std::int64_t count, generator_.count_of(request));
  for (std::int64_t image = 0; image < count; ++image) {
    GANLET_TRY(const std::vector<float> values, styles_->draw_values(style_request(request, image)));
    if (!sink(values, image, 1))
      return fail(ErrorCode::cancelled, "", "stopped on request");
  }
  return {};
}

Result<std::vector<Image>> TruncatingGenerator::generate(const Request& request) {
  if (!truncates_styles(request))
    return generator_.generate(request);
  GANLET_TRY(const std::int64_t count, generator_.count_of_kept(request));
  std::vector<Image> images;
  for (std::int64_t image = 0; image < count; ++image) {
    GANLET_TRY(images.emplace_back(), styles_->draw(style_request(request, image)));
  }
  return images;
}

} // namespace ganlet
