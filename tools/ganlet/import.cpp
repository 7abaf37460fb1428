#include <cstdio>
#include <memory>

#include "commands.h"
#include "core/text.h"
#include "image/whole_file.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct ImportChoice {
  std::string input, network, output;
  bool chain = false;
};

Result<void> import_file(const ImportChoice& choice) {
  GANLET_TRY(ModelFolder folder, find_model(choice.input, {}));
  folder.network = choice.network;
  folder.chain = choice.chain;
  GANLET_TRY(const std::vector<std::byte> bytes, read_network(folder, "generator", Limits{}));
  const std::string output = choice.output.empty() ? folder.description.id + ".onnx" : choice.output;
  GANLET_CHECK(write_whole(output, bytes));
  std::fprintf(output == "-" ? stderr : stdout, "%s -> %s (%s bytes)\n", choice.input.c_str(), output.c_str(),
               with_commas(static_cast<std::int64_t>(bytes.size())).c_str());
  return {};
}

} // namespace

void add_import(CLI::App& app, Result<void>& outcome) {
  auto choice = std::make_shared<ImportChoice>();
  CLI::App& command = *app.add_subcommand(
      "import", "Make an ONNX file of a model of Keras, PyTorch or TensorFlow; other commands take such files as well");
  command
      .add_option("FILE", choice->input,
                  "A .h5, .keras, .pt2 or .tflite file, or TensorFlow.js's model.json, its folder, or a .zip of that")
      ->required();
  command.add_option("--network", choice->network, "Of several models in one file, the one to take")->type_name("NAME");
  command.add_flag("--chain", choice->chain, "Guess the network of a PyTorch file that only has tensors");
  command.add_option("-o,--output", choice->output, "The file to write, whole or not at all; default: FILE's name")
      ->type_name("OUT.onnx");
  command.callback([choice, &outcome] { outcome = import_file(*choice); });
}

} // namespace ganlet::tool
