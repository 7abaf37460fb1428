// ganlet-evaluate: how good a generator's pictures are, in figures.

#include <array>
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
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "pairs.h"
#include "picture_arguments.h"
#include "precision.h"
#include "report.h"
#include "training.h"
#include "translated.h"

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
  bool damage = false;
  std::string output = "-";
  std::string from; ///< "edges" where the models make pictures of pictures
  std::string sheet;
  std::string precision = "auto";
  int threads = 2;
  std::optional<float> jitter;
  std::uint64_t seed = evaluate::first_judge_seed;
  std::uint64_t seeds = 3;
  evaluate::Options options;
};

/// A checkpoint by its file's extension, or by a run's folder that holds one; anything else is a model.
Result<std::unique_ptr<evaluate::Source>> open_source(const std::string& name, int threads,
                                                      std::optional<float> jitter) {
  const std::filesystem::path path(name);
  if (path.extension() != ".pt" && !std::filesystem::exists(train::checkpoint_path(path)))
    return evaluate::open_model(name, threads, jitter);
  if (jitter)
    return fail(ErrorCode::unsupported, name, "is a checkpoint; --jitter is for models");
  return evaluate::open_checkpoint(path);
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

constexpr std::array kinds{evaluate::JudgeKind::trained, evaluate::JudgeKind::random};

/// Figures of real pictures or of a model: of each kind of judge, one a seed.
using Figures = std::array<std::vector<ordered_json>, kinds.size()>;

/// The first judge's figures, with the second's as a member.
ordered_json together(const Figures& figures) {
  ordered_json json = evaluate::over_seeds(figures[0]);
  json["judge_2"] = evaluate::over_seeds(figures[1]);
  return json;
}

using Sources = std::vector<std::unique_ptr<evaluate::Source>>;

/// What the models make of the outlines of the test set. These come first, as if they were a model's pictures too: its
/// distance is to be less than theirs.
Result<Sources> translating_sources(const train::Dataset& test, const Arguments& arguments) {
  if (test.channels != 1)
    return fail(ErrorCode::unsupported, "--from", "outlines are grey, and can't be compared with pictures in colour");
  train::Dataset pairs = test;
  train::pair_with_outlines(pairs);
  const train::Dataset inputs = evaluate::inputs_of(pairs);
  Sources sources;
  sources.push_back(evaluate::source_of(inputs));
  for (const std::string& model : arguments.models) {
    GANLET_TRY(train::Dataset made, evaluate::translated(model, arguments.threads, inputs, test.channels));
    if (sources.size() == 1 && !arguments.sheet.empty())
      GANLET_CHECK(write_image(arguments.sheet, evaluate::contact_sheet_of(pairs, made)));
    sources.push_back(evaluate::source_of(std::move(made)));
  }
  return sources;
}

Result<Sources> sources_of(const train::Dataset& test, const Arguments& arguments) {
  if (!arguments.from.empty())
    return translating_sources(test, arguments);
  Sources sources;
  for (const std::string& model : arguments.models) {
    GANLET_TRY(std::unique_ptr<evaluate::Source> source, open_source(model, arguments.threads, arguments.jitter));
    sources.push_back(std::move(source));
  }
  return sources;
}

/// Adds what the judges of one seed say.
Result<void> judge(const Sources& sources, const std::shared_ptr<const evaluate::RealPictures>& real,
                   std::uint64_t seed, const Arguments& arguments, Figures& of_real, std::vector<Figures>& of_models) {
  std::vector<train::Dataset> samples;
  for (const auto& source : sources) {
    GANLET_TRY(train::Dataset drawn, evaluate::draw_samples(*source, *real, seed, arguments.options));
    samples.push_back(std::move(drawn));
  }
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    GANLET_TRY(const evaluate::Reference reference,
               evaluate::make_reference(real, kinds[kind], seed, arguments.cache, arguments.options));
    of_real[kind].push_back(evaluate::json_of(reference));
    for (std::size_t i = 0; i < sources.size(); ++i) {
      GANLET_TRY(ordered_json figures,
                 evaluate::judged(*sources[i], samples[i], reference, arguments.cache, arguments.options));
      of_models[i][kind].push_back(std::move(figures));
    }
  }
  return {};
}

/// What both judges of the first seed make of damaged real pictures. Errors: corrupt where judge 2 ranks them wrongly.
Result<void> check_judges(const std::shared_ptr<const evaluate::RealPictures>& real, const Arguments& arguments) {
  ordered_json report;
  for (const auto& [name, kind] : {std::pair("judge_1", kinds[0]), std::pair("judge_2", kinds[1])}) {
    GANLET_TRY(const evaluate::Reference reference,
               evaluate::make_reference(real, kind, arguments.seed, arguments.cache, arguments.options));
    report[name] = evaluate::judged_damage(reference, arguments.options);
  }
  const std::string text = report.dump(2) + "\n";
  GANLET_CHECK(write_whole(arguments.output, std::as_bytes(std::span(text))));
  return report["judge_2"]["in_order"].get<bool>()
             ? Result<void>()
             : fail(ErrorCode::corrupt, "judge 2", "doesn't rank damaged pictures by how much they are damaged");
}

