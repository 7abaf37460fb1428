#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "commands.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct EncodeOptions {
  ModelChoice model;
  Engine engine;
  std::string picture;
  std::string output;
  std::int64_t label = 0;
  bool has_label = false;
  int scale = 1;
};

Result<Model> open(const EncodeOptions& options) {
  return load_model(options.model.name, load_options(options.model, options.engine));
}

Result<std::vector<float>> latent_of(const EncodeOptions& options, Model& model) {
  GANLET_TRY(Encoder* const encoder, model.encoder());
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(options.picture, Limits{}.file_bytes));
  GANLET_TRY(const Image picture, decode_image(bytes, options.picture));
  return encoder->encode(picture);
}

Result<void> encode(const EncodeOptions& options) {
  const std::string extension =
      options.output == "-" ? ".json" : std::filesystem::path(options.output).extension().string();
  if (extension != ".json" && extension != ".npy")
    throw CLI::ValidationError("-o", "the name must end in .json or .npy");
  GANLET_TRY(Model model, open(options));
  GANLET_TRY(const std::vector<float> latent, latent_of(options, model));
  if (extension == ".npy") {
    const Tensor values = Tensor::of<float>(Shape{1, static_cast<std::int64_t>(latent.size())}, latent);
    return write_whole(options.output, write_npy(values.view()));
  }
  const std::string text = nlohmann::json(latent).dump() + "\n";
  return write_whole(options.output, std::as_bytes(std::span(text)));
}

Result<void> reconstruct(const EncodeOptions& options) {
  const std::optional<ImageFormat> format = image_format_of(options.output);
  if (!format)
    throw CLI::ValidationError("-o", "the name must end in .png or .jpg");
  GANLET_TRY(Model model, open(options));
  DrawRequest request;
  GANLET_TRY(request.latents, latent_of(options, model));
  if (options.has_label)
    request.label = options.label;
  GANLET_TRY(const Image picture, model.picture(request));
  const Image large = enlarged(picture, options.scale);
  GANLET_TRY(const std::vector<std::byte> file,
             format == ImageFormat::png ? encode_png(large, model.origin_of(request)) : encode_jpeg(large));
  return write_whole(options.output, file);
}

void add_common(CLI::App& command, EncodeOptions& options, const char* output) {
  add_model(command, options.model);
  command.add_option("image", options.picture, "A PNG or JPEG file of any size and colour; - is standard input")
      ->type_name("IMAGE")
      ->required();
  command.add_option("-o,--output", options.output, output)->type_name("FILE")->required();
  add_engine(command, options.engine);
}

} // namespace

void add_encode(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<EncodeOptions>();
  CLI::App& command = *app.add_subcommand("encode", "Find a picture's latent, with a model that has an encoder");
  add_common(command, *options,
             "File to write, whole or not at all: .json (a list) or .npy (1, Z); - is JSON on standard output");
  command.callback([options, &outcome] { outcome = encode(*options); });
}

void add_reconstruct(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<EncodeOptions>();
  CLI::App& command =
      *app.add_subcommand("reconstruct", "Draw a picture again from its latent, with a model that has an encoder");
  add_common(command, *options, "File to write, whole or not at all: .png or .jpg");
  CLI::Option* label =
      command.add_option("--label", options->label, "The class to draw it as, where the model has classes")
          ->type_name("N");
  command.add_option("--scale", options->scale, "Enlarge each pixel so many times")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command.callback([options, label, &outcome] {
    options->has_label = label->count() > 0;
    outcome = reconstruct(*options);
  });
}

} // namespace ganlet::tool
