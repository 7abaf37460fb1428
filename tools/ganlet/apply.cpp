#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/Error.hpp>

#include "batch_lines.h"
#include "commands.h"
#include "core/text.h"
#include "generator/translator.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "lines.h"
#include "options.h"

/// Networks from pictures to pictures.
namespace ganlet::tool {

namespace {

namespace fs = std::filesystem;

struct ApplyOptions {
  ModelChoice model;
  Engine engine;
  std::string picture;
  bool lines = false;
  std::optional<ValueRange> output_range;
  std::string output;
};

std::string words_of(const std::optional<ValueRange>& range) {
  return range ? range_text(*range, 0) : "unknown";
}

Result<void> apply_to(Translator& translator, const fs::path& from, const fs::path& to) {
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(from, Limits{}.file_bytes));
  GANLET_TRY(const Image picture, decode_image(bytes, from.string()));
  Result<Image> result = translator.apply(picture);
  if (!result)
    return tl::unexpected(std::move(result).error().within(from.string()));
  GANLET_CHECK(write_image(to, *result));
  std::fprintf(stderr, "%s: %d x %d to %d x %d pixels; numbers in: %s, out: %s\n", to.c_str(), picture.width,
               picture.height, result->width, result->height, words_of(translator.input_range()).c_str(),
               words_of(translator.output_range()).c_str());
  return {};
}

/// The pictures of a folder, in the order of their names.
std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
    if (entry.is_regular_file(ignored) && image_format_of(entry.path().string()))
      found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

/// Each picture of a folder into another folder, as PNG. One that can't be used is told and passed over.
Result<void> apply_to_folder(Translator& translator, const fs::path& from, const fs::path& to) {
  const std::vector<fs::path> pictures = pictures_in(from);
  if (pictures.empty())
    return fail(ErrorCode::not_found, from.string(), "has no .png, .jpg or .jpeg");
  std::error_code failed;
  if (fs::create_directories(to, failed); failed)
    return fail(ErrorCode::io, to.string(), failed.message());
  std::size_t left_out = 0;
  for (const fs::path& picture : pictures)
    if (const Result<void> done = apply_to(translator, picture, to / picture.filename().replace_extension(".png"));
        !done) {
      std::fprintf(stderr, "%s\n", done.error().text().c_str());
      ++left_out;
    }
  if (left_out == pictures.size())
    return fail(ErrorCode::invalid_argument, from.string(), "has no picture that could be used");
  if (left_out > 0)
    std::fprintf(stderr, "%zu of %zu pictures were left out\n", left_out, pictures.size());
  return {};
}

Result<Image> apply_to_line(Translator& translator, const LineReader::Line& line, std::string& key) {
  if (!line.complete)
    return tl::unexpected(too_long_a_line());
  GANLET_TRY(const Json json, read_line(line.text, key));
  const Json* const given = json.find("image_bytes");
  if (given == nullptr)
    return fail(ErrorCode::invalid_argument, "image_bytes", "is missing: {\"b64\": \"<PNG or JPEG in base64>\"}");
  GANLET_TRY(const Image picture, picture_in(*given));
  return translator.apply(picture);
}

/// Answers each line of standard input by one.
Result<void> apply_to_lines(Translator& translator) {
  std::signal(SIGPIPE, SIG_IGN);
  LineReader lines(STDIN_FILENO, longest_line);
  while (const std::optional<LineReader::Line> line = lines.next()) {
    if (line->text.empty() && line->complete)
      continue;
    std::string key = "null";
    Result<Image> made = apply_to_line(translator, *line, key);
    GANLET_TRY(const std::string answer,
               made ? answer_with(key, *made, {}) : Result<std::string>(answer_with(key, made.error())));
    GANLET_TRY(const bool is_read, write_answers(answer));
    if (!is_read)
      return {};
  }
  return check_read(lines);
}

void check_names(const ApplyOptions& options, bool is_folder) {
  if (options.lines != options.picture.empty() || options.lines != options.output.empty())
    throw CLI::ValidationError("apply", "takes a PICTURE and -o, or --lines and neither of them");
  if (!options.lines && !is_folder && !image_format_of(options.output))
    throw CLI::ValidationError("-o", "the name must end in .png or .jpg");
}

Result<void> apply(const ApplyOptions& options) {
  std::error_code ignored;
  const bool is_folder = fs::is_directory(options.picture, ignored);
  check_names(options, is_folder);
  GANLET_TRY(OpenedModel opened, open_model(options.model));
  const std::optional<ValueRange>& told = opened.folder.description.value_range;
  const std::optional<ValueRange> range = options.model.range ? options.model.range : told;
  const Translator::Ranges ranges{range, options.output_range ? options.output_range : range};
  const CompileOptions compile = options.engine.compile_options();
  auto translator =
      Translator::open(opened.contents, std::move(opened.model), ranges, options.engine.backend(), compile);
  opened.contents = {}; // the translator has what it needs of it
  if (!translator)
    return tl::unexpected(std::move(translator).error().within(opened.file));
  if (options.lines)
    return apply_to_lines(**translator);
  return is_folder ? apply_to_folder(**translator, options.picture, options.output)
                   : apply_to(**translator, options.picture, options.output);
}

} // namespace

void add_apply(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<ApplyOptions>();
  CLI::App& command = *app.add_subcommand(
      "apply", "Run a network from pictures to pictures: pix2pix, style transfer, super-resolution, an autoencoder");
  add_model(command, options->model);
  command.add_option("PICTURE", options->picture, "A PNG or JPEG file, or a folder of them; - is standard input");
  add_range(command, "--range", options->model.range,
            "The network's numbers for black and white; default: model.json's, else by its end, else by trying");
  add_range(command, "--output-range", options->output_range, "The same for what it makes [--range]");
  command.add_option("-o,--output", options->output, "File to write, .png or .jpg; for a folder, a folder")
      ->type_name("OUT");
  command.add_flag(
      "--lines", options->lines,
      "Rather than PICTURE and -o: answers JSON lines {\"key\": .., \"image_bytes\": {\"b64\": \"<PNG or "
      "JPEG>\"}} on standard input, as `batch` does, by {\"key\": .., \"prediction\": \"<PNG in base64>\"}");
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = apply(*options); });
}

} // namespace ganlet::tool
