// Functions, branches and loops within files: what lowering makes of them is what ONNX Runtime runs.

#include <gtest/gtest.h>

#include "exported.h"
#include "support/textproto.h"

namespace ganlet::test {
namespace {

/// x is float32 (3, 4).
void expect_as_onnx_runtime(const std::string& text) {
  const std::vector<std::byte> file = onnx_from_text(text);
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("x", {3, 4}));
  const Tensor theirs = run_in_onnx_runtime(file, inputs);
  for (const Backend* backend : {&reference::backend, &xnn::backend}) {
    const std::vector<float> ours = run_ours(file, *backend, inputs);
    ASSERT_EQ(ours.size(), theirs.as<float>().size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      ASSERT_NEAR(ours[i], theirs.as<float>()[i], 1e-5F) << "element " << i;
  }
  // Written again, it is the same.
  const auto model = onnx::read(file, {});
  ASSERT_TRUE(model) << model.error().text();
  const Tensor again = run_in_onnx_runtime(onnx::write(*model), inputs);
  ASSERT_EQ(again.shape(), theirs.shape());
  for (std::size_t i = 0; i < again.as<float>().size(); ++i)
    ASSERT_NEAR(again.as<float>()[i], theirs.as<float>()[i], 1e-5F) << "element " << i;
}

constexpr const char* values = R"(
  input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_value: 3 } dim { dim_value: 4 } } } } }
  output { name: "y" type { tensor_type { elem_type: 1 } } }
)";

std::string model_of(const std::string& graph, const std::string& more = "") {
  return "ir_version: 8 opset_import { version: 17 } " + more + " graph { name: \"g\" " + graph + values + "}";
}

std::string node(const std::string& op_type, const std::string& inputs, const std::string& outputs,
                 const std::string& more = "") {
  std::string text = "node { op_type: \"" + op_type + "\" ";
  const auto names = [&](const std::string& list, const char* field) {
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t end = std::min(list.find(' ', at), list.size());
      const std::string name = list.substr(at, end - at);
      text += std::string(field) + ": \"" + (name == "-" ? "" : name) + "\" ";
      at = end + 1;
    }
  };
  names(inputs, "input");
  names(outputs, "output");
  return text + more + "}\n";
}

std::string number(const std::string& name, float value) {
  return "initializer { name: \"" + name + "\" data_type: 1 float_data: " + std::to_string(value) + " }\n";
}
std::string integer(const std::string& name, int value) {
  return "initializer { name: \"" + name + "\" data_type: 7 int64_data: " + std::to_string(value) + " }\n";
}
std::string truth(const std::string& name, bool value) {
  return "initializer { name: \"" + name + "\" data_type: 9 int32_data: " + (value ? "1" : "0") + " }\n";
}
std::string value(const char* kind, const std::string& name, int type = 1) {
  return std::string(kind) + " { name: \"" + name + "\" type { tensor_type { elem_type: " + std::to_string(type) +
         " } } }\n";
}
std::string graph_attribute(const std::string& name, const std::string& graph) {
  return "attribute { name: \"" + name + "\" type: 5 g { name: \"" + name + "\" " + graph + "} }\n";
}

TEST(Functions, AreInlinedWithTheirAttributesAndDefaults) {
  // Twice(x; slope) = LeakyRelu(Scaled(x)), and Scaled(x) = x factor + x, each with an attribute of its own.
  const std::string functions =
      "opset_import { domain: \"mine\" version: 1 }"
      "functions { domain: \"mine\" name: \"Bent\" input: \"a\" output: \"b\" attribute: \"slope\" "
      "opset_import { version: 17 } opset_import { domain: \"mine\" version: 1 } " +
      node("Scaled", "a", "inner", "domain: \"mine\"") +
      node("LeakyRelu", "inner", "b", "attribute { name: \"alpha\" type: 1 ref_attr_name: \"slope\" }") +
      "}\nfunctions { domain: \"mine\" name: \"Scaled\" input: \"a\" output: \"b\" opset_import { version: 17 } "
      "attribute_proto { name: \"factor\" type: 1 f: 3 } " +
      node("Constant", "", "inner", "attribute { name: \"value_float\" type: 1 ref_attr_name: \"factor\" }") +
      node("Mul", "a inner", "scaled") + node("Add", "scaled a", "b") + "}\n";
  const std::string slope = "domain: \"mine\" attribute { name: \"slope\" type: 1 f: 0.5 }";
  expect_as_onnx_runtime(
      model_of(node("Bent", "x", "inner", slope) + node("Bent", "inner", "other", slope) +
                   node("Scaled", "other", "y", "domain: \"mine\" attribute { name: \"factor\" type: 1 f: -0.25 }"),
               functions));
}

const std::string clipped =
    "opset_import { domain: \"mine\" version: 1 }"
    "functions { domain: \"mine\" name: \"Clipped\" input: \"a\" input: \"low\" output: \"b\" output: \"c\" "
    "opset_import { version: 17 } " +
    node("Identity", "a", "c") + node("Clip", "a low", "b") + "}\n";

