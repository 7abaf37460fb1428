// ganlet-train: trains generators, and writes them as ONNX files.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "core/text.h"
#include "export.h"
#include "precision.h"
#include "trainer.h"

namespace {

using namespace ganlet;

constexpr int failed = 1;
constexpr int wrong_usage = 2;
constexpr int interrupted = 130;

volatile std::sig_atomic_t stop_requested = 0;

/// The first Ctrl-C ends the run in good order, the second at once.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = 1; };
  action.sa_flags = SA_RESETHAND;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

struct TrainArguments {
  std::string data;
  std::string precision;
  bool resume = false;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  train::Overrides overrides;
  train::RunOptions run;
};

struct ExportArguments {
  std::string run;
  std::string output;
};

/// Settings of a new run: those of the command line, fitted to the data.
Result<train::Checkpoint> begin(const TrainArguments& arguments, const train::Dataset& data) {
  train::Settings settings;
  train::apply(arguments.overrides, settings);
  settings.options.height = data.height;
  settings.options.width = data.width;
  settings.options.classes = data.classes;
  if (settings.batch > data.count)
    return fail(ErrorCode::invalid_argument, "--batch", concat("is more than the ", data.count, " pictures"));
  if (arguments.precision.empty() || arguments.precision == "auto") {
    GANLET_TRY(settings.options.bf16, train::bf16_is_faster(settings, data));
    std::fprintf(stderr, "precision: %s is faster here\n", settings.options.bf16 ? "bfloat16" : "float32");
  }
  return train::new_checkpoint(settings);
}

/// The checkpoint of a run, with its settings unless the command line says otherwise.
Result<train::Checkpoint> resume(const TrainArguments& arguments, const train::Dataset& data) {
  GANLET_TRY(train::Checkpoint checkpoint,
             train::load_checkpoint(train::checkpoint_path(arguments.run.folder), arguments.overrides));
  const train::FamilyOptions& options = checkpoint.settings.options;
  if (options.height != data.height || options.width != data.width || options.classes < data.classes)
    return fail(ErrorCode::invalid_argument, "--data",
                "has pictures of another size, or more classes, than the run was begun with");
  return checkpoint;
}

Result<void> train_family(const TrainArguments& arguments) {
  at::set_num_threads(arguments.threads);
  GANLET_CHECK(train::prepare_folder(arguments.run.folder, arguments.resume));
  GANLET_TRY(const train::Dataset data, train::read_idx(arguments.data, train::Split::train));
  GANLET_TRY(train::Checkpoint checkpoint, arguments.resume ? resume(arguments, data) : begin(arguments, data));
  if (checkpoint.step > 0)
    std::fprintf(stderr, "resuming after step %lld\n", static_cast<long long>(checkpoint.step));
  stop_on_signals();
  return train::train(checkpoint, data, arguments.run);
}

void add_network_options(CLI::App& command, train::Overrides& overrides) {
  command.add_option("--steps", overrides.steps, "Updates in all; learning rates fall towards the last [24000]")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N");
  command.add_option("--batch", overrides.batch, "Real pictures an update [128]")
      ->check(CLI::Range(2, 1 << 16))
      ->type_name("N");
  command.add_option("--latent", overrides.latent, "Size of the latent vector [64]")
      ->check(CLI::Range(1, 1 << 12))
      ->type_name("N");
  command.add_option("--generator-rate", overrides.generator_rate, "Learning rate of the generator [0.0002]")
      ->check(CLI::PositiveNumber)
      ->type_name("RATE");
  command
      .add_option("--discriminator-rate", overrides.discriminator_rate, "Learning rate of the discriminator [0.0004]")
      ->check(CLI::PositiveNumber)
      ->type_name("RATE");
  command
      .add_option("--class-weight", overrides.class_weight, "Of the class head's loss in the generator's loss [0.1]")
      ->check(CLI::NonNegativeNumber)
      ->type_name("WEIGHT");
  command
      .add_option("--seed", overrides.seed,
                  "The same seed gives the same network on the same machine with as many threads [1]")
      ->type_name("S");
}

void add_family(CLI::App& app, const train::FamilyEntry& family, Result<void>& outcome) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App& command = *app.add_subcommand(std::string(family.name), "Train a " + std::string(family.summary));
  command.add_option("--data", arguments->data, "Folder of idx files, plain or .gz")->type_name("DIR")->required();
  command
      .add_option("-o,--out", arguments->run.folder,
                  "Folder of the run: checkpoint, settings, losses and sample pictures")
      ->type_name("RUN")
      ->required();
  command.add_flag("--resume", arguments->resume,
                   "Continue the run in RUN, with its settings unless others are given here");
  add_network_options(command, arguments->overrides);
  command.add_option("--precision", arguments->precision, "auto (measured; the default of a new run), f32 or bf16")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->type_name("NAME");
  command.add_option("--threads", arguments->threads, "Threads")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--save-every", arguments->run.save_every, "Steps between checkpoints")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--samples-every", arguments->run.samples_every, "Steps between sample pictures; 0: at the end only")
      ->check(CLI::Range(0, 1 << 30))
      ->type_name("N")
      ->capture_default_str();
  command.callback([arguments, name = std::string(family.name), &outcome] {
    arguments->overrides.family = name;
    if (arguments->precision == "f32" || arguments->precision == "bf16")
      arguments->overrides.bf16 = arguments->precision == "bf16";
    arguments->run.stop = &stop_requested;
    outcome = train_family(*arguments);
  });
}

void add_export(CLI::App& app, Result<void>& outcome) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App& command = *app.add_subcommand("export", "Write a run's averaged generator as an ONNX file");
  command.add_option("run", arguments->run, "Folder of a run, or a checkpoint")->type_name("RUN")->required();
  command.add_option("-o,--output", arguments->output, "File to write, whole or not at all")
      ->type_name("FILE.onnx")
      ->required();
  command.callback([arguments, &outcome] { outcome = train::export_onnx(arguments->run, arguments->output); });
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"ganlet-train trains image generators and writes them as ONNX files.\n"
               "Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C with the checkpoint saved.",
               "ganlet-train"};
  app.require_subcommand(1);
  Result<void> outcome;
  for (const train::FamilyEntry& family : train::families())
    add_family(app, family, outcome);
  add_export(app, outcome);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_usage;
  } catch (const std::exception& error) {
    outcome = fail(ErrorCode::corrupt, "libtorch", error.what());
  }
  if (outcome)
    return 0;
  std::fprintf(stderr, "ganlet-train: %s\n", outcome.error().text().c_str());
  return outcome.error().code() == ErrorCode::cancelled ? interrupted : failed;
}
