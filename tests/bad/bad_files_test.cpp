// Each file in this folder is refused, at the latest as a generator, with the message in the .txt file beside it. Files
// are in Protocol Buffers' text format (.textproto), or as they are (.onnx) where they are no Protocol Buffers at all.
// Those in valid/ look as bad, and run.

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "bad_files.h"
#include "generator/read_graph.h"
#include "generator/roles.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

#ifdef GANLET_PROGRAM
#include <sys/wait.h>
#endif

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(GANLET_SOURCE_DIR) / "tests" / "bad";

/// Zeros for every input, a batch of one. Gives the sum of all outputs, which has to be finite.
Result<double> run_once(const Graph& lowered, const Backend& backend) {
  GANLET_TRY(const auto program, backend.compile(lowered.clone(), {}));
  const Graph& graph = program->graph();
  std::vector<Tensor> inputs;
  std::vector<TensorView> views;
  for (const ValueId id : graph.inputs) {
    GANLET_TRY(const Shape shape, resolve(graph.values[id].shape, 1, Limits{}, graph.values[id].name));
    inputs.emplace_back(graph.values[id].type, shape);
    views.push_back(inputs.back().view());
  }
  GANLET_TRY(const auto outputs, program->run(views));
  double sum = 0;
  for (const TensorView& output : outputs)
    if (output.type == DataType::float32)
      for (const float value : output.as<const float>())
        sum += static_cast<double>(value);
  return sum;
}

Result<Graph> read_and_lower(std::span<const std::byte> bytes) {
  return read_graph(bytes, {}, {});
}

Result<void> read_run_and_find_roles(std::span<const std::byte> bytes) {
  GANLET_TRY(const auto graph, read_and_lower(bytes));
  GANLET_CHECK(run_once(graph, reference::backend));
  GANLET_CHECK(find_roles(graph, {}));
  return {};
}

class BadFile : public testing::TestWithParam<fs::path> {
 protected:
  /// What the .txt file beside it says, without its line end.
  std::string wanted() const { return line_of(".txt"); }
  /// What the program says, which reads more than ONNX: in .program, where that is something else.
  std::string wanted_of_program() const {
    return fs::exists(fs::path(GetParam()).replace_extension(".program")) ? line_of(".program") : wanted();
  }

 private:
  std::string line_of(const char* extension) const {
    std::string text = text_of(fs::path(GetParam()).replace_extension(extension));
    while (text.ends_with('\n'))
      text.pop_back();
    return text;
  }
};

TEST_P(BadFile, IsRefusedWithItsMessage) {
  const auto done = read_run_and_find_roles(bytes_of(GetParam()));
  ASSERT_FALSE(done) << "was read, lowered and run";
  EXPECT_EQ(done.error().text(), wanted());
  EXPECT_FALSE(wanted().empty());
}

#ifdef GANLET_PROGRAM
TEST_P(BadFile, EndsTheProgramWithStatus1AndNothingWritten) {
  const fs::path scratch = fs::path(testing::TempDir()) / ("ganlet_bad_" + GetParam().stem().string());
  fs::remove_all(scratch);
  fs::create_directories(scratch);
  const fs::path model = scratch / "model.onnx", messages = scratch / "messages";
  const std::vector<std::byte> bytes = bytes_of(GetParam());
  std::ofstream(model, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));

  const std::string command = std::string(GANLET_PROGRAM) + " info --backend reference " + model.string() + " > " +
                              (scratch / "results").string() + " 2> " + messages.string();
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status));
  // A network that can't be a generator can be told about nevertheless, with the reason.
  const bool is_network = text_of(scratch / "results").find("no generator") != std::string::npos;
  EXPECT_EQ(WEXITSTATUS(status), is_network ? 0 : 1);
  if (!is_network)
    EXPECT_EQ(text_of(scratch / "results"), "");
  const std::string said = text_of(scratch / "results") + text_of(messages);
  EXPECT_NE(said.find(wanted_of_program()), std::string::npos) << said;

  const std::string draw = std::string(GANLET_PROGRAM) + " generate " + model.string() + " -o " +
                           (scratch / "picture.png").string() + " 2> " + messages.string();
  EXPECT_EQ(WEXITSTATUS(std::system(draw.c_str())), 1);
  EXPECT_NE(text_of(messages), "");
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch), {}), 3)
      << "something was written beside model, results and messages";
  fs::remove_all(scratch);
}
#endif

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
  return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Bad, BadFile, testing::ValuesIn(files_in(folder)), name_of);

class ValidFile : public testing::TestWithParam<fs::path> {};

TEST_P(ValidFile, Runs) {
  const auto graph = read_generator(bytes_of(GetParam()), {}, {});
  ASSERT_TRUE(graph) << graph.error().text();
  const auto fast = run_once(*graph, xnn::backend);
  ASSERT_TRUE(fast) << fast.error().text();
  EXPECT_TRUE(std::isfinite(*fast));
  if (multiply_adds_of(*graph, 1) > 1 << 26)
    return; // takes long, and XNNPACK leaves it to the reference anyway
  const auto plain = run_once(*graph, reference::backend);
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_EQ(*fast, *plain);
}

INSTANTIATE_TEST_SUITE_P(Bad, ValidFile, testing::ValuesIn(files_in(folder / "valid")), name_of);

TEST(BadFiles, AreManyAndEachHasAMessage) {
  EXPECT_GE(files_in(folder).size(), 170u);
  std::size_t messages = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    messages += entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt";
  EXPECT_EQ(messages, files_in(folder).size());
}

} // namespace
} // namespace ganlet::test
