#include "model_card.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "core/text.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string title_of(const ModelAbout& model, const CardOptions& options) {
  return options.title.empty() ? concat(model.id, " (", model.settings.family, ")") : options.title;
}

std::string or_unstated(const std::string& text) {
  return text.empty() ? "not stated" : text;
}

bool takes_pictures(const ModelAbout& model) {
  return model.settings.options.input_channels > 0;
}

std::string description_of(const ModelAbout& model, const CardOptions& options) {
  if (!options.description.empty())
    return options.description;
  const FamilyOptions& network = model.settings.options;
  if (takes_pictures(model))
    return concat("Makes pictures of ", network.width, " x ", network.height, " pixels of ",
                  model.settings.from == "edges" ? "their outlines" : "others", ".");
  return concat(network.channels == 1 ? "Grey" : "Colour", " pictures of ", network.width, " x ", network.height,
                " pixels, by a generator of the family ", model.settings.family, ".");
}

std::vector<std::string> labels_of(const Settings& settings) {
  std::vector<std::string> names = settings.class_names;
  for (std::int64_t i = static_cast<std::int64_t>(names.size()); i < settings.options.classes; ++i)
    names.push_back(std::to_string(i));
  return names;
}

Json losses_at(const ModelAbout& model, std::int64_t step) {
  Json losses = Json::object();
  for (const auto& [name, value] : model.losses.at(step))
    if (name != "images_per_second")
      losses[name] = value;
  return losses;
}

/// Parts, or what isn't one.
Json files_of(const ModelAbout& model, bool parts_wanted) {
  Json parts = Json::object();
  for (const PartFile& part : model.parts) {
    if (part.is_part != parts_wanted)
      continue;
    Json entry{{"file", part.file}, {"bytes", part.bytes}, {"sha256", part.sha256}};
    if (part.step)
      entry["step"] = *part.step;
    parts[part.name] = std::move(entry);
  }
  return parts;
}

/// The run: what it takes to repeat it, and the generators kept on its way with the losses they had.
Json training_of(const ModelAbout& model) {
  Json along = Json::array();
  for (const PartFile& part : model.parts)
    if (part.step)
      along.push_back({{"part", part.name}, {"step", *part.step}, {"losses", losses_at(model, *part.step)}});
  Json training{{"family", model.settings.family}, {"steps", model.steps}, {"seed", model.settings.seed}};
  training["spread"] = model.spread;
  training["weights"] = model.weights;
  training["settings"] = Json::parse(text_of(model.settings));
  training["losses"] = losses_at(model, model.steps);
  training["along"] = std::move(along);
  return training;
}

bool has_deviation(const Json& value) {
  return value.is_object() && value.contains("mean") && value.contains("deviation");
}

/// What is said of each class is much for a table of all.
void erase_tables_by_class(Json& scores) {
  for (const char* const name :
       {"class_shares", "class_accuracy_by_class", "gan_train_by_class", "real_train_by_class"})
    scores.erase(name);
}

/// Figures without their deviations, for programs.
Json means_of(const Json& metrics) {
  if (has_deviation(metrics))
    return metrics.at("mean");
  Json means = metrics;
  if (metrics.is_object())
    for (auto& value : means)
      value = means_of(value);
  return means;
}

/// ganlet-evaluate's report with a member for each part it judged: `metrics.generator_f32.precision`.
Result<Json> metrics_of(const fs::path& file) {
  constexpr std::int64_t most_bytes = std::int64_t{1} << 24;
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
  const auto* const text = reinterpret_cast<const char*>(bytes.data());
  Json report = Json::parse(text, text + bytes.size(), nullptr, false);
  if (!report.is_object())
    return fail(ErrorCode::corrupt, file.string(), "isn't a report of ganlet-evaluate");
  const Json models = report.value("models", Json::array());
  report.erase("models");
  for (auto& scores : report) // of real pictures, and of outlines
    if (scores.is_object())
      erase_tables_by_class(scores);
  for (const Json& model : models) {
    const std::string name = model.value("model", "");
    const std::size_t mark = name.rfind('#');
    Json scores = model;
    scores.erase("model");
    erase_tables_by_class(scores);
    report[mark == std::string::npos ? "generator" : name.substr(mark + 1)] = std::move(scores);
  }
  return report;
}

