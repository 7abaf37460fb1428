#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "commands.h"
#include "core/text.h"
#include "generator/model_folder.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "options.h"
#include "request_flags.h"
#include "tag.h"

/// Posters: the pictures that tags will draw, saved as files for readers without JavaScript.
namespace ganlet::tool {

namespace {

struct PosterOptions {
  ModelChoice model;
  Engine engine;
  RequestFlags flags;
  TagFlags tag;
  int scale = 0;
  std::string base;
  std::string output;
};

struct Color {
  int red, green, blue;
};

/// `#rgb` or `#rrggbb`
std::optional<Color> color_of(std::string_view text) {
  unsigned value = 0;
  std::string digits;
  for (const char c : text.substr(std::min<std::size_t>(1, text.size())))
    digits += text.size() == 4 ? std::string(2, c) : std::string(1, c);
  if (!text.starts_with('#') || digits.size() != 6 || digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos)
    return std::nullopt;
  value = static_cast<unsigned>(std::stoul(digits, nullptr, 16));
  return Color{static_cast<int>(value >> 16), static_cast<int>(value >> 8 & 255), static_cast<int>(value & 255)};
}

/// An attribute's value; null if it wasn't given.
const std::string* given(const TagFlags& tag, std::string_view name) {
  const auto found = std::ranges::find(tag.attributes, name, &std::pair<std::string, std::string>::first);
  return found == tag.attributes.end() ? nullptr : &found->second;
}

/// Applies the studio's colours, which web/embed/element/colors.js also has. Errors: invalid_argument for a colour that
/// only browsers know.
Result<void> color_picture(Image& picture, const TagFlags& tag) {
  Color ink{26, 31, 56}, paper{250, 246, 237};
  std::string palette = given(tag, "palette") != nullptr ? *given(tag, "palette") : "plain";
  for (const auto& [name, color] : {std::pair{"ink", &ink}, std::pair{"paper", &paper}})
    if (const std::string* const text = given(tag, name)) {
      const auto known = color_of(*text);
      if (!known)
        return fail(ErrorCode::invalid_argument, name, "must be #rgb or #rrggbb for a poster");
      *color = *known;
      palette = palette == "plain" ? "ink" : palette;
    }
  if (palette == "plain")
    return {};
  for (std::size_t at = 0; at < picture.pixels.size(); at += 4) {
    std::uint8_t* const pixel = &picture.pixels[at];
    const int grey = static_cast<int>(std::lround(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]));
    const auto mixed = [&](int over, int under) { return (over * grey + under * (255 - grey) + 127) / 255; };
    const int inks[] = {mixed(ink.red, paper.red), mixed(ink.green, paper.green), mixed(ink.blue, paper.blue)};
    for (int c = 0; c < 3; ++c)
      pixel[c] = static_cast<std::uint8_t>(palette == "ink" ? inks[c] : palette == "grey" ? grey : 255 - pixel[c]);
  }
  return {};
}

/// The text alternative of <ganlet-image>, for people who can't see the picture.
std::string description_of(const Model& model, const DrawRequest& request) {
  const ModelDescription& about = model.description();
  const std::string title = about.title.empty() ? about.id : about.title;
  if (request.text)
    return concat(*request.text, " · ", title);
  if (request.label && static_cast<std::size_t>(*request.label) < about.labels.size())
    return concat(about.labels[static_cast<std::size_t>(*request.label)], " · ", title);
  return request.count > 1 ? concat(title, ", ", request.count, " pictures") : title;
}

Result<void> poster(const PosterOptions& options) {
  const DrawRequest request = options.flags.request();
  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  GANLET_TRY(Image picture, model.picture(request));
  GANLET_CHECK(color_picture(picture, options.tag));
  GANLET_TRY(const ImageFacts facts, model.facts());
  // The size at which the element shows it: 128 CSS pixels per image, or the largest whole factor below that.
  const int scale = options.scale > 0 ? options.scale : std::max(1, 128 / facts.image.width);
  const Image shown = enlarged(picture, scale);
  GANLET_TRY(const std::vector<std::byte> bytes, encode_png(shown));
  GANLET_CHECK(write_whole(options.output, bytes));
  std::fprintf(stderr, "%s: %d x %d pixels, %zu bytes\n", options.output.c_str(), shown.width, shown.height,
               bytes.size());
  const std::string name = std::filesystem::path(options.output).filename().string();
  const std::string* const alt = given(options.tag, "alt");
  const std::string image =
      concat("<img src=\"", escaped(concat(options.base, name)), "\" width=\"", shown.width, "\" height=\"",
             shown.height, "\" alt=\"", escaped(alt != nullptr ? *alt : description_of(model, request)), "\">");
  std::printf("%s\n", tag_of(options.model.name, request, options.tag, image).c_str());
  return {};
}

} // namespace

void add_poster(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<PosterOptions>();
  CLI::App& command = *app.add_subcommand(
      "poster", "Write the picture that a tag will draw, and print the tag with it inside, for pages and feeds");
  add_model(command, options->model);
  options->flags.add_all_but(command, {"style_shifts"});
  options->tag.add(command);
  command.add_option("--scale", options->scale, "Enlarge each pixel so many times; default: as the tag shows it")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  command.add_option("--base", options->base, "What the picture's address begins with, such as https://me.example/")
      ->type_name("URL");
  command.add_option("-o,--output", options->output, "PNG to write")->type_name("FILE")->required();
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = poster(*options); });
}

} // namespace ganlet::tool
