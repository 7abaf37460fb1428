#include "contenders.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <onnxruntime_cxx_api.h>

#include "core/rng.h"
#include "graph/lower.h"
#include "onnx/reader.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet::bench {

namespace {

constexpr std::int64_t micro_batch = 16;

template <typename T> T value_or_exit(Result<T> result, const std::filesystem::path& file) {
  if (result)
    return std::move(*result);
  std::fprintf(stderr, "%s: %s\n", file.c_str(), result.error().text().c_str());
  std::exit(1);
}

std::vector<char> bytes_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    std::fprintf(stderr, "%s: can't be read\n", file.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(stream), {}};
}

Tensor make_input(DataType type, const Shape& shape) {
  Tensor tensor(type, shape);
  if (type == DataType::float32)
    Rng(1).fill_normal(tensor.as<float>());
  if (type == DataType::int64)
    for (std::size_t i = 0; i < tensor.as<std::int64_t>().size(); ++i)
      tensor.as<std::int64_t>()[i] = static_cast<std::int64_t>(i % 10);
  return tensor;
}

class Ours final : public Contender {
 public:
  explicit Ours(const std::filesystem::path& file) {
    const std::vector<char> bytes = bytes_of_file(file);
    LowerOptions lowering;
    lowering.evaluate = reference::evaluate;
    lowering.prefers = xnn::backend.prefers;
    const Limits limits;
    onnx::Model model = value_or_exit(onnx::read(std::as_bytes(std::span(bytes)), limits), file);
    Graph graph = value_or_exit(lower(std::move(model), lowering), file);
    program_ = value_or_exit(xnn::backend.compile(std::move(graph), CompileOptions{}), file);
  }

  std::vector<NamedTensor> make_inputs(std::int64_t batch) override {
    const Graph& graph = program_->graph();
    std::vector<NamedTensor> inputs;
    for (const ValueId id : graph.inputs) {
      const Value& value = graph.values[static_cast<std::size_t>(id)];
      inputs.push_back(
          {value.name,
           make_input(value.type, value_or_exit(resolve(value.shape, batch, Limits{}, value.name), value.name))});
    }
    batch_ = batch;
    return inputs;
  }

  void run(const std::vector<NamedTensor>& inputs) override {
    output_.clear();
    for (std::int64_t first = 0; first < batch_; first += micro_batch)
      run_some(inputs, first, std::min(micro_batch, batch_ - first));
  }

  std::vector<float> output() override {
    if (!channels_last_)
      return output_;
    std::vector<float> planes(output_.size());
    const auto pixels = static_cast<std::size_t>(shape_[1] * shape_[2]), channels = static_cast<std::size_t>(shape_[3]);
    for (std::size_t i = 0; i < output_.size(); ++i) {
      const std::size_t channel = i % channels, pixel = i / channels % pixels, image = i / channels / pixels;
      planes[(image * channels + channel) * pixels + pixel] = output_[i];
    }
    return planes;
  }

 private:
  void run_some(const std::vector<NamedTensor>& inputs, std::int64_t first, std::int64_t count) {
    views_.clear();
    for (const NamedTensor& input : inputs) {
      const TensorView whole = input.tensor.view();
      std::vector<std::int64_t> sizes(whole.shape.sizes().begin(), whole.shape.sizes().end());
      const std::size_t row = whole.bytes() / static_cast<std::size_t>(batch_);
      sizes[0] = count;
      views_.push_back({whole.type,
                        value_or_exit(Shape::make(sizes, Limits{}, input.name), input.name),
                        static_cast<std::byte*>(whole.data) + static_cast<std::size_t>(first) * row,
                        {}});
    }
    const TensorView output = value_or_exit(program_->run(views_), "run")[0];
    const std::span<const float> values = output.as<const float>();
    output_.insert(output_.end(), values.begin(), values.end());
    shape_ = output.shape;
    channels_last_ = program_->graph().values[static_cast<std::size_t>(program_->graph().outputs[0])].channels_last;
  }

  std::unique_ptr<Program> program_;
  std::int64_t batch_ = 0;
  std::vector<TensorView> views_;
  std::vector<float> output_;
  Shape shape_;
  bool channels_last_ = false;
};

class OnnxRuntime final : public Contender {
 public:
  explicit OnnxRuntime(const std::filesystem::path& file) {
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.SetInterOpNumThreads(1);
    options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    session_ = Ort::Session(environment_, file.c_str(), options);
    Ort::AllocatorWithDefaultOptions allocator;
    output_name_ = session_.GetOutputNameAllocated(0, allocator).get();
  }

  std::vector<NamedTensor> make_inputs(std::int64_t batch) override {
    Ort::AllocatorWithDefaultOptions allocator;
    std::vector<NamedTensor> inputs;
    for (std::size_t i = 0; i < session_.GetInputCount(); ++i) {
      const std::string name = session_.GetInputNameAllocated(i, allocator).get();
      const auto type_info = session_.GetInputTypeInfo(i);
      const auto info = type_info.GetTensorTypeAndShapeInfo();
      std::vector<std::int64_t> sizes = info.GetShape();
      sizes[0] = batch;
      const bool is_float = info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
      inputs.push_back({name, make_input(is_float ? DataType::float32 : DataType::int64,
                                         value_or_exit(Shape::make(sizes, Limits{}, name), name))});
    }
    return inputs;
  }

  void run(const std::vector<NamedTensor>& inputs) override {
    const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    std::vector<const char*> names;
    std::vector<Ort::Value> values;
    for (const NamedTensor& input : inputs) {
      const TensorView view = input.tensor.view();
      names.push_back(input.name.c_str());
      const std::span<const std::int64_t> sizes = view.shape.sizes();
      const auto type =
          view.type == DataType::float32 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT : ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
      values.push_back(Ort::Value::CreateTensor(memory, view.data, view.bytes(), sizes.data(), sizes.size(), type));
    }
    const char* output_name = output_name_.c_str();
    outputs_ = session_.Run(Ort::RunOptions{nullptr}, names.data(), values.data(), values.size(), &output_name, 1);
  }

  std::vector<float> output() override {
    const float* values = outputs_[0].GetTensorData<float>();
    return {values, values + outputs_[0].GetTensorTypeAndShapeInfo().GetElementCount()};
  }

 private:
  Ort::Env environment_{ORT_LOGGING_LEVEL_ERROR, "bench"};
  Ort::Session session_{nullptr};
  std::string output_name_;
  std::vector<Ort::Value> outputs_;
};

} // namespace

std::unique_ptr<Contender> make_ours(const std::filesystem::path& file) {
  return std::make_unique<Ours>(file);
}

std::unique_ptr<Contender> make_onnx_runtime(const std::filesystem::path& file) {
  return std::make_unique<OnnxRuntime>(file);
}

} // namespace ganlet::bench
