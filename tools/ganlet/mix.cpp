#include <charconv>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "core/text.h"
#include "image/image_writer.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct MixOptions {
  ModelChoice model;
  Engine engine;
  StyleRequest request;
  std::uint64_t with = 0;
  std::int64_t cutoff = 0;
  std::string layers;
  std::string noise = "0";
  int scale = 1;
  std::string output;
};

/// The whole of `text` as a number.
template <typename Number> bool is_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// "4-7" or "4"
LayerRange layers_of(std::string_view text) {
  LayerRange layers;
  const std::size_t dash = text.find('-');
  const bool is_range = is_number(text.substr(0, dash), layers.first) &&
                        is_number(dash == std::string_view::npos ? text : text.substr(dash + 1), layers.last);
  if (!is_range)
    throw CLI::ValidationError("--layers", "must be a layer, or the first and the last with a dash between: 4-7");
  return layers;
}

std::optional<std::uint64_t> noise_of(const std::string& text) {
  std::uint64_t seed = 0;
  if (text == "off")
    return std::nullopt;
  if (!is_number(text, seed))
    throw CLI::ValidationError("--noise", "must be a seed or off");
  return seed;
}

Result<void> mix(const MixOptions& options) {
  if (!image_format_of(options.output))
    throw CLI::ValidationError("-o", "the name must end in .png or .jpg");
  GANLET_TRY(StyleGenerator generator,
             load_style_generator(options.model.name, load_options(options.model, options.engine)));
  GANLET_TRY(const Image picture, generator.draw(options.request));
  return write_image(options.output, enlarged(picture, options.scale));
}

} // namespace

void add_mix(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<MixOptions>();
  CLI::App& command =
      *app.add_subcommand("mix", "Draw a style-based model's picture with some layers in the style of another");
  add_model(command, options->model);
  command.add_option("--styles", options->request.seed, "The seed whose styles are drawn")
      ->type_name("SEED")
      ->required();
  CLI::Option* with =
      command.add_option("--with", options->with, "The seed that some layers take their style from")->type_name("SEED");
  CLI::Option* layers = command.add_option("--layers", options->layers, "Which layers, from 0 at the coarsest")
                            ->type_name("A-B")
                            ->needs(with);
  with->needs(layers);
  command.add_option("--truncation", options->request.truncation, "0 (the mean style) to 1 (full variety)")
      ->type_name("PSI")
      ->capture_default_str();
  CLI::Option* cutoff =
      command.add_option("--cutoff", options->cutoff, "Layers to truncate, from the coarsest; default: all")
          ->type_name("N");
  command.add_option("--noise", options->noise, "The seed of the layers' noise, or off")
      ->type_name("off|SEED")
      ->capture_default_str();
  command.add_option("--scale", options->scale, "Enlarge each pixel so many times")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("-o,--output", options->output, "File to write, whole or not at all: .png or .jpg")
      ->type_name("FILE")
      ->required();
  add_engine(command, options->engine);
  command.callback([options, with, cutoff, &outcome] {
    options->request.noise = noise_of(options->noise);
    if (with->count() > 0) {
      options->request.with = options->with;
      options->request.layers = layers_of(options->layers);
    }
    if (cutoff->count() > 0)
      options->request.cutoff = options->cutoff;
    outcome = mix(*options);
  });
}

} // namespace ganlet::tool
