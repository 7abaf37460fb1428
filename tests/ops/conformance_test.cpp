// ONNX's own test cases: a model, its inputs and the outputs that it must give.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>

#include "backends/backends.h"
#include "core/text.h"
#include "graph/lower.h"
#include "graph/onnx_ops.h"
#include "onnx/reader.h"
#include "reference/reference.h"
#include "support/pretend.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

Bytes bytes_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// The model with opset 6, which isn't read, declared as 7: most operations mean the same since. Those that don't are
/// among the skips. ModelProto has opset_import as field 8, which has the version as field 2; all numbers here fit
/// one byte or are lengths.
Bytes with_opset_7(Bytes model) {
  std::size_t at = 0;
  const auto varint = [&] {
    std::size_t value = 0;
    for (int shift = 0; at < model.size(); shift += 7) {
      const auto byte = static_cast<std::size_t>(model[at++]);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80)
        break;
    }
    return value;
  };
  while (at < model.size()) {
    const std::size_t key = varint();
    if ((key & 7) == 0) {
      varint();
      continue;
    }
    const std::size_t end = varint() + at;
    for (std::size_t inside = at; key == (8 << 3 | 2) && inside + 1 < end;) {
      const bool is_version = model[inside] == std::byte{2 << 3};
      if (is_version)
        model[inside + 1] = std::max(model[inside + 1], std::byte{7});
      inside += is_version ? 2 : 2 + static_cast<std::size_t>(model[inside + 1]);
    }
    at = end;
  }
  return model;
}

struct Case {
  std::string name; ///< "node/test_relu"
  fs::path folder;
  Result<onnx::Model> model;

  fs::path data(const char* kind, std::size_t index) const {
    return folder / "test_data_set_0" / concat(kind, "_", index, ".pb");
  }
  bool has_only_our_ops() const {
    return std::ranges::all_of(model->nodes,
                               [](const onnx::Node& node) { return find_onnx_op(node.op_type) != nullptr; });
  }
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const std::string group : {"node", "pytorch-converted", "pytorch-operator", "simple"})
    for (const auto& entry : fs::directory_iterator(fs::path(GANLET_ONNX_TEST_DATA) / group)) {
      const fs::path folder = entry.path();
      cases.push_back({group + "/" + folder.filename().string(), folder,
                       onnx::read(with_opset_7(bytes_of_file(folder / "model.onnx")), {})});
    }
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

/// Cases by name, with why they can't pass: conformance_skips.txt has a reason in each line that isn't indented, over
/// the cases that have it.
std::map<std::string, std::string> read_skips() {
  std::ifstream file(fs::path(GANLET_SOURCE_DIR) / "tests/ops/conformance_skips.txt");
  std::map<std::string, std::string> skips;
  std::string reason;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("  "))
      EXPECT_TRUE(skips.emplace(line.substr(2), reason).second) << line << " is listed twice";
    else
      reason = line;
  }
  return skips;
}

Result<std::vector<Tensor>> read_inputs(const Case& a_case) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < a_case.model->inputs.size(); ++i) {
    GANLET_TRY(Tensor input, onnx::read_tensor(bytes_of_file(a_case.data("input", i)), {}));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

/// The model with its inputs from index `first` on as constants.
onnx::Model with_constants(const onnx::Model& model, std::span<const Tensor> inputs, std::size_t first) {
  onnx::Model bound = onnx::clone(model);
  for (std::size_t i = first; i < inputs.size(); ++i)
    bound.initializers[bound.inputs[i].name] = inputs[i].clone();
  bound.inputs.resize(first);
  return bound;
}

/// ONNX's cases have everything as inputs, even shapes and weights, which ganlet wants as constants. So the later
/// inputs become constants where they must, and the first one only where all else fails (then folding gives the
/// answer).
struct Lowered {
  Graph graph;
  std::size_t inputs = 0; ///< how many are still inputs
};

Result<Lowered> lower_with_constants(const onnx::Model& model, std::span<const Tensor> inputs) {
  Result<Graph> graph;
  for (const std::size_t first : {inputs.size(), std::size_t{1}, std::size_t{0}}) {
    const std::size_t left = std::min(first, inputs.size());
    graph = lower(with_constants(model, inputs, left), {.evaluate = reference::evaluate});
    if (graph)
      return Lowered{std::move(*graph), left};
  }
  return tl::unexpected<Error>(std::move(graph).error());
}

double value_at(const TensorView& view, std::size_t index) {
  if (view.type == DataType::float32)
    return static_cast<double>(view.as<float>()[index]);
  if (view.type == DataType::int64)
    return static_cast<double>(view.as<std::int64_t>()[index]);
  return view.as<std::uint8_t>()[index];
}

/// What is wrong with an output; nothing where it is what it must be, to `tolerance` absolutely or relatively.
std::string difference(const TensorView& given, const TensorView& wanted, double tolerance) {
  if (given.type != wanted.type || given.shape != wanted.shape)
    return concat("is ", name_of(given.type), " ", given.shape.text(), ", must be ", name_of(wanted.type), " ",
                  wanted.shape.text());
  for (std::size_t i = 0; i < static_cast<std::size_t>(given.shape.elements()); ++i) {
    const double a = value_at(given, i), b = value_at(wanted, i);
    const bool both_nan = a != a && b != b;
    if (a != b && !both_nan && !(std::fabs(a - b) <= tolerance * (1 + std::fabs(b))))
      return concat("element ", i, " is ", a, ", must be ", b);
  }
  return "";
}

Result<void> check_outputs(const Case& a_case, const Graph& graph, std::span<const Buffer> outputs, double tolerance) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    GANLET_TRY(const Tensor wanted, onnx::read_tensor(bytes_of_file(a_case.data("output", i)), {}));
    TensorView given = outputs[i].view;
    Tensor plain;
    if (graph.values[static_cast<std::size_t>(graph.outputs[i])].channels_last) {
      plain = Tensor(given.type, Shape{given.shape[0], given.shape[3], given.shape[1], given.shape[2]});
      GANLET_CHECK(reference::evaluate(op::Transpose{{0, 3, 1, 2}}, std::span(&given, 1), plain.view()));
      given = plain.view();
    }
    if (std::string text = difference(given, wanted.view(), tolerance); !text.empty())
      return fail(ErrorCode::corrupt, concat("output ", i), std::move(text));
  }
  return {};
}

