#include <cctype>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "commands.h"
#include "core/text.h"
#include "css_color.h"
#include "generator/model_folder.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "options.h"
#include "page_tags.h"
#include "request_flags.h"
#include "tag.h"
#include "tag_size.h"

/// Posters: the pictures that tags will draw, saved as files for readers without JavaScript.
namespace ganlet::tool {

namespace {

struct PosterOptions {
  ModelChoice model;
  Engine engine;
  RequestFlags flags;
  TagFlags tag;
  int scale = 0;
  std::string color = "black"; ///< of the text around the tag
  std::string base;
  std::string page;
  std::string pictures;
  std::string output;
};

bool is_current_color(std::string_view text) {
  constexpr std::string_view name = "currentcolor";
  return std::ranges::equal(text, name, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
}

/// An attribute's value; null if it wasn't given.
const std::string* given(const TagFlags& tag, std::string_view name) {
  const auto found = std::ranges::find(tag.attributes, name, &std::pair<std::string, std::string>::first);
  return found == tag.attributes.end() ? nullptr : &found->second;
}

/// Applies the studio's colours, which web/embed/element/colors.js also has, pixel for pixel; `text_color` is that of
/// the text around the tag. Errors: invalid_argument for a colour that only browsers know.
Result<void> color_picture(Image& picture, const TagFlags& tag, const std::string& text_color) {
  CssColor ink{26, 31, 56, 255}, paper{250, 246, 237, 255};
  std::string palette = given(tag, "palette") != nullptr ? *given(tag, "palette") : "plain";
  for (const auto& [name, color] : {std::pair{"ink", &ink}, std::pair{"paper", &paper}})
    if (const std::string* const text = given(tag, name)) {
      const auto known = css_color(is_current_color(*text) ? text_color : *text);
      if (!known)
        return fail(ErrorCode::invalid_argument, name,
                    concat("must be currentColor, ", css_color_forms, ", for a poster"));
      *color = *known;
      palette = palette == "plain" ? "ink" : palette;
    }
  if (palette == "plain")
    return {};
  const auto byte = [](double value) { return static_cast<std::uint8_t>(std::lrint(value)); };
  for (std::size_t at = 0; at < picture.pixels.size(); at += 4) {
    std::uint8_t* const pixel = &picture.pixels[at];
    const int grey = static_cast<int>(std::lround(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]));
    // What ink and paper contribute to the opacity.
    const double over = grey / 255.0 * ink.opacity, under = (1 - grey / 255.0) * paper.opacity, all = over + under;
    const auto mixed = [&](int of_ink, int of_paper) {
      return byte((over * of_ink + under * of_paper) / (all > 0 ? all : 1));
    };
    const std::uint8_t inks[] = {mixed(ink.red, paper.red), mixed(ink.green, paper.green), mixed(ink.blue, paper.blue)};
    for (int c = 0; c < 3; ++c)
      pixel[c] = palette == "ink" ? inks[c] : static_cast<std::uint8_t>(palette == "grey" ? grey : 255 - pixel[c]);
    if (palette == "ink")
      pixel[3] = byte(pixel[3] * (all / 255));
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

/// What a tag says of its picture, and how large it is to be shown.
struct Wanted {
  ModelChoice model;
  DrawRequest request;
  TagFlags tag;
  TagSize size;
};

/// Draws a poster into a file, and gives its <img>, whose address is `address`. Errors: invalid_argument for what has
/// no poster, such as a text that changes with the time.
Result<std::string> write_poster(Model& model, const Wanted& wanted, const PosterOptions& options,
                                 const std::filesystem::path& file, const std::string& address) {
  if (wanted.request.text && is_live(*wanted.request.text))
    return fail(ErrorCode::invalid_argument, "text", "changes with the time, and has no poster");
  GANLET_TRY(Image picture, model.picture(wanted.request));
  GANLET_CHECK(color_picture(picture, wanted.tag, options.color));
  GANLET_TRY(const ImageFacts facts, model.facts());
  // 128 CSS pixels per image, or the largest whole factor below that.
  const Image drawn = enlarged(picture, options.scale > 0 ? options.scale : std::max(1, 128 / facts.image.width));
  GANLET_TRY(const std::vector<std::byte> bytes, encode_png(drawn, model.origin_of(wanted.request)));
  GANLET_CHECK(write_whole(file, bytes));
  std::fprintf(stderr, "%s: %d x %d pixels, %zu bytes\n", file.c_str(), drawn.width, drawn.height, bytes.size());
  const std::string* const alt = given(wanted.tag, "alt");
  const auto [width, height] = wanted.size.of(drawn.width, drawn.height);
  const double across = static_cast<double>(width) * drawn.height, down = static_cast<double>(height) * drawn.width;
  const bool is_stretched = std::abs(across - down) > std::max(drawn.width, drawn.height);
  return concat("<img src=\"", escaped(address), "\" width=\"", width, "\" height=\"", height, "\" alt=\"",
                escaped(alt != nullptr ? *alt : description_of(model, wanted.request)), "\"",
                is_stretched ? " style=\"object-fit: contain\"" : "", ">");
}

Result<void> poster(const PosterOptions& options) {
  Wanted wanted{options.model, options.flags.request(), options.tag, {}};
  wanted.tag.set_part(options.model.part);
  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  const std::string name = std::filesystem::path(options.output).filename().string();
  GANLET_TRY(const std::string image, write_poster(model, wanted, options, options.output, concat(options.base, name)));
  std::printf("%s\n", tag_of(options.model.name, wanted.request, wanted.tag, image).c_str());
  return {};
}

/// What a tag of a page says. Of `random` pictures, any is the poster: seed 0's, so that each build writes the same.
Result<Wanted> wanted_by(const PageTag& tag, const ModelChoice& model) {
  Wanted wanted{model, {}, {}, {}};
  wanted.model.name = "digits";
  RequestReader reader;
  for (const auto& [name, value] : tag.attributes) {
    if (name == "model")
      wanted.model.name = value;
    else if (name == "model-part" && !value.empty())
      wanted.model.part = value;
    else if (name == "palette" || name == "ink" || name == "paper" || name == "alt")
      wanted.tag.attributes.emplace_back(name, value);
    else if (!wanted.size.set(name, value) && request_field(name) != nullptr)
      GANLET_CHECK(reader.set(name, name != "seed" ? value : value == "random" ? "0" : seed_of(value)));
  }
  wanted.tag.set_part(wanted.model.part);
  GANLET_TRY(wanted.request, std::move(reader).finish());
  return wanted;
}

/// A file's name that says what its picture shows: `digits-2026-7.png`. Equal pictures have equal names.
std::string file_name_of(const Wanted& wanted, std::map<std::string, std::string>& names) {
  std::string what = wanted.model.name, name;
  for (const auto& [setting, value] : settings_of(wanted.request))
    what += concat("-", value);
  for (const char c : what.substr(0, 60))
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  const std::string identity = tag_of(wanted.model.name, wanted.request, wanted.tag, "");
  std::string unused = name;
  for (int number = 2; names.try_emplace(unused, identity).first->second != identity; ++number)
    unused = concat(name, "-", number);
  return unused + ".png";
}

/// Draws the posters of all elements of a page, and puts each into its tag.
Result<void> posters_of_page(const PosterOptions& options) {
  constexpr std::int64_t most_page_bytes = std::int64_t{1} << 24;
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(options.page, most_page_bytes));
  const std::string_view html(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::filesystem::path folder = std::filesystem::path(options.output).parent_path();
  const std::filesystem::path pictures = options.pictures.empty() ? folder : std::filesystem::path(options.pictures);
  std::map<std::pair<std::string, std::string>, Model> models; // by name and part
  std::map<std::string, std::string> names;
  std::string page;
  std::size_t written = 0;
  for (const PageTag& tag : tags_of_page(html)) {
    const auto image = [&]() -> Result<std::string> {
      if (!is_only_a_picture(html.substr(tag.content, tag.content_size)))
        return fail(ErrorCode::invalid_argument, "", "it has content of its own, which stays");
      GANLET_TRY(const Wanted wanted, wanted_by(tag, options.model));
      const std::pair key(wanted.model.name, wanted.model.part);
      auto model = models.find(key);
      if (model == models.end()) {
        GANLET_TRY(Model loaded, load_model(key.first, load_options(wanted.model, options.engine)));
        model = models.emplace(key, std::move(loaded)).first;
      }
      const std::string file = file_name_of(wanted, names);
      const std::string path = pictures.lexically_relative(folder).lexically_normal().generic_string();
      const std::string below = path.empty() || path == "." ? "" : path + "/";
      return write_poster(model->second, wanted, options, pictures / file,
                          concat(options.base.empty() ? below : options.base, file));
    }();
    if (!image) {
      std::fprintf(stderr, "%s:%d: <ganlet-image> gets no poster: %s\n", options.page.c_str(), tag.line,
                   image.error().text().c_str());
      continue;
    }
    page += concat(html.substr(written, tag.content - written), *image);
    written = tag.content + tag.content_size;
  }
  page += html.substr(written);
  return write_whole(options.output, std::as_bytes(std::span(page)));
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
  command.add_option("--color", options->color, "The colour of the text around the tag, which currentColor means")
      ->check([](const std::string& text) {
        return css_color(text) ? std::string() : concat("--color must be ", css_color_forms);
      })
      ->type_name("COLOR")
      ->capture_default_str();
  command.add_option("--base", options->base, "What the picture's address begins with, such as https://me.example/")
      ->type_name("URL");
  command
      .add_option(
          "--page", options->page,
          "Instead of MODEL: draw the posters of all tags of this HTML page, and write the page with them inside")
      ->type_name("FILE");
  command.add_option("--pictures", options->pictures, "Folder for the pictures of a page [the page's]")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command.add_option("-o,--output", options->output, "PNG or, with --page, HTML to write")
      ->type_name("FILE")
      ->required();
  add_engine(command, options->engine);
  CLI::Option& model = *command.get_option("MODEL")->required(false);
  command.callback([options, &model, &outcome] {
    if (model.empty() == options->page.empty())
      throw CLI::ValidationError("poster needs either MODEL or --page");
    outcome = options->page.empty() ? poster(*options) : posters_of_page(*options);
  });
}

} // namespace ganlet::tool
