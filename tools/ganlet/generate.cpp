#include <algorithm>
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
#include "request_flags.h"

namespace ganlet::tool {

namespace {

enum class OutputFormat { png, jpeg, json, npy };

struct GenerateOptions {
  ModelChoice model;
  Engine engine;
  RequestFlags flags;
  int scale = 1;
  std::string format;
  std::string output;
};

/// The format given by --format, else by the output's extension; throws if neither determines it.
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
Result<std::vector<std::byte>> network_output(Model& model, DrawRequest request) {
  GANLET_TRY(Drawing drawing, model.draw(std::move(request), Keep::nothing));
  const ImageSize& size = drawing.facts().image;
  const std::vector<std::int64_t> sizes{drawing.count(), size.height, size.width, size.channels};
  GANLET_TRY(const Shape shape, Shape::make(sizes, model.options().compile.limits, "output"));
  Tensor values(DataType::float32, shape);
  float* to = values.as<float>().data();
  while (!drawing.is_done()) {
    GANLET_TRY(const Drawing::Images images, drawing.step());
    to = std::copy(images.values.begin(), images.values.end(), to);
  }
  Value value;
  value.channels_last = true;
  return write_npy(onnx_order(value, values.view()).view());
}

/// All images in one picture, as requested.
Result<Image> picture_of(Model& model, DrawRequest request, int scale) {
  GANLET_TRY(Drawing drawing, model.draw(std::move(request)));
  const std::int64_t width = std::int64_t{drawing.picture().width} * scale;
  const std::int64_t height = std::int64_t{drawing.picture().height} * scale;
  constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
  if (width > most_pixels / height)
    return fail(ErrorCode::limit_exceeded, "picture",
                concat("would have ", width, " x ", height, " pixels; at most ", most_pixels, " are allowed"));
  GANLET_CHECK(drawing.finish());
  return enlarged(drawing.picture(), scale);
}

Result<std::vector<std::byte>> encode_picture(const Image& picture, OutputFormat format, int channels,
                                              const PictureTexts& texts) {
  if (format == OutputFormat::png)
    return encode_png(picture, texts);
  if (format == OutputFormat::jpeg)
    return encode_jpeg(picture);
  const std::string rows = json_rows(picture, channels);
  const auto bytes = std::as_bytes(std::span(rows));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Result<void> generate(const GenerateOptions& options) {
  const OutputFormat format = output_format(options);
  DrawRequest request = options.flags.request();
  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  if (format == OutputFormat::npy) {
    GANLET_TRY(const std::vector<std::byte> bytes, network_output(model, std::move(request)));
    return write_whole(options.output, bytes);
  }
  const PictureTexts texts = model.origin_of(request);
  GANLET_TRY(const Image picture, picture_of(model, std::move(request), options.scale));
  GANLET_TRY(const ImageFacts facts, model.facts());
  GANLET_TRY(const std::vector<std::byte> bytes, encode_picture(picture, format, facts.image.channels, texts));
  GANLET_CHECK(write_whole(options.output, bytes));
  std::fprintf(stderr, "%s: %d x %d pixels%s\n", options.output.c_str(), picture.width, picture.height,
               measured_text(facts).c_str());
  return {};
}

void add_drawing_command(CLI::App& app, const std::string& name, const std::string& description,
                         Result<void>& outcome) {
  auto options = std::make_shared<GenerateOptions>();
  CLI::App& command = *app.add_subcommand(name, description);
  add_model(command, options->model);
  add_image(command, options->model);
  options->flags.add_all_but(command, {"style_shifts"});
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
  command.callback([options, &outcome] { outcome = generate(*options); });
}

} // namespace

void add_generate(CLI::App& app, Result<void>& outcome) {
  add_drawing_command(app, "generate", "Draw pictures", outcome);
}

void add_mix(CLI::App& app, Result<void>& outcome) {
  add_drawing_command(app, "mix", "The same as generate, under the name that mixing styles (--mix) has had", outcome);
}

} // namespace ganlet::tool
