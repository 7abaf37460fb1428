#include "export.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "onnx/quantize.h"
#include "onnx/writer.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

constexpr const char* latent = "z";

void multiply_latents(onnx::Model& model, double spread) {
  for (onnx::Node& node : model.nodes)
    std::ranges::replace(node.inputs, std::string(latent), std::string("spread.z"));
  Tensor factor(DataType::float32, Shape{1});
  factor.as<float>()[0] = static_cast<float>(spread);
  model.initializers.emplace("spread.factor", std::move(factor));
  model.nodes.insert(model.nodes.begin(), {"Mul", "", "spread", {latent, "spread.factor"}, {"spread.z"}, {}});
}

void describe(onnx::Model& model, const Checkpoint& checkpoint) {
  model.metadata = {{"family", checkpoint.settings.family},
                    {"steps", std::to_string(checkpoint.step)},
                    {"seed", std::to_string(checkpoint.settings.seed)}};
}

Result<void> write_array(const fs::path& file, const torch::Tensor& values) {
  const torch::Tensor dense = values.detach().to(torch::kFloat).contiguous();
  GANLET_TRY(const Shape shape, Shape::make({dense.sizes().data(), dense.sizes().size()}, Limits{}, file.string()));
  Tensor tensor(DataType::float32, shape);
  std::memcpy(tensor.view().data, dense.const_data_ptr(), tensor.bytes());
  return write_whole(file, write_npy(tensor.view()));
}

} // namespace

onnx::Model exported(const Checkpoint& checkpoint, double spread) {
  onnx::Model model = checkpoint.family->exported();
  if (spread != 1)
    multiply_latents(model, spread);
  describe(model, checkpoint);
  return model;
}

std::vector<ExportedPart> exported_parts(const Checkpoint& checkpoint, double spread) {
  std::vector<ExportedPart> parts = checkpoint.family->parts();
  for (ExportedPart& part : parts) {
    if (spread != 1 && part.name == "generator")
      multiply_latents(part.model, spread);
    describe(part.model, checkpoint);
  }
  return parts;
}

Result<void> export_folder(const fs::path& run, const fs::path& folder, double spread) {
  GANLET_TRY(const Checkpoint checkpoint, load_checkpoint(checkpoint_file(run)));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(ErrorCode::io, folder.string(), concat("can't be made: ", error.message()));
  for (ExportedPart& part : exported_parts(checkpoint, spread)) {
    GANLET_CHECK(write_whole(folder / (part.name + "-f32.onnx"), onnx::write(part.model)));
    GANLET_TRY(const onnx::Model small, onnx::quantize(std::move(part.model)));
    GANLET_CHECK(write_whole(folder / (part.name + ".onnx"), onnx::write(small)));
  }
  for (const ExportedArray& array : checkpoint.family->arrays())
    GANLET_CHECK(write_array(folder / (array.name + ".npy"), array.values));
  if (!fs::is_directory(run))
    return {};
  const auto taken_over = [&](const char* from, const char* to) {
    if (!error && fs::exists(run / from))
      fs::copy(run / from, folder / to, fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  };
  taken_over("along", "along");
  taken_over("config.json", "config.json");
  taken_over("log.csv", "losses.csv");
  return error ? fail(ErrorCode::io, folder.string(), error.message()) : Result<void>();
}

Result<void> export_onnx(const std::filesystem::path& run, const std::filesystem::path& output, double spread) {
  GANLET_TRY(const Checkpoint checkpoint, load_checkpoint(checkpoint_file(run)));
  return write_whole(output, onnx::write(exported(checkpoint, spread)));
}

} // namespace ganlet::train
