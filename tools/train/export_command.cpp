// ganlet-train export.

#include <memory>
#include <string>

#include "commands.h"
#include "export.h"

namespace ganlet::train {

namespace {

struct ExportArguments {
  std::string run;
  std::string output;
  ExportOptions options;
};

void add_card_options(CLI::App& command, CardOptions& card) {
  command.add_option("--title", card.title, "Of the model, for people")->type_name("TEXT");
  command.add_option("--description", card.description, "Of the model, a sentence or two")->type_name("TEXT");
  command
      .add_option("--model-version", card.version,
                  "Of the model: 1 more than the last one's where a seed's picture isn't what it was")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->type_name("N");
  command.add_option("--license", card.license, "Of the model, such as MIT")->type_name("NAME");
  command.add_option("--data-credit", card.data_credit, "What the pictures are, whose, and under which licence")
      ->type_name("TEXT");
  command
      .add_option("--preparation", card.preparation,
                  "How pictures are made ready for an encoder: square (cut and scaled) or digit (centred by mass)")
      ->check(CLI::IsMember({"square", "digit"}))
      ->type_name("NAME");
  command.add_option("--class-names", card.class_names, "What the classes are, in their order, with commas between")
      ->delimiter(',')
      ->type_name("NAMES");
  command.add_option("--metrics", card.metrics, "Report of ganlet-evaluate to take into model.json and the card")
      ->type_name("FILE");
}

} // namespace

void add_export(CLI::App& app, Result<void>& outcome) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App& command = *app.add_subcommand(
      "export", "Write a run's averaged generator as an ONNX file, or the whole model into a folder");
  command.add_option("run", arguments->run, "Folder of a run, or a checkpoint")->type_name("RUN")->required();
  command
      .add_option("-o,--output", arguments->output,
                  "File for the generator alone, or a folder: model.json, a card, all parts in int8 and float32, "
                  "arrays,\nsettings, losses and the generators kept on the way")
      ->type_name("FILE.onnx|DIR")
      ->required();
  command
      .add_option("--spread", arguments->options.spread,
                  "Factor of the latents: slightly above 1 for more variety, below for cleaner pictures")
      ->type_name("FACTOR")
      ->check(CLI::Range(0.1, 10.0))
      ->capture_default_str();
  command
      .add_option("--preview", arguments->options.preview,
                  "Picture for the card and lists of models, such as ganlet-evaluate's --sheet, instead of a grid of "
                  "random\npictures or of pairs learned from")
      ->type_name("FILE");
  add_card_options(command, arguments->options.card);
  command.callback([arguments, &outcome] {
    const std::filesystem::path output = arguments->output;
    outcome = output.extension() == ".onnx" || output == "-"
                  ? export_onnx(arguments->run, output, arguments->options.spread)
                  : export_folder(arguments->run, output, arguments->options);
  });
}

} // namespace ganlet::train
