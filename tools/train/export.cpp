#include "export.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "core/sha256.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "onnx/quantize.h"
#include "onnx/writer.h"
#include "staged_folder.h"
#include "trainer.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

constexpr const char* latent = "z";

bool reads_latents(const onnx::Model& model) {
  return std::ranges::any_of(model.inputs, [](const onnx::ValueInfo& input) { return input.name == latent; });
}

void multiply_latents(onnx::Model& model, double spread) {
  for (onnx::Node& node : model.nodes)
    std::ranges::replace(node.inputs, std::string(latent), std::string("spread.z"));
  Tensor factor(DataType::float32, Shape{1});
  factor.as<float>()[0] = static_cast<float>(spread);
  model.initializers.emplace("spread.factor", std::move(factor));
  model.nodes.insert(model.nodes.begin(), {"Mul", "spread", {latent, "spread.factor"}, {"spread.z"}, {}});
}

void describe(onnx::Model& model, const Checkpoint& checkpoint) {
  model.metadata = {{"family", checkpoint.settings.family},
                    {"steps", std::to_string(checkpoint.step)},
                    {"seed", std::to_string(checkpoint.settings.seed)}};
}

std::vector<std::byte> bytes_of(const torch::Tensor& values) {
  const torch::Tensor dense = values.detach().to(torch::kFloat).contiguous();
  const Result<Shape> shape = Shape::make({dense.sizes().data(), dense.sizes().size()}, Limits{}, "array");
  TORCH_CHECK(shape.has_value(), "an array is too large");
  Tensor tensor(DataType::float32, *shape);
  std::memcpy(tensor.view().data, dense.const_data_ptr(), tensor.bytes());
  return write_npy(tensor.view());
}

std::int64_t weights_of(const onnx::Model& model) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : model.initializers)
    if (tensor.type() == DataType::float32)
      count += static_cast<std::int64_t>(tensor.as<float>().size());
  return count;
}

/// A model's folder while it is filled: each file that is written becomes a part.
class ModelWriter {
 public:
  ModelWriter(fs::path folder, ModelAbout& about) : folder_(std::move(folder)), about_(about) {}

  Result<void> write(PartFile part, std::span<const std::byte> bytes) {
    GANLET_CHECK(write_whole(folder_ / part.file, bytes));
    part.bytes = static_cast<std::int64_t>(bytes.size());
    part.sha256 = sha256_text(bytes);
    about_.parts.push_back(std::move(part));
    return {};
  }

  /// In int8, and in float32.
  Result<void> write(ExportedPart part) {
    const std::vector<std::byte> exact = onnx::write(part.model);
    GANLET_TRY(const onnx::Model small, onnx::quantize(std::move(part.model)));
    GANLET_CHECK(write({part.name, part.name + ".onnx", part.name + ", int8 weights"}, onnx::write(small)));
    return write({part.name + "_f32", part.name + "-f32.onnx", part.name + " in float32"}, exact);
  }

 private:
  fs::path folder_;
  ModelAbout& about_;
};

/// Errors: invalid_argument for a spread of latents that the network doesn't have.
Result<void> check_spread(const Checkpoint& checkpoint, double spread) {
  if (spread != 1 && checkpoint.settings.options.latent == 0)
    return fail(ErrorCode::invalid_argument, "--spread",
                concat("multiplies latents, and networks of the family ", checkpoint.settings.family, " have none"));
  return {};
}

/// The step in "step_000500.onnx".
std::optional<std::int64_t> step_of(const fs::path& file) {
  const std::string name = file.stem().string();
  constexpr std::string_view prefix = "step_";
  std::int64_t step = 0;
  if (!name.starts_with(prefix) || file.extension() != ".onnx")
    return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), step);
  return error == std::errc() && end == name.data() + name.size() ? std::optional(step) : std::nullopt;
}

/// The generators kept on the way, by step.
Result<void> write_along(const fs::path& run, ModelWriter& writer) {
  std::map<std::int64_t, fs::path> kept;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run / "along", error))
    if (const std::optional<std::int64_t> step = step_of(entry.path()))
      kept.emplace(*step, entry.path());
  constexpr std::int64_t most_bytes = std::int64_t{1} << 30;
  for (const auto& [step, file] : kept) {
    const std::string number = file.stem().string().substr(std::string("step_").size());
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
    GANLET_CHECK(writer.write({"along_" + number, "along-" + number + ".onnx", "", 0, "", step}, bytes));
  }
  return {};
}

