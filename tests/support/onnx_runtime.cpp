#include "support/onnx_runtime.h"

#include <stdexcept>

#include <onnxruntime_cxx_api.h>

namespace ganlet::test {

namespace {

Ort::Env& environment() {
  static Ort::Env instance(ORT_LOGGING_LEVEL_ERROR, "tests");
  return instance;
}

ONNXTensorElementDataType element_type_of(DataType type) {
  return type == DataType::float32 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT : ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
}

} // namespace

Tensor run_in_onnx_runtime(std::span<const std::byte> file, const std::vector<NamedTensor>& inputs) {
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(1);
  options.SetInterOpNumThreads(1);
  options.SetGraphOptimizationLevel(ORT_DISABLE_ALL);
  Ort::Session session(environment(), file.data(), file.size(), options);

  const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<const char*> names;
  std::vector<Ort::Value> values;
  for (const NamedTensor& input : inputs) {
    const TensorView view = input.tensor.view();
    const std::span<const std::int64_t> sizes = view.shape.sizes();
    names.push_back(input.name.c_str());
    values.push_back(Ort::Value::CreateTensor(memory, view.data, view.bytes(), sizes.data(), sizes.size(),
                                              element_type_of(view.type)));
  }
  Ort::AllocatorWithDefaultOptions allocator;
  const Ort::AllocatedStringPtr output_name = session.GetOutputNameAllocated(0, allocator);
  const char* output = output_name.get();
  const auto outputs = session.Run(Ort::RunOptions{nullptr}, names.data(), values.data(), values.size(), &output, 1);

  const auto info = outputs[0].GetTensorTypeAndShapeInfo();
  if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
    throw std::runtime_error("the output isn't float32");
  const std::vector<std::int64_t> sizes = info.GetShape();
  const auto shape = Shape::make(sizes, Limits{}, "output");
  if (!shape)
    throw std::runtime_error(shape.error().text());
  return Tensor::of<float>(*shape, std::span(outputs[0].GetTensorData<float>(), info.GetElementCount()));
}

} // namespace ganlet::test
