#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "core/text.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct ListOptions {
  ModelChoice model; ///< its directory alone
  bool json = false;
};

/// The bytes of the files that drawing needs.
std::int64_t bytes_of(const ModelFolder& model) {
  std::int64_t sum = 0;
  for (const char* const name : {"generator", "mapping", "synthesis", "noise"})
    if (const ModelPart* part = model.description.find_part(name))
      sum += part->bytes.value_or(0);
  return sum;
}

Result<void> list(const ListOptions& options) {
  GANLET_TRY(std::vector<ModelFolder> models, catalogued(options.model.directories()));
  GANLET_TRY(std::vector<ModelFolder> translators, catalogued(options.model.directories(), catalog_of_translators));
  std::ranges::move(translators, std::back_inserter(models));
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const ModelFolder& model : models) {
    const ModelDescription& description = model.description;
    if (options.json)
      document.push_back({{"id", description.id},
                          {"title", description.title},
                          {"description", description.summary},
                          {"license", description.license},
                          {"bytes", bytes_of(model)}});
    else
      std::printf("%s %s bytes  %s\n", left(description.id, 20).c_str(),
                  right(with_commas(bytes_of(model)), 10).c_str(), printable(description.title).c_str());
  }
  if (options.json)
    std::puts(document.dump(2).c_str());
  return {};
}

} // namespace

void add_list(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<ListOptions>();
  CLI::App& command = *app.add_subcommand("list", "List the models that ids name");
  command
      .add_option("--models", options->model.directory,
                  "Directory of models; default: ./models, else what is installed")
      ->type_name("DIR");
  command.add_flag("--json", options->json, "As JSON");
  command.callback([options, &outcome] { outcome = list(*options); });
}

} // namespace ganlet::tool
