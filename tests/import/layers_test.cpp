// The page that says which layers are read.

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "import/keras_network.h"
#include "import/tf_graph.h"
#include "imported.h"

namespace ganlet::test {
namespace {

using namespace importing::keras;

/// docs/importing.md is this page; GANLET_WRITE_DOCS=1 writes it.
std::string page() {
  std::string text =
      "# Importing\n\n"
      "Every command of `ganlet` that takes a model takes these files as well, and `ganlet import FILE -o model.onnx` "
      "makes an ONNX file\nof one, which other runtimes draw the same. So does `load(file)` in JavaScript, which "
      "fetches "
      "`ganlet-import.wasm` for them and\nwhose models have `onnx()`; on the page and in the studio such files are "
      "dropped or opened, several at once where a model has\nseveral, and the page saves what they became. What a file "
      "is, its bytes say and not its name.\n\n"
      "- `.h5` and `.keras` of Keras 1 to 3: Sequential and functional models, models inside models, shared layers.\n"
      "- TensorFlow.js's layers models, quantized or not: `model.json`, its folder, a .zip of that, or all its files; "
      "in "
      "JavaScript\n  also the URL of `model.json`.\n"
      "- TensorFlow.js's graph models likewise: frozen graphs without control flow, of the operations below.\n\n"
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
      "`src/import/keras_layers.cpp` and `src/import/tf_kinds.cpp`. `tests/import/layers.py` computes the layers "
      "another "
      "way, but for those of\nthree axes; TensorFlow.js itself judges what it can read of them, and the graphs "
      "(`tests/web/import_tfjs.test.mjs`).\n\n"
      "| layer | not supported |\n|---|---|\n";
  for (const LayerKind& kind : layer_kinds())
    text += concat("| ", kind.class_name, " | ", kind.without, " |\n");
  text += "\n## Operations of graphs\n\n";
  std::string line;
  for (const importing::tf::Kind& kind : importing::tf::kinds()) {
    if (line.size() + kind.op.size() > 110) {
      text += line + '\n';
      line.clear();
    }
    line += concat(line.empty() ? "" : " ", "`", kind.op, "`");
  }
  return text + line + "\n";
}

TEST(Layers, ThePageOfLayersIsCurrent) {
  const fs::path file = fs::path(GANLET_SOURCE_DIR) / "docs/importing.md";
  if (std::getenv("GANLET_WRITE_DOCS"))
    std::ofstream(file) << page();
  EXPECT_EQ(words_of(file), page());
}

} // namespace
} // namespace ganlet::test
