// A model is opened, handed the parts that it asks for, draws a request's first images and encodes a picture, or says
// why not. The input is sections (sections.h): what model.json says of bytes and SHA-256 is put right, since no fuzzer
// guesses those.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "change_model.h"
#include "fuzz.h"
#include "generator/model.h"
#include "generator/model_json.h"
#include "sections.h"
#include "xnn/xnn.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace ganlet::fuzz {
namespace {

using Sections = std::vector<std::span<const std::byte>>;

constexpr int most_steps = 3; ///< of a drawing, which may be of thousands of images

Result<Model> open_with(const ModelDescription& description, std::string part, const Sections& sections) {
  ModelOptions options{.backend = &xnn::backend, .part = std::move(part)};
  options.compile.limits = limits;
  options.source = [description, &sections](const ModelPart& wanted) -> Result<std::vector<std::byte>> {
    const auto names = [](const ModelPart& one) { return one.name; };
    const auto found = std::ranges::find(description.parts, wanted.name, names);
    const auto index = static_cast<std::size_t>(found - description.parts.begin()) + 2;
    if (index >= sections.size())
      return fail(ErrorCode::not_found, "", "there is no such section");
    return std::vector<std::byte>(sections[index].begin(), sections[index].end());
  };
  return Model::open(description, std::move(options));
}

Result<void> draw(Model& model, const DrawRequest& request) {
  succeeded(model.needs(request));
  GANLET_TRY(Drawing drawing, model.draw(request));
  const ImageFacts facts = drawing.facts();
  for (int step = 0; step < most_steps && !drawing.is_done(); ++step) {
    GANLET_TRY(const Drawing::Images images, drawing.step(2));
    const auto pixels = std::int64_t{facts.image.width} * facts.image.height * facts.image.channels;
    require(images.count > 0 && std::ssize(images.values) == images.count * pixels, "a step gives whole images");
  }
  const std::int64_t few = std::min<std::int64_t>(drawing.count(), 3);
  require(std::ssize(drawing.latents(few)) == few * facts.latent_size, "each image has its latent");
  require(std::ssize(drawing.labels(few)) == (facts.label_count > 0 ? few : 0), "each image has its label");
  const Image picture = std::move(drawing).take_picture();
  require(std::ssize(picture.pixels) == std::int64_t{4} * picture.width * picture.height, "a picture is whole");
  return {};
}

/// Something to look at: 5 x 3 pixels of all kinds.
Image some_picture() {
  Image image{5, 3, std::vector<std::uint8_t>(60)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(37 * i);
  return image;
}

void try_model(const ModelDescription& description, const std::string& part, const DrawRequest& request,
               const Sections& sections) {
  auto model = open_with(description, part, sections);
  if (!succeeded(model))
    return;
  succeeded(draw(*model, request));
  succeeded(model->facts());
  succeeded(model->program());
  if (const auto latent = model->encode(some_picture()); succeeded(latent))
    require(latent->size() == static_cast<std::size_t>((*model->encoder())->latent_size()), "a latent is whole");
}

} // namespace

void try_bytes(std::span<const std::byte> bytes) {
  const Sections sections = split(bytes);
  if (sections.size() < 2)
    return;
  const auto request = request_of_json(text_of(sections[0]));
  auto description = read_model_json(sections[1], "model.json");
  if (!succeeded(request) || !succeeded(description))
    return;
  for (std::size_t i = 0; i < description->parts.size(); ++i) {
    description->parts[i].bytes.reset();
    description->parts[i].sha256.clear();
  }
  for (const std::string part : {"generator", "generator_f32"})
    try_model(*description, part, *request, sections);
}

} // namespace ganlet::fuzz

/// Changes one section, as what it is.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  using namespace ganlet::fuzz;
  const auto sections = split(std::as_bytes(std::span(data, size)));
  const std::size_t chosen = seed / 7 % (sections.size() + 1); // the last: across them
  if (chosen == sections.size())
    return LLVMFuzzerMutate(data, size, most);
  const std::size_t room = most - std::min(most, size - sections[chosen].size());
  if (room == 0)
    return LLVMFuzzerMutate(data, size, most);
  std::vector<std::uint8_t> changed(room);
  std::memcpy(changed.data(), sections[chosen].data(), sections[chosen].size());
  const std::size_t now = chosen < 2 ? LLVMFuzzerMutate(changed.data(), sections[chosen].size(), room)
                                     : change_model_file(changed.data(), sections[chosen].size(), room, seed);
  auto all = sections;
  all[chosen] = std::as_bytes(std::span(changed.data(), now));
  const std::vector<std::byte> whole = joined(all);
  std::memcpy(data, whole.data(), whole.size());
  return whole.size();
}
