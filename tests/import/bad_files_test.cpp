// Each file of make_bad_files.py is refused with its message, and so is every prefix of a good one, within the budget.

#include <algorithm>

#include <gtest/gtest.h>

#include "core/text.h"
#include "imported.h"

namespace ganlet::test {
namespace {

TEST(BadFiles, AreRefusedWithTheirMessages) {
  for (const auto& [script, least] : {std::pair{"make_bad_files.py", 30u}, std::pair{"make_bad_torch.py", 45u},
                                      std::pair{"make_bad_tflite.py", 20u}}) {
    const Made made(script);
    ASSERT_TRUE(made.works()) << "python3-h5py and python3-numpy are needed (tools/setup.sh)";
    EXPECT_GE(made.models().size(), least);
    for (const fs::path& file : made.models()) {
      const auto model = import_model(file);
      EXPECT_FALSE(model) << file.filename();
      if (!model)
        EXPECT_EQ(model.error().text(), words_of(file.string() + ".txt")) << file.filename();
    }
  }
}

TEST(BadFiles, APrefixOfAGoodFileIsRefused) {
  const Made made("make_files.py");
  for (const char* name : {"dcgan_keras2.h5", "dcgan_compressed.h5", "dcgan_keras3.keras"}) {
    const std::vector<std::byte> whole = content_of(made.folder() / name);
    ASSERT_FALSE(whole.empty());
    for (std::size_t size = 0; size + 2048 < whole.size(); size += whole.size() / 97 + 1) {
      Budget budget(Limits{}.load_units);
      const auto model = importing::read(std::span(whole).first(size), {}, {}, budget);
      EXPECT_FALSE(model) << name << ' ' << size;
    }
  }
}

// Layers come in reverse order, so that the first, which reads an input very often and the last layer once, waits for
// each of the others.
TEST(BadFiles, LooksAtOperandsAreCharged) {
  constexpr int layers = 1500, reads = 40'000;
  std::string listed = R"({"class_name": "Add", "name": "sum", "config": {}, "inbound_nodes": [[)";
  for (int i = 0; i < reads; ++i)
    listed += R"(["z", 0, 0], )";
  listed += concat(R"(["r)", layers - 1, R"(", 0, 0]]]}, )");
  for (int i = layers - 1; i >= 0; --i)
    listed += concat(R"({"class_name": "ReLU", "name": "r)", i, R"(", "config": {}, "inbound_nodes": [[[")",
                     i == 0 ? "z" : concat("r", i - 1), R"(", 0, 0]]]}, )");
  const std::string json =
      concat(R"({"modelTopology": {"model_config": {"class_name": "Functional", "config": {"name": "m", "layers": [)",
             listed, R"({"class_name": "InputLayer", "name": "z", "config": {"batch_input_shape": [null, 4]}}], )",
             R"("input_layers": [["z", 0, 0]], "output_layers": [["sum", 0, 0]]}}}, "weightsManifest": []})");
  Budget budget(Limits{}.load_units);
  const auto model = importing::read(std::as_bytes(std::span(json)), {}, {}, budget);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(model.error().text().substr(0, 28), "keras: needs 65 units of wor");
}

} // namespace
} // namespace ganlet::test