/// How everything was measured.
ordered_json heading_of(const Arguments& arguments, const evaluate::RealPictures& real) {
  const evaluate::Options& options = arguments.options;
  ordered_json heading{{"samples", std::min(options.samples, real.train.count)},
                       {"gan_train_samples", options.gan_train},
                       {"k", options.k},
                       {"seed", arguments.seed},
                       {"seeds", arguments.seeds},
                       {"schedule_pictures", options.schedule.pictures},
                       {"training_pictures", real.train.count},
                       {"unseen_pictures", real.test.count},
                       {"features", real.train.classes > 1
                                        ? "of a classifier trained on the real pictures"
                                        : "of an autoencoder trained on the real pictures, which have no labels"}};
  if (arguments.jitter)
    heading["jitter"] = *arguments.jitter;
  return heading;
}

Result<void> run(Arguments& arguments) {
  at::set_num_threads(arguments.threads);
  arguments.options.schedule.bf16 =
      arguments.precision == "auto" ? train::is_bf16_right() : arguments.precision == "bf16";
  GANLET_TRY(const Runs runs, runs_of(arguments.models));
  const train::Settings settings = evaluate::picture_settings(runs, arguments.pictures);
  GANLET_TRY(train::PictureOptions pictures, train::picture_options(settings));
  pictures.labels = arguments.labels;
  GANLET_TRY(const bool are_pictures, train::holds_pictures(arguments.data));
  GANLET_TRY(evaluate::RealPictures read, evaluate::read_real(arguments.data, pictures));
  const auto real = std::make_shared<const evaluate::RealPictures>(std::move(read));
  if (arguments.damage)
    return check_judges(real, arguments);
  GANLET_TRY(Sources sources, sources_of(real->test, arguments));
  Figures of_real;
  std::vector<Figures> of_models(sources.size());
  for (std::uint64_t i = 0; i < arguments.seeds; ++i)
    GANLET_CHECK(judge(sources, real, arguments.seed + i, arguments, of_real, of_models));
  ordered_json report = heading_of(arguments, *real);
  report["real"] = together(of_real);
  const std::size_t others = sources.size() - arguments.models.size(); // outlines, which are no model's
  if (others > 0)
    report[arguments.from] = together(of_models[0]);
  report["models"] = ordered_json::array();
  for (std::size_t i = 0; i < arguments.models.size(); ++i) {
    ordered_json entry = together(of_models[others + i]);
    entry["model"] = arguments.models[i];
    if (are_pictures && runs[i])
      entry["unseen_were_held_back"] = were_held_back(arguments.models[i], *runs[i], settings.validation);
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
  app.add_flag(
         "--check-judges", arguments.damage,
         "Instead of models, let the first judges rank real pictures that are blurred, noisy, of fewer classes or "
         "repeated")
      ->excludes("models");
  app.add_option("--from", arguments.from,
                 "The models make pictures of these, of the unseen pictures: edges (their outlines, as ganlet-train "
                 "translate takes them).\nBesides other figures class_kept is the share of results of the right class; "
                 "what edges themselves would get is under\nedges")
      ->check(CLI::IsMember({train::from_edges}))
      ->excludes("--check-judges")
      ->type_name("NAME");
  app.add_option("--sheet", arguments.sheet,
                 "Picture to write: the first 32 unseen pairs through the first model, each as input, result and truth")
      ->needs("--from")
      ->type_name("FILE.png");
  app.add_option("--cache", arguments.cache, "Folder that keeps the networks that judge, and figures")
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
  app.add_option(
         "--jitter", arguments.jitter,
         "Draw texts that name each class once, each in one hand with so much jitter, instead of a seed a picture")
      ->check(CLI::Range(0.0F, 1.0F))
      ->type_name("J");
  app.add_option("--gan-train", options.gan_train,
                 "Pictures to train a classifier with that sees generated ones alone; 0 leaves that out")
      ->check(CLI::Range(0, 1 << 24))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--schedule", options.schedule.pictures, "Pictures that each network sees while it learns")
      ->check(CLI::Range(1, 1 << 24))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--precision", arguments.precision,
                 "In which networks learn: f32, bf16, or auto: bf16 where the processor computes in it")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--seed", arguments.seed, "Of the first judges and their samples")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000'000}))
      ->type_name("S")
      ->capture_default_str();
  app.add_option("--seeds", arguments.seeds, "Judges of each kind; figures are their means, with deviations")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--memorisation", options.memorisation,
                 "Generated, and unseen real, pictures whose nearest training picture is looked for")
      ->check(CLI::Range(1, 1 << 20))
      ->type_name("N")
      ->capture_default_str();
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "ganlet-evaluate judges generators twice: by features of a network that it trains on the real pictures (a "
      "classifier where\nthese have labels, else an autoencoder), and by random features (judge_2). Real pictures are "
      "judged alike. What is done\nstays in --cache: after an interruption it isn't done again.\n"
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