Result<void> run_case(const Case& a_case, const Backend& backend) {
  GANLET_TRY(const std::vector<Tensor> inputs, read_inputs(a_case));
  GANLET_TRY(Lowered lowered, lower_with_constants(*a_case.model, inputs));
  GANLET_TRY(const std::unique_ptr<Program> program, backend.compile(std::move(lowered.graph), {}));
  std::vector<Buffer> given;
  for (std::size_t i = 0; i < lowered.inputs; ++i)
    given.push_back({inputs[i].view(), nullptr});
  Budget budget(Limits{}.run_units);
  GANLET_TRY(Run run, program->start(given, budget));
  GANLET_TRY(const std::span<const Buffer> outputs, run.wait());
  const bool has_four_digits = a_case.name == "node/test_gridsample_bicubic";
  return check_outputs(a_case, program->graph(), outputs, backend.name == "gl" || has_four_digits ? 1e-4 : 1e-5);
}

void expect_onnxs_answers(const Backend& backend) {
  const std::map<std::string, std::string> skips = read_skips();
  int passed = 0, skipped = 0, nodes = 0;
  for (const Case& a_case : all_cases()) {
    if (!a_case.model || !a_case.has_only_our_ops())
      continue;
    const Result<void> ran = run_case(a_case, backend);
    const auto skip = skips.find(a_case.name);
    if (skip == skips.end())
      EXPECT_TRUE(ran) << a_case.name << ": " << ran.error().text();
    else
      EXPECT_FALSE(ran) << a_case.name << " passes, but is skipped because " << skip->second;
    ++(skip == skips.end() ? passed : skipped);
    nodes += skip == skips.end() && a_case.name.starts_with("node/");
  }
  std::cout << passed << " cases, " << nodes << " of them of single operators; " << skipped << " skipped\n";
  EXPECT_GT(passed, 900);
}

TEST(Conformance, ReferenceGivesOnnxsAnswers) {
  expect_onnxs_answers(reference::backend);
}

TEST(Conformance, XnnGivesOnnxsAnswers) {
  expect_onnxs_answers(xnn::backend);
}

#ifdef GANLET_TEST_GL
TEST(Conformance, GpusGiveOnnxsAnswers) {
  const auto gpu = backend_named("gl");
  ASSERT_TRUE(gpu) << gpu.error().text();
  expect_onnxs_answers(**gpu);
}
#endif

TEST(Conformance, DevicesGiveOnnxsAnswers) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    test::pretence = {.seed = seed};
    expect_onnxs_answers(seed == 3 ? test::pretend_before_xnn : test::pretend);
  }
}

TEST(Conformance, SkipsNameCasesOfOurOps) {
  std::vector<std::string> names;
  for (const Case& a_case : all_cases())
    if (a_case.model && a_case.has_only_our_ops())
      names.push_back(a_case.name);
  for (const auto& [name, reason] : read_skips()) {
    EXPECT_TRUE(std::ranges::binary_search(names, name)) << name;
    EXPECT_GT(reason.size(), 10) << name;
  }
}

/// What isn't ours is refused by name, and never runs into anything.
TEST(Conformance, EverythingElseIsRefused) {
  for (const Case& a_case : all_cases()) {
    if (a_case.model && a_case.has_only_our_ops())
      continue;
    const Result<Graph> lowered =
        a_case.model ? lower(onnx::clone(*a_case.model), {.evaluate = reference::evaluate}) : Graph{};
    ASSERT_TRUE(!a_case.model || !lowered) << a_case.name << " is supported, and has to be a case";
    const Error& error = a_case.model ? lowered.error() : a_case.model.error();
    const bool is_of_other_domains = error.place() == "model.opset_import"; // alone
    EXPECT_TRUE(error.code() == ErrorCode::unsupported || error.code() == ErrorCode::limit_exceeded ||
                is_of_other_domains)
        << a_case.name << ": " << error.text();
    EXPECT_FALSE(error.place().empty()) << a_case.name << ": " << error.text();
  }
}

} // namespace
} // namespace ganlet
