// ganlet-evaluate: how good a generator's pictures are, in figures.

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "checkpoint.h"
#include "evaluation.h"
#include "image/whole_file.h"
#include "picture_arguments.h"
#include "training.h"

namespace {

using namespace ganlet;
using nlohmann::ordered_json;

constexpr int failed = 1;
constexpr int wrong_usage = 2;

struct Arguments {
  std::vector<std::string> models;
  std::string data;
  std::string cache = "runs/evaluate";
  train::Overrides pictures;
  bool labels = false;
  std::string output = "-";
  std::string precision = "auto";
  int threads = 2;
  evaluate::Options options;
};

/// A checkpoint by its file's extension, or by a run's folder that holds one; anything else is a model.
Result<std::unique_ptr<evaluate::Source>> open_source(const std::string& name, int threads) {
  const std::filesystem::path path(name);
  if (path.extension() == ".pt" || std::filesystem::exists(train::checkpoint_path(path)))
    return evaluate::open_checkpoint(path);
  return evaluate::open_model(name, threads);
}

ordered_json json_of(const evaluate::Reference& reference) {
  ordered_json json{{"training_pictures", reference.train.count}, {"unseen_pictures", reference.test.count}};
  if (reference.has_classes()) {
    json["features"] = "of a classifier trained on the real pictures";
    json["classifier_accuracy"] = reference.accuracy;
  } else {
    json["features"] = "of an autoencoder trained on the real pictures, which have no labels";
    json["autoencoder_error"] = reference.lost;
  }
  json["frechet_floor"] = reference.frechet_floor;
  json["precision"] = reference.real.precision;
  json["recall"] = reference.real.recall;
  return json;
}

ordered_json json_of(const evaluate::Memorisation& distances) {
  return {{"generated", distances.generated},
          {"unseen", distances.real},
          {"closest_hundredth", distances.closest_hundredth}};
}

ordered_json json_of(const evaluate::Scores& scores, const evaluate::Reference& reference) {
  ordered_json json = ordered_json::object();
  if (scores.class_accuracy)
    json["class_accuracy"] = *scores.class_accuracy;
  if (scores.class_kept)
    json["class_kept"] = *scores.class_kept;
  if (!scores.class_shares.empty())
    json["class_shares"] = scores.class_shares;
  json["frechet_distance"] = scores.frechet_distance;
  json["frechet_over_floor"] = scores.frechet_distance / reference.frechet_floor;
  json["frechet_to_test"] = scores.frechet_to_test;
  json["precision"] = scores.neighbours.precision;
  json["recall"] = scores.neighbours.recall;
  json["nearest_training_picture"] = {{"features", json_of(scores.in_features)}, {"pixels", json_of(scores.in_pixels)}};
  if (scores.gan_train)
    json["gan_train"] = *scores.gan_train;
  return json;
}

/// How each model was trained, where that is known.
using Runs = std::vector<std::optional<train::Settings>>;

Result<Runs> runs_of(const std::vector<std::string>& models) {
  Runs runs;
  for (const std::string& model : models) {
    GANLET_TRY(std::optional<train::Settings> run, evaluate::training_of(model));
    runs.push_back(std::move(run));
  }
  return runs;
}

/// Whether a run saw none of the share of pictures that is called unseen here; says so where it did. Both shares are
/// the beginning of one order.
bool were_held_back(const std::string& model, const train::Settings& run, double share) {
  if (run.validation >= share)
    return true;
  std::fprintf(stderr,
               "%s: learned from pictures that are called unseen here: it was trained with --validation %g, not %g\n",
               model.c_str(), run.validation, share);
  return false;
}

Result<void> run(Arguments& arguments) {
  at::set_num_threads(arguments.threads);
  bool& bf16 = arguments.options.schedule.bf16;
  bf16 = arguments.precision == "auto" ? evaluate::bf16_is_faster(arguments.options.schedule)
                                       : arguments.precision == "bf16";
  GANLET_TRY(const Runs runs, runs_of(arguments.models));
  const train::Settings settings = evaluate::picture_settings(runs, arguments.pictures);
  GANLET_TRY(train::PictureOptions pictures, train::picture_options(settings));
  pictures.labels = arguments.labels;
  GANLET_TRY(const bool are_pictures, train::holds_pictures(arguments.data));
  GANLET_TRY(evaluate::RealPictures real, evaluate::read_real(arguments.data, pictures));
  GANLET_TRY(const evaluate::Reference reference,
             evaluate::make_reference(std::move(real), arguments.cache, arguments.options));
  ordered_json report{{"samples", arguments.options.samples},
                      {"gan_train_samples", arguments.options.gan_train},
                      {"k", arguments.options.k},
                      {"seed", arguments.options.seed},
                      {"epochs", arguments.options.schedule.epochs},
                      {"real", json_of(reference)}};
  report["models"] = ordered_json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string& name = arguments.models[i];
    GANLET_TRY(const std::unique_ptr<evaluate::Source> source, open_source(name, arguments.threads));
    GANLET_TRY(const evaluate::Scores scores, evaluate::evaluate(*source, reference, arguments.options));
    ordered_json entry = json_of(scores, reference);
    entry["model"] = name;
    if (are_pictures && runs[i])
      entry["unseen_were_held_back"] = were_held_back(name, *runs[i], settings.validation);
    report["models"].push_back(std::move(entry));
  }
  const std::string text = report.dump(2) + "\n";
  return write_whole(arguments.output, std::as_bytes(std::span(text)));
}