Json json_of(const ModelAbout& model, const CardOptions& options, const Json& metrics) {
  const FamilyOptions& network = model.settings.options;
  Json json{{"id", model.id}, {"version", options.version}, {"title", title_of(model, options)}};
  if (takes_pictures(model))
    json["kind"] = "pictures";
  json.update({{"description", description_of(model, options)},
               {"license", or_unstated(options.license)},
               {"training_data", or_unstated(options.data_credit)}});
  json["parts"] = files_of(model, true);
  json["arrays"] = files_of(model, false);
  if (!takes_pictures(model))
    json["latent"] = {{"size", network.latent}, {"distribution", "normal"}};
  if (network.classes > 0)
    json["labels"] = labels_of(model.settings);
  json["image"] = {
      {"width", network.width}, {"height", network.height}, {"channels", network.channels}, {"range", {-1, 1}}};
  if (model.has_encoder)
    json["preparation"] = options.preparation.empty() ? "square" : options.preparation;
  json["training"] = training_of(model);
  if (!metrics.empty())
    json["metrics"] = means_of(metrics);
  return json;
}

std::string table_of_files(const ModelAbout& model) {
  std::string table = "| file | what | bytes |\n|---|---|---|\n";
  const auto along = std::ranges::count_if(model.parts, [](const PartFile& part) { return part.step.has_value(); });
  for (const PartFile& part : model.parts)
    if (!part.summary.empty())
      table += concat("| ", part.file, " | ", part.summary, " | ", with_commas(part.bytes), " |\n");
  if (along > 0)
    table += concat("| along-*.onnx | ", along, " generators on the way, int8, named by their step | |\n");
  return table;
}

/// "0.8766", "22.8 ± 0.4", "a classifier"
std::string cell_of(const Json& value) {
  if (has_deviation(value))
    return concat(cell_of(value.at("mean")), " ± ", cell_of(value.at("deviation")));
  if (value.is_string())
    return value.get<std::string>();
  if (!value.is_number_float())
    return value.dump();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value.get<double>());
  return text.data();
}

/// All figures below a member: {"pixels": {"unseen": 1}} is the figure "pixels, unseen".
void add_figures(const Json& scores, const std::string& prefix, std::vector<std::pair<std::string, std::string>>& to) {
  for (const auto& [key, value] : scores.items()) {
    std::string name = prefix + key;
    std::ranges::replace(name, '_', ' ');
    if (value.is_object() && !has_deviation(value))
      add_figures(value, name + ", ", to);
    else
      to.emplace_back(std::move(name), cell_of(value));
  }
}

/// A column for the real pictures and each part, a row a figure; before them what the whole evaluation has.
std::string table_of_metrics(const Json& metrics) {
  std::string schedule, head = "| |", rule = "|---|";
  std::vector<std::pair<std::string, std::vector<std::string>>> rows;
  std::size_t columns = 0;
  for (const auto& [part, scores] : metrics.items()) {
    if (!scores.is_object()) {
      schedule += concat(schedule.empty() ? "" : ", ", part, " ", cell_of(scores));
      continue;
    }
    head += concat(" ", part, " |");
    rule += "---|";
    std::vector<std::pair<std::string, std::string>> figures;
    add_figures(scores, "", figures);
    for (auto& [name, cell] : figures) {
      auto row = std::ranges::find(rows, name, [](const auto& each) { return each.first; });
      if (row == rows.end())
        row = rows.insert(rows.end(), {name, {}});
      row->second.resize(columns);
      row->second.push_back(std::move(cell));
    }
    ++columns;
  }
  std::string table = concat("By `ganlet-evaluate` (", schedule, "):\n\n", head, "\n", rule, "\n");
  for (auto& [name, cells] : rows) {
    cells.resize(columns);
    table += concat("| ", name, " |");
    for (const std::string& cell : cells)
      table += concat(" ", cell, " |");
    table += "\n";
  }
  return table;
}

