#include "generator/walk.h"

#include <cstdio>
#include <functional>
#include <memory>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "commands.h"
#include "core/text.h"
#include "generator/latent.h"
#include "image/animation.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "options.h"
#include "request_flags.h"

namespace ganlet::tool {

namespace {

struct WalkOptions {
  ModelChoice model;
  Engine engine;
  std::vector<std::uint64_t> seeds;
  std::int64_t frames = 60;
  RequestFlags flags;
  bool linear = false;
  bool one_way = false;
  bool animate = false;
  int milliseconds = 40;
  int scale = 1;
  std::string output;
};

std::vector<float> keyframes_of(const WalkOptions& options, std::size_t size, Distribution distribution) {
  std::vector<float> keyframes(size * options.seeds.size());
  for (std::size_t i = 0; i < options.seeds.size(); ++i)
    fill_latent(options.seeds[i], distribution, std::span(keyframes).subspan(i * size, size));
  return keyframes;
}

/// Draws the pictures of the walk, one after another.
Result<void> draw(const WalkOptions& options, DrawRequest request, Model& model,
                  const std::function<Result<void>(Image)>& sink) {
  GANLET_TRY(const ImageFacts facts, model.facts());
  if (facts.label_count > 0 && !request.label)
    request.label = 0;
  const auto size = static_cast<std::size_t>(facts.latent_size);
  const std::vector<float> keyframes = keyframes_of(options, size, model.description().distribution);
  const Walk walk{keyframes, size, options.linear ? Interpolation::linear : Interpolation::spherical, !options.one_way};
  for (std::int64_t frame = 0; frame < options.frames; ++frame) {
    request.latents = walk.latent(frame, options.frames);
    GANLET_TRY(const Image picture, model.picture(request));
    GANLET_CHECK(sink(enlarged(picture, options.scale)));
  }
  return {};
}

struct Film {
  std::vector<std::byte> file;
  int width, height; ///< of each picture
};

/// What a file says of where it comes from.
PictureTexts origin_of(const WalkOptions& options, const DrawRequest& request, const Model& model) {
  PictureTexts origin = model.origin_of(request);
  std::string listed;
  for (const std::uint64_t seed : options.seeds)
    listed += concat(listed.empty() ? "" : ",", seed);
  origin.emplace_back("ganlet walk", concat("seeds ", listed, ", ", options.frames, " frames",
                                            options.linear ? ", linear" : "", options.one_way ? ", one way" : ""));
  return origin;
}

Result<Film> animated(const WalkOptions& options, const DrawRequest& request, Model& model, AnimationFormat format) {
  GANLET_TRY(AnimationWriter writer,
             AnimationWriter::begin(format, options.milliseconds, origin_of(options, request, model)));
  GANLET_CHECK(draw(options, request, model, [&](const Image& frame) { return writer.add(frame); }));
  Film film{{}, writer.width(), writer.height()};
  GANLET_TRY(film.file, std::move(writer).finish());
  return film;
}

/// Draws all pictures side by side.
Result<Film> sheet(const WalkOptions& options, const DrawRequest& request, Model& model) {
  std::vector<Image> frames;
  std::int64_t pixels = 0;
  GANLET_CHECK(draw(options, request, model, [&](Image frame) -> Result<void> {
    constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
    pixels += std::int64_t{frame.width} * frame.height;
    if (pixels > most_pixels)
      return fail(ErrorCode::limit_exceeded, "frames", concat("have more than ", most_pixels, " pixels together"));
    frames.push_back(std::move(frame));
    return {};
  }));
  const auto columns = static_cast<int>(square_columns(static_cast<std::int64_t>(frames.size())));
  GANLET_TRY(std::vector<std::byte> file, encode_png(grid(frames, columns), origin_of(options, request, model)));
  return Film{std::move(file), frames[0].width, frames[0].height};
}

Result<void> walk(const WalkOptions& options) {
  if (!animation_format_of(options.output))
    throw CLI::ValidationError("-o", "the name must end in .png, .gif or .webp");
  const DrawRequest request = options.flags.request();
  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  // .gif and .webp are always animations; a .png is one with --animate.
  const AnimationFormat format = *animation_format_of(options.output);
  GANLET_TRY(const Film film, format == AnimationFormat::apng && !options.animate
                                  ? sheet(options, request, model)
                                  : animated(options, request, model, format));
  GANLET_CHECK(write_whole(options.output, film.file));
  GANLET_TRY(const ImageFacts facts, model.facts());
  std::fprintf(stderr, "%s: %lld frames of %d x %d pixels, %s bytes%s\n", options.output.c_str(),
               static_cast<long long>(options.frames), film.width, film.height,
               with_commas(static_cast<std::int64_t>(film.file.size())).c_str(), measured_text(facts).c_str());
  return {};
}

} // namespace

void add_walk(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<WalkOptions>();
  CLI::App& command =
      *app.add_subcommand("walk", "Draw a walk through the latent space, from seed to seed and back to the first");
  add_model(command, options->model);
  add_image(command, options->model);
  command.add_option("--seeds", options->seeds, "The seeds to pass")->delimiter(',')->type_name("A,B,...")->required();
  command.add_option("--frames", options->frames, "How many pictures")
      ->check(CLI::Range(1, 10000))
      ->type_name("N")
      ->capture_default_str();
  options->flags.add_all_but(command, {"count", "columns", "labels", "latents", "seed", "seeds", "style_shifts"});
  command.add_flag("--linear", options->linear, "In straight lines, instead of along great circles");
  command.add_flag("--one-way", options->one_way, "End at the last seed, instead of going back to the first");
  command.add_option("--delay", options->milliseconds, "How long a picture stays")
      ->check(CLI::Range(1, 60000))
      ->type_name("MS")
      ->capture_default_str();
  command.add_option("--scale", options->scale, "Enlarge each pixel so many times")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--animate", options->animate,
                   "Make a .png an animation (APNG), instead of all pictures side by side");
  command.add_option("-o,--output", options->output, "File to write, whole or not at all: .png, .gif or .webp")
      ->type_name("FILE")
      ->required();
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = walk(*options); });
}

} // namespace ganlet::tool