/// What is judged, by which pictures, and where the results go.
void add_files(CLI::App& app, Arguments& arguments) {
  app.add_option("models", arguments.models,
                 "Models: .onnx files, ids or folders of models (FOLDER#PART for one of several files), or checkpoints "
                 "of ganlet-train\n(.pt, or the folder of a run)")
      ->type_name("MODEL");
  app.add_option("--data", arguments.data, "Folder of idx files, plain or .gz (training and test set), or of pictures")
      ->type_name("DIR")
      ->required();
  train::add_picture_arguments(app, arguments.pictures,
                               "Share of a folder's pictures to compare with as unseen, as ganlet-train --validation "
                               "holds it back [0.1]. These\n"
                               "five are as the first model was trained, where its folder says that");
  app.add_flag("--labels", arguments.labels, "The folder's sub-folders are classes");
  app.add_option("--cache", arguments.cache, "Folder that keeps the network that judges")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--threads", arguments.threads, "Threads")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("-o,--output", arguments.output, "JSON file to write, whole or not at all; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
}

/// How it is judged.
void add_measures(CLI::App& app, Arguments& arguments) {
  evaluate::Options& options = arguments.options;
  app.add_option("--samples", options.samples, "Pictures to draw and look at")
      ->check(CLI::Range(100, 1 << 20))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--gan-train", options.gan_train,
                 "Pictures to train a classifier with that sees generated ones alone; 0 leaves that out")
      ->check(CLI::Range(0, 1 << 24))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--epochs", options.schedule.epochs, "How often a classifier sees its pictures")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--precision", arguments.precision, "In which classifiers learn: auto (measured), f32 or bf16")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of samples and classifiers")->type_name("S")->capture_default_str();
  app.add_option("--memorisation", options.memorisation,
                 "Generated, and unseen real, pictures whose nearest training picture is looked for")
      ->check(CLI::Range(1, 1 << 20))
      ->type_name("N")
      ->capture_default_str();
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "ganlet-evaluate judges generators by features of a network that it trains on the real pictures: a classifier "
      "where these\nhave labels, else an autoencoder.\n"
      "Results go to standard output as JSON, messages to standard error. Exit status: 0 done, 1 failed, 2 called "
      "wrongly.",
      "ganlet-evaluate"};
  Arguments arguments;
  add_files(app, arguments);
  add_measures(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_usage;
  }
  const Result<void> outcome = train::guarded("ganlet-evaluate", ErrorCode::corrupt, [&] { return run(arguments); });
  if (!outcome) {
    std::fprintf(stderr, "ganlet-evaluate: %s\n", outcome.error().text().c_str());
    return failed;
  }
  return 0;
}