/// A given picture, or else a grid of the network's own.
Result<void> write_preview(const Checkpoint& checkpoint, const fs::path& given, const fs::path& file) {
  constexpr std::int64_t rows = 10, most_bytes = std::int64_t{1} << 24;
  if (given.empty())
    return write_image(file, sample_grid(*checkpoint.family, checkpoint.settings, rows));
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(given, most_bytes));
  GANLET_TRY(const Image picture, decode_image(bytes, given.string()));
  return write_image(file, picture);
}

/// What a run's folder knows beside its checkpoint.
Result<void> take_over_run(const fs::path& run, bool with_generators, const fs::path& folder, ModelWriter& writer,
                           ModelAbout& about) {
  if (with_generators)
    GANLET_CHECK(write_along(run, writer));
  std::error_code error;
  if (!fs::exists(run / "log.csv"))
    return {};
  GANLET_TRY(about.losses, read_loss_table(run / "log.csv"));
  fs::copy_file(run / "log.csv", folder / "losses.csv", fs::copy_options::overwrite_existing, error);
  return error ? fail(ErrorCode::io, (folder / "losses.csv").string(), error.message()) : Result<void>();
}

} // namespace

onnx::Model exported(const Checkpoint& checkpoint, double spread) {
  onnx::Model model = checkpoint.family->exported();
  if (spread != 1 && reads_latents(model))
    multiply_latents(model, spread);
  describe(model, checkpoint);
  return model;
}

std::vector<ExportedPart> exported_parts(const Checkpoint& checkpoint, double spread) {
  std::vector<ExportedPart> parts = checkpoint.family->parts();
  for (ExportedPart& part : parts) {
    if (spread != 1 && reads_latents(part.model))
      multiply_latents(part.model, spread);
    describe(part.model, checkpoint);
  }
  return parts;
}

Result<void> export_folder(const fs::path& run, const fs::path& folder, const ExportOptions& options) {
  GANLET_TRY(const Checkpoint checkpoint, load_checkpoint(checkpoint_file(run)));
  GANLET_CHECK(check_spread(checkpoint, options.spread));
  const std::vector<std::string>& class_names = options.card.class_names;
  const std::int64_t classes = checkpoint.settings.options.classes;
  if (!class_names.empty() && static_cast<std::int64_t>(class_names.size()) != classes)
    return fail(ErrorCode::invalid_argument, "--class-names",
                concat(class_names.size(), " names for ", classes, " classes"));
  GANLET_TRY(StagedFolder staged, StagedFolder::begin(folder));
  ModelAbout about{staged.place().filename().string(), checkpoint.settings, checkpoint.step, options.spread};
  if (!class_names.empty())
    about.settings.class_names = class_names;
  ModelWriter writer(staged.path(), about);
  bool is_whole = false; // else generators kept on the way would repeat the networks that draw together
  for (ExportedPart& part : exported_parts(checkpoint, options.spread)) {
    is_whole |= part.name == "generator";
    if (part.name != "encoder")
      about.weights += weights_of(part.model);
    about.has_encoder |= part.name == "encoder";
    GANLET_CHECK(writer.write(std::move(part)));
  }
  for (const ExportedArray& array : checkpoint.family->arrays())
    GANLET_CHECK(writer.write({array.name, array.name + ".npy", array.summary, 0, "", std::nullopt, array.is_part},
                              bytes_of(array.values)));
  if (fs::is_directory(run))
    GANLET_CHECK(take_over_run(run, is_whole, staged.path(), writer, about));
  const std::string settings = text_of(checkpoint.settings);
  GANLET_CHECK(write_whole(staged.path() / "config.json", std::as_bytes(std::span(settings))));
  GANLET_CHECK(write_preview(checkpoint, options.preview, staged.path() / "preview.png"));
  GANLET_CHECK(write_model_card(staged.path(), about, options.card));
  return staged.put_in_place();
}

Result<void> export_onnx(const std::filesystem::path& run, const std::filesystem::path& output, double spread) {
  GANLET_TRY(const Checkpoint checkpoint, load_checkpoint(checkpoint_file(run)));
  GANLET_CHECK(check_spread(checkpoint, spread));
  return write_whole(output, onnx::write(exported(checkpoint, spread)));
}

} // namespace ganlet::train
