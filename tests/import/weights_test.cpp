// Files of tensors without a network: listed, refused with what to do, and as chains drawn as PyTorch draws them.

#include "import/torch_tensors.h"
#include "import/torch_weights.h"
#include "judged.h"

namespace ganlet::test {
namespace {

const Made& files() {
  static const Made made("make_weights.py");
  return made;
}

std::string refusal_of(const fs::path& file, bool chain = false) {
  Budget budget(Limits{}.load_units);
  const auto model = importing::read(content_of(file), {"", {}, chain}, {}, budget);
  return model ? "" : model.error().text();
}

TEST(TorchWeights, FilesAreWritten) {
  ASSERT_TRUE(files().works()) << "python3-torch and python3-numpy are needed (tools/setup.sh)";
}

/// The DCGAN tutorial's network comes out right with nothing picked, from every kind of file.
TEST(TorchWeights, ChainsGiveWhatPyTorchComputes) {
  int count = 0;
  for (const fs::path& file : files().models())
    if (file.filename().string().starts_with("chain_")) {
      SCOPED_TRACE(file.filename());
      expect_reference_right(file);
      ++count;
    }
  EXPECT_EQ(count, 8);
}

TEST(TorchWeights, AreRefusedWithThreeLines) {
  EXPECT_EQ(refusal_of(files().folder() / "chain_tutorial.pth"),
            "torch: this file has tensors (25) and not the network that they belong to (ganlet info lists them); in "
            "Python: net.load_state_dict(torch.load(FILE)); net.eval(); torch.onnx.export(net, torch.randn(1, 10, 1, "
            "1), 'generator.onnx'); or --chain ({ chain: true } in JavaScript), which guesses the network from its "
            "tensors");
  const std::string lines =
      "torch: this file has tensors (3) and not the network that they belong to (ganlet info lists them); in Python: "
      "net.load_state_dict(torch.load(FILE)); net.eval(); torch.onnx.export(net, torch.randn(1, Z), 'generator.onnx')";
  EXPECT_EQ(refusal_of(files().folder() / "strided.pth"), lines);
  EXPECT_EQ(refusal_of(files().folder() / "strided.pth", true),
            lines + "; the tensors are no chain of layers that can be told for certain: 'base' is neither a weight nor "
                    "a bias");
}

TEST(TorchWeights, AreListed) {
  Budget budget(Limits{}.load_units);
  const auto tensors = importing::list_tensors(content_of(files().folder() / "half.pth"), {}, budget);
  ASSERT_TRUE(tensors) << tensors.error().text();
  ASSERT_EQ(tensors->size(), 11u);
  EXPECT_EQ(tensors->front().name, "0.weight");
  EXPECT_EQ(tensors->front().type, "float16");
  EXPECT_EQ(tensors->front().shape, (std::vector<std::int64_t>{16, 5}));
}

/// Also where it doesn't lie in rows.
TEST(TorchWeights, AreRead) {
  Budget budget(Limits{}.load_units);
  const auto bytes = content_of(files().folder() / "strided.pth");
  const auto file = importing::TorchFile::open(bytes, {}, budget);
  ASSERT_TRUE(file) << file.error().text();
  importing::HeldBytes held{Limits{}};
  const auto base = file->read(file->tensors()[0], held, budget);
  ASSERT_TRUE(base) << base.error().text();
  EXPECT_EQ(base->shape().text(), "(3, 3)");
  const std::vector<float> values(base->as<float>().begin(), base->as<float>().end());
  EXPECT_EQ(values, (std::vector<float>{1, 5, 9, 2, 6, 10, 3, 7, 11}));
  const auto brain = file->read(file->tensors()[2], held, budget);
  ASSERT_TRUE(brain) << brain.error().text();
  EXPECT_EQ(brain->as<float>()[1], 1);
}

} // namespace
} // namespace ganlet::test
