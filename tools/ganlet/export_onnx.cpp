#include <cstdio>
#include <memory>

#include "commands.h"
#include "core/text.h"
#include "image/whole_file.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct ExportOptions {
  ModelChoice model;
  std::string output;
};

Result<void> export_network(const ExportOptions& options) {
  GANLET_TRY(const ModelFolder folder, find_model(options.model.name, options.model.directories()));
  GANLET_TRY(const std::vector<std::byte> bytes, read_network(folder, options.model.part, Limits{}));
  GANLET_CHECK(write_whole(options.output, bytes));
  std::fprintf(options.output == "-" ? stderr : stdout, "%s bytes -> %s\n",
               with_commas(static_cast<std::int64_t>(bytes.size())).c_str(), options.output.c_str());
  return {};
}

} // namespace

void add_export_onnx(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App& command = *app.add_subcommand(
      "export-onnx", "Write a model's generator as one ONNX file, for other runtimes: latents in, images out");
  add_model(command, options->model);
  command.add_option("-o,--output", options->output, "The file to write, whole or not at all")
      ->type_name("FILE.onnx")
      ->required();
  command.callback([options, &outcome] { outcome = export_network(*options); });
}

} // namespace ganlet::tool
