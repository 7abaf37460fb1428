#include <cstdio>
#include <memory>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "commands.h"
#include "core/text.h"
#include "generator/onnx_order.h"
#include "image/image_writer.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "options.h"

namespace ganlet::tool {

namespace {

enum class OutputFormat { png, jpeg, json, npy };

struct GenerateOptions {
  ModelChoice model;
  Engine engine;
  Request request;
  std::string text;
  std::int64_t label = 0;
  int columns = 0; ///< 0: a row for text, else nearly a square
  int scale = 1;
  std::string format;
  std::string output;
};

/// By --format, else by the output's extension; throws where neither says.
OutputFormat output_format(const GenerateOptions& options) {
  const std::string path = options.format.empty() ? options.output : "." + options.format;
  const std::string name = options.format.empty() ? path : "picture" + path;
  if (const std::optional<ImageFormat> image = image_format_of(name))
    return *image == ImageFormat::png ? OutputFormat::png : OutputFormat::jpeg;
  const std::string extension = std::filesystem::path(name).extension().string();
  if (extension == ".json")
    return OutputFormat::json;
  if (extension == ".npy")
    return OutputFormat::npy;
  throw CLI::ValidationError("-o", options.output == "-"
                                       ? "standard output needs --format png, jpg, json or npy"
                                       : "the name must end in .png, .jpg, .json or .npy, or --format say which");
}

/// Raw network output as a .npy file of shape (N,C,H,W).
Result<std::vector<std::byte>> network_output(TruncatingGenerator& generator, const Request& request) {
  GANLET_TRY(const std::int64_t count, generator.generator().count_of(request));
  const ImageSize& size = generator.generator().roles().image_size;
  GANLET_TRY(const Shape shape,
             Shape::make(std::vector<std::int64_t>{count, size.height, size.width, size.channels}, Limits{}, "output"));
  Tensor values(DataType::float32, shape);
  float* to = values.as<float>().data();
  GANLET_CHECK(generator.generate_values(request, [&](std::span<const float> batch, std::int64_t, std::int64_t) {
    to = std::copy(batch.begin(), batch.end(), to);
    return true;
  }));
  Value value;
  value.channels_last = true;
  return write_npy(onnx_order(value, values.view()).view());
}

int default_columns(const Request& request, std::size_t count) {
  return request.text ? static_cast<int>(count) : static_cast<int>(square_columns(static_cast<std::int64_t>(count)));
}

/// All images in one, as asked.
Result<Image> picture_of(TruncatingGenerator& generator, const GenerateOptions& options) {
  GANLET_TRY(const std::vector<Image> images, generator.generate(options.request));
  const int columns = options.columns > 0 ? options.columns : default_columns(options.request, images.size());
  const std::int64_t across = std::min<std::int64_t>(columns, static_cast<std::int64_t>(images.size()));
  const std::int64_t down = (static_cast<std::int64_t>(images.size()) + across - 1) / across;
  const std::int64_t width = across * images[0].width * options.scale;
  const std::int64_t height = down * images[0].height * options.scale;
  constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
  if (width > most_pixels / height)
    return fail(ErrorCode::limit_exceeded, "picture",
                concat("would have ", width, " x ", height, " pixels; at most ", most_pixels, " are allowed"));
  return enlarged(grid(images, columns), options.scale);
}

Result<std::vector<std::byte>> encode_picture(const Image& picture, OutputFormat format, int channels) {
  if (format == OutputFormat::png)
    return encode_png(picture);
  if (format == OutputFormat::jpeg)
    return encode_jpeg(picture);
  const std::string rows = json_rows(picture, channels);
  const auto bytes = std::as_bytes(std::span(rows));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Result<void> generate(const GenerateOptions& options) {
  const OutputFormat format = output_format(options);
  if (options.request.text)
    GANLET_CHECK(check_digits(*options.request.text, options.request.text_limit));
  GANLET_TRY(TruncatingGenerator generator,
             load_truncating_generator(options.model.name, load_options(options.model, options.engine),
                                       options.request.truncation));
  if (format == OutputFormat::npy) {
    GANLET_TRY(const std::vector<std::byte> bytes, network_output(generator, options.request));
    return write_whole(options.output, bytes);
  }
  GANLET_TRY(const Image picture, picture_of(generator, options));
  GANLET_TRY(const std::vector<std::byte> bytes,
             encode_picture(picture, format, generator.generator().image_channels()));
  GANLET_CHECK(write_whole(options.output, bytes));
  std::fprintf(stderr, "%s: %d x %d pixels\n", options.output.c_str(), picture.width, picture.height);
  return {};
}

} // namespace

void add_generate(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<GenerateOptions>();
  CLI::App& command = *app.add_subcommand("generate", "Draw pictures");
  add_model(command, options->model);
  CLI::Option* text =
      command.add_option("--text", options->text, "A number to write, at most 1000 digits, in one hand")
          ->type_name("DIGITS");
  CLI::Option* label =
      command.add_option("--label", options->label, "The class to draw; by default images take turns through all")
          ->type_name("N");
  command.add_flag("--vary", options->request.vary, "With --text: each digit in a hand of its own")->needs(text);
  command.add_option("--seed", options->request.seed, "Which picture; image i of --count has seed S + i")
      ->type_name("S")
      ->capture_default_str();
  command.add_option("--count", options->request.count, "How many images")
      ->type_name("N")
      ->excludes(text)
      ->capture_default_str();
  command
      .add_option("--columns", options->columns,
                  "Images side by side; by default one row of text, else nearly a square")
      ->check(CLI::Range(1, 1 << 20))
      ->type_name("C");
  command.add_option("--truncation", options->request.truncation, "0 (all alike) to 1 (full variety)")
      ->type_name("PSI")
      ->capture_default_str();
  command.add_option("--scale", options->scale, "Enlarge each pixel so many times")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--format", options->format,
                  "png, jpg, json (rows of 0-255) or npy (raw float32 (N,C,H,W)); default: by the name's extension")
      ->check(CLI::IsMember({"png", "jpg", "json", "npy"}))
      ->type_name("NAME");
  command.add_option("-o,--output", options->output, "File to write, whole or not at all; - is standard output")
      ->type_name("FILE")
      ->required();
  add_engine(command, options->engine);
  label->excludes(text);
  command.callback([options, text, label, &outcome] {
    if (text->count() > 0)
      options->request.text = options->text;
    if (label->count() > 0)
      options->request.label = options->label;
    outcome = generate(*options);
  });
}

} // namespace ganlet::tool
