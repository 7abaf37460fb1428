// The page that says which layers are read.

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "import/aten.h"
#include "import/keras_network.h"
#include "import/tf_graph.h"
#include "import/tflite_network.h"
#include "imported.h"

namespace ganlet::test {
namespace {

using namespace importing::keras;

/// docs/importing.md is this page; GANLET_WRITE_DOCS=1 writes it.
std::string listed(const std::vector<std::string_view>& names) {
  std::string text, line;
  for (const std::string_view name : names) {
    if (line.size() + name.size() > 110) {
      text += line + '\n';
      line.clear();
    }
    line += concat(line.empty() ? "" : " ", "`", name, "`");
  }
  return text + line + "\n";
}

std::string page() {
  std::string text =
      "# Importing\n\n"
      "Every command of `ganlet` that takes a model takes these files as well, and `ganlet import FILE -o model.onnx` "
      "makes an ONNX file\nof one, which other runtimes draw the same. So does `load(file)` in JavaScript, whose "
      "models have "
      "`onnx()`; it fetches\n`ganlet-import.wasm` for files of Keras and TensorFlow.js, `ganlet-import-lite.wasm` for "
      "TensorFlow Lite's, and\n`ganlet-import-torch.wasm` for PyTorch's. On the page and in the studio such files are "
      "dropped or opened, several at once where\na model has several, and the page saves what they became. What a "
      "file is, its bytes say and not its name. How to save one,\n[bring-your-own.md](bring-your-own.md) says.\n\n"
      "- `.h5` and `.keras` of Keras 1 to 3: Sequential and functional models, models inside models, shared layers.\n"
      "- TensorFlow.js's layers models, quantized or not: `model.json`, its folder, a .zip of that, or all its files; "
      "in JavaScript\n  also the URL of `model.json`.\n"
      "- TensorFlow.js's graph models likewise: frozen graphs without control flow, of the operations below.\n"
      "- `.pt2` of PyTorch's `torch.export.save`: 2.5 to 2.7, and the PT2 archive since 2.8; as exported, and after "
      "`run_decompositions()`.\n"
      "- `.tflite` of TensorFlow Lite: float32, float16 and int8. Weights in int8 stay so. Networks that compute with "
      "integers compute with the\n  real numbers that these stand for instead, clipped to their range.\n"
      "- `.pt`, `.pth` (also from before PyTorch 1.6) and `.safetensors` have tensors but no network: `ganlet info` "
      "lists them. Nothing in\n  them is executed. If the tensors can only be one chain of layers, `--chain` guesses "
      "its network, and so does\n  `load(file, { chain: true })`; the page draws what is guessed and says what that "
      "is, and the studio asks first.\n\n"
      "TorchScript, SavedModel and other `.pb`, `.ckpt`, `.npz`, `.mlmodel` and `.pkl` files are refused; the message "
      "says what to do instead.\n\n"
      "## Keras and TensorFlow.js\n\n"
      "Weights alone (`save_weights`) are refused: they don't say what to compute. Where a file has a generator with "
      "its\n"
      "discriminator behind it, the generator is taken; `ganlet import --network NAME` takes another one. Pictures "
      "come "
      "out as\nKeras has them, (N,H,W,C); a latent (N,1,1,Z) is taken as (N,Z,1,1), and a column of labels that only "
      "an "
      "Embedding\nreads as whole numbers. Dropout and noise do nothing. Sizes but the batch must be fixed. Layers and "
      "operations that can't be read\nare named all at once.\n\n"
      "The lists are written by `GANLET_WRITE_DOCS=1 build/desktop/bin/ganlet_import_tests --gtest_filter='Layers.*'` "
      "from\n"
      "`src/import/keras_layers.cpp`, `tf_kinds.cpp`, `aten_ops.cpp` and `tflite_ops.cpp`. `tests/import/layers.py` "
      "computes the layers another way, but for those of\nthree axes; TensorFlow.js itself judges what it can read of "
      "them, and the graphs (`tests/web/import_tfjs.test.mjs`).\n\n"
      "| layer | not supported |\n|---|---|\n";
  for (const LayerKind& kind : layer_kinds())
    text += concat("| ", kind.class_name, " | ", kind.without, " |\n");
  text += "\n## Operations of graphs\n\n";
  std::vector<std::string_view> names;
  for (const importing::tf::Kind& kind : importing::tf::kinds())
    names.push_back(kind.op);
  text += listed(names);
  text +=
      "\n## PyTorch\n\n"
      "These operations of ATen can be in a `.pt2` file, also in place (`relu_`). Random numbers are drawn by "
      "each picture's seed.\nThe networks of `tests/import/torch_networks.py` and `torch_operations.py` are compared "
      "with PyTorch.\n\n";
  names.clear();
  for (const importing::aten::OpKind& kind : importing::aten::op_kinds())
    names.push_back(kind.name);
  text += listed(names);
  text += "\n## TensorFlow Lite\n\n"
          "The first network of a file is read, with the batch that it has; also MediaPipe's "
          "`Convolution2DTransposeBias`. Results are compared\nwith `tests/import/make_tflite.py`, which computes them "
          "in NumPy.\n\n";
  names.clear();
  for (const importing::tflite::OpKind& kind : importing::tflite::op_kinds())
    names.push_back(kind.name);
  return text + listed(names);
}

TEST(Layers, ThePageOfLayersIsCurrent) {
  const fs::path file = fs::path(GANLET_SOURCE_DIR) / "docs/importing.md";
  if (std::getenv("GANLET_WRITE_DOCS"))
    std::ofstream(file) << page();
  EXPECT_EQ(words_of(file), page());
}

} // namespace
} // namespace ganlet::test