std::string data_of(const ModelAbout& model, const CardOptions& options) {
  const Settings& settings = model.settings;
  std::string text = or_unstated(options.data_credit);
  if (settings.pictures > 0)
    text += concat("; ", with_commas(settings.pictures), " pictures (SHA-256 of sizes, pixels and labels ",
                   settings.data_sha256, ")");
  return text;
}

std::string recipe_of(const ModelAbout& model) {
  const std::string spread = model.spread == 1 ? "" : concat(" --spread ", model.spread);
  const std::string from = !takes_pictures(model)           ? ""
                           : model.settings.from == "edges" ? " --from edges"
                                                            : " --from INPUTS";
  return concat("    ganlet-train ", model.settings.family, " --config config.json --data DIR", from, " --out RUN\n",
                "    ganlet-train export RUN", spread, " -o ", model.id, "\n");
}

std::string clusters_of(const FamilyOptions& options) {
  if (options.clusters == 0)
    return "";
  return concat(", the largest of the last ", options.clusters,
                " of which chooses among as many kinds of picture that training ",
                "found by itself (Liu et al.: Diverse Image Generation via Self-Conditioned GANs, 2020)");
}

std::string network_of(const ModelAbout& model) {
  const FamilyOptions& options = model.settings.options;
  return concat("Network: ", with_commas(model.weights), " weights in the generator; ",
                takes_pictures(model)
                    ? concat("from pictures of ", options.width, " x ", options.height, " pixels, ",
                             options.input_channels == 1 ? "grey" : "in colour", ", to pictures as large")
                    : concat("latents of ", options.latent, " normal random numbers", clusters_of(options)),
                ".\n");
}

std::string readme_of(const ModelAbout& model, const CardOptions& options, const Json& metrics) {
  std::string last_losses;
  const Json last = losses_at(model, model.steps);
  for (const auto& [name, value] : last.items())
    last_losses += concat(last_losses.empty() ? "" : ", ", name, " ", value.get<double>());
  return concat(
      "# ", title_of(model, options), "\n\n", description_of(model, options), "\n\n![",
      takes_pictures(model) ? "Pairs: input, result and truth" : "Pictures of random latents", "](preview.png)\n\n",
      table_of_files(model), "\n", network_of(model), "\n## How good it is\n\n",
      metrics.empty() ? "Not evaluated; `ganlet-evaluate` does that.\n" : table_of_metrics(metrics),
      "\n## How it was made\n\nData: ", data_of(model, options), ".\n\nTraining: `ganlet-train ", model.settings.family,
      "`, ", with_commas(model.steps), " steps of ", model.settings.batch, " pictures, seed ", model.settings.seed,
      last_losses.empty() ? "" : concat("; last losses: ", last_losses), ". All settings are in config.json, ",
      "losses in losses.csv. To repeat it:\n\n", recipe_of(model), "\nLicence: ", or_unstated(options.license), ".\n");
}

} // namespace

Result<void> write_model_card(const fs::path& folder, const ModelAbout& model, const CardOptions& options) {
  Json metrics;
  if (!options.metrics.empty()) {
    GANLET_TRY(metrics, metrics_of(options.metrics));
  }
  const std::string json = json_of(model, options, metrics).dump(2) + "\n", card = readme_of(model, options, metrics);
  GANLET_CHECK(write_whole(folder / "README.md", std::as_bytes(std::span(card))));
  return write_whole(folder / "model.json", std::as_bytes(std::span(json)));
}

} // namespace ganlet::train
