#include "studio/encode.h"

#include <algorithm>

namespace ganlet::studio {

namespace {

std::int64_t squared_difference(const Image& a, const Image& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
    const int by = int{a.pixels[i]} - int{b.pixels[i]};
    sum += std::int64_t{by} * by;
  }
  return sum;
}

} // namespace

Result<Encoded> encode(LoadedModel& model, const Image& picture) {
  if (!model.encoder)
    GANLET_CHECK(load_encoder(model));
  Encoded encoded;
  GANLET_TRY(encoded.seen, model.encoder->prepared(picture));
  GANLET_TRY(encoded.latent, model.encoder->encode(picture));
  const auto classes = static_cast<std::int64_t>(model.facts.labels.size());
  Request request;
  request.count = std::max<std::int64_t>(classes, 1);
  std::vector<float> latents;
  for (std::int64_t i = 0; i < request.count; ++i)
    latents.insert(latents.end(), encoded.latent.begin(), encoded.latent.end());
  request.latents = latents;
  GANLET_TRY(encoded.drawn, model.generator.generate(request)); // picture i is of class i
  const auto nearest = std::ranges::min_element(
      encoded.drawn, {}, [&](const Image& drawn) { return squared_difference(drawn, encoded.seen); });
  encoded.nearest = static_cast<std::size_t>(nearest - encoded.drawn.begin());
  return encoded;
}

} // namespace ganlet::studio