TEST(Functions, MayPassOnAnInput) {
  expect_as_onnx_runtime(model_of(number("zero", 0) + node("Clipped", "x zero", "positive same", "domain: \"mine\"") +
                                      node("Sum", "same positive", "y"),
                                  clipped));
}

/// ONNX Runtime 1.21 crashes here.
TEST(Functions, MayBeCalledWithoutAnInput) {
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("x", {3, 4}));
  const auto file = onnx_from_text(model_of(node("Clipped", "x", "y", "domain: \"mine\""), clipped));
  const std::vector<float> ours = run_ours(file, reference::backend, inputs);
  EXPECT_TRUE(std::ranges::equal(ours, inputs[0].tensor.as<float>()));
}

TEST(Branches, ThatAreKnownAreTaken) {
  for (const bool is_large : {false, true}) {
    // The condition is of the shape: x has more than one or more than ten rows.
    const std::string then_branch = node("Add", "x bias", "sum") + number("bias", 2) + value("output", "sum");
    const std::string else_branch = node("Mul", "x factor", "product") + value("output", "product");
    const std::string graph =
        integer("rows", is_large ? 1 : 10) + integer("zero", 0) + number("factor", 3) + node("Shape", "x", "shape") +
        node("Gather", "shape zero", "count") + node("Greater", "count rows", "condition") +
        node("If", "condition", "y",
             graph_attribute("then_branch", then_branch) + graph_attribute("else_branch", else_branch));
    expect_as_onnx_runtime(model_of(graph));
  }
}

TEST(Branches, AreFoundWithinBranches) {
  const std::string inner = node("Neg", "x", "negated") + value("output", "negated");
  const std::string same = node("Identity", "x", "same") + value("output", "same"); // ONNX Runtime needs a node
  const std::string outer =
      node("If", "yes", "chosen", graph_attribute("then_branch", inner) + graph_attribute("else_branch", same)) +
      value("output", "chosen");
  expect_as_onnx_runtime(
      model_of(truth("yes", true) + truth("no", false) +
               node("If", "no", "y", graph_attribute("then_branch", same) + graph_attribute("else_branch", outer))));
}

/// Inputs of the body: the turn, a condition, and what is carried.
std::string body_inputs() {
  const auto scalar = [](const std::string& name, int type) {
    return "input { name: \"" + name + "\" type { tensor_type { elem_type: " + std::to_string(type) +
           " shape { } } } }\n";
  };
  return scalar("turn", 7) + scalar("before", 9) + value("input", "state");
}

TEST(Loops, AreUnrolledWithWhatTheyCarryAndGather) {
  const std::string body = body_inputs() + node("Cast", "turn", "number", "attribute { name: \"to\" type: 2 i: 1 }") +
                           node("Mul", "state half", "smaller") + node("Add", "smaller number", "next") +
                           node("Identity", "before", "after") + node("ReduceSum", "next", "sum") +
                           value("output", "after", 9) + value("output", "next") + value("output", "sum");
  expect_as_onnx_runtime(model_of(integer("turns", 3) + truth("yes", true) + number("half", 0.5F) +
                                  node("Loop", "turns yes x", "last sums", graph_attribute("body", body)) +
                                  node("ReduceSum", "sums", "all") + node("Add", "last all", "y")));
}

TEST(Loops, EndWhereTheirConditionSays) {
  const std::string body = body_inputs() + node("Add", "state one", "next") + node("Less", "turn most", "after") +
                           value("output", "after", 9) + value("output", "next");
  const std::string more = integer("most", 2) + number("one", 1);
  expect_as_onnx_runtime(model_of(more + node("Loop", "- - x", "y", graph_attribute("body", body))));
  expect_as_onnx_runtime(
      model_of(more + truth("no", false) + node("Loop", "- no x", "y", graph_attribute("body", body))));
}

TEST(Scans, GoThroughAnAxisEitherWay) {
  for (const int axis : {0, 1})
    for (const int is_reversed : {0, 1}) {
      const std::string body = value("input", "sum") + value("input", "part") + node("ReduceSum", "part", "whole") +
                               node("Add", "sum whole", "next") + node("Mul", "part next", "made") +
                               value("output", "next") + value("output", "made");
      const std::string way = " ints: " + std::to_string(is_reversed), along = " ints: " + std::to_string(axis);
      const std::string attributes = "attribute { name: \"num_scan_inputs\" type: 2 i: 1 }"
                                     "attribute { name: \"scan_input_axes\" type: 7" +
                                     along +
                                     " } attribute { name: \"scan_output_axes\" type: 7 ints: 1 }"
                                     "attribute { name: \"scan_input_directions\" type: 7" +
                                     way + " } attribute { name: \"scan_output_directions\" type: 7" + way + " }";
      expect_as_onnx_runtime(model_of("initializer { name: \"zero\" dims: 1 dims: 1 data_type: 1 float_data: 0.5 }\n" +
                                      node("Scan", "zero x", "sum parts", attributes + graph_attribute("body", body)) +
                                      node("Add", "parts sum", "y")));
    }
}

} // namespace
} // namespace ganlet::test
