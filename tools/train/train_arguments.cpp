#include "train_arguments.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "core/text.h"
#include "pairs.h"
#include "picture_arguments.h"

namespace ganlet::train {

namespace {

/// "mirror,shift,hue,ink,color,translation,cutout", of which the last three are for families with styles, and ink is
/// for those that take pairs.
Result<Augment> augment_of(std::string_view text, const FamilyEntry& family) {
  Augment augment;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (family.takes_pairs && word == "hue")
      return fail(ErrorCode::invalid_argument, "--augment", "'hue' would turn the colours of one picture of a pair");
    if (!family.takes_pairs && word == "ink")
      return fail(ErrorCode::invalid_argument, "--augment", "'ink' is of translate alone");
    if (!family.has_styles && (word == "color" || word == "translation" || word == "cutout"))
      return fail(ErrorCode::invalid_argument, "--augment", concat("'", word, "' is of stylegan alone"));
    if (word == "mirror")
      augment.mirror = true;
    else if (word == "shift")
      augment.shift = 2;
    else if (word == "hue")
      augment.hue = true;
    else if (word == "ink")
      augment.ink = true;
    else if (word == "color")
      augment.color = true;
    else if (word == "translation")
      augment.translation = true;
    else if (word == "cutout")
      augment.cutout = true;
    else if (word != "none")
      return fail(ErrorCode::invalid_argument, "--augment",
                  concat("'", word, "' is none of mirror, shift, hue, ink, color, translation, cutout and none"));
  }
  return augment;
}

/// "Updates in all [24000]"
std::string with_default(const char* text, double value) {
  char number[32];
  std::snprintf(number, sizeof number, "%g", value);
  return concat(text, " [", number, "]");
}

void add_network_options(CLI::App& command, const FamilyEntry& family, Overrides& overrides) {
  const auto whole = [&command](const char* name, std::optional<std::int64_t>& to, const char* text,
                                std::int64_t standard, std::int64_t least, std::int64_t most) {
    command.add_option(name, to, concat(text, " [", standard, "]"))->check(CLI::Range(least, most))->type_name("N");
  };
  const auto real = [&command](const char* name, std::optional<double>& to, const char* text, double standard) {
    command.add_option(name, to, with_default(text, standard))->check(CLI::NonNegativeNumber)->type_name("NUMBER");
  };
  const FamilyOptions& options = family.options;
  whole("--steps", overrides.steps, "Updates in all; learning rates fall towards the last", options.steps, 1, 1 << 30);
  whole("--batch", overrides.batch, "Real pictures an update", family.batch, 2, 1 << 16);
  if (options.latent > 0)
    whole("--latent", overrides.latent, "Size of the latent vector", options.latent, 1, 1 << 12);
  if (family.takes_clusters)
    whole("--clusters", overrides.clusters,
          "Of the pictures, each of which the discriminator judges by itself; that many of the latent's\nnumbers "
          "choose one",
          options.clusters, 0, 1 << 12);
  real("--generator-rate", overrides.generator_rate, "Learning rate of the generator", options.generator_rate);
  real("--discriminator-rate", overrides.discriminator_rate, "Learning rate of the discriminator or critic",
       options.discriminator_rate);
  real("--average-decay", overrides.average_decay, "Decay of the averaged generator", options.average_decay);
  if (options.critic_steps > 1)
    whole("--critic-steps", overrides.critic_steps, "Updates of the critic for each of the generator",
          options.critic_steps, 1, 1000);
  if (family.takes_labels)
    real("--class-weight", overrides.class_weight, "Of the class head's loss in the generator's loss",
         options.class_weight);
  if (options.penalty > 0)
    real("--penalty", overrides.penalty, "Weight of the gradient penalty", options.penalty);
  if (options.similarity > 0)
    real("--similarity", overrides.similarity,
         "How much reconstructions are to resemble pictures, against how evenly the encoder uses the\nlatent",
         options.similarity);
  if (options.l1_weight > 0)
    real("--l1-weight", overrides.l1_weight, "Of the mean absolute difference of pixels in the generator's loss",
         options.l1_weight);
  if (options.clip > 0)
    real("--clip", overrides.clip, "Largest absolute weight of the critic", options.clip);
  if (family.has_styles)
    real("--separation", overrides.separation,
         "How much the first half of the styles are to decide brightness and the second half hue; goes\nwith --augment "
         "hue",
         options.separation);
  command
      .add_option("--seed", overrides.seed,
                  "The same seed gives the same network on the same machine with as many threads [1]")
      ->type_name("S");
}

/// How the data are read and shown. idx files say their size themselves.
void add_data_options(CLI::App& command, const FamilyEntry& family, TrainArguments& arguments) {
  add_picture_arguments(command, arguments.overrides, "Share of a folder's pictures to hold back [0]");
  command.add_flag("--strict", arguments.strict,
                   "End at the first picture that can't be used, instead of leaving it out");
  command
      .add_option(
          "--augment", arguments.augment,
          family.has_styles ? "Words with commas between: mirror, shift and hue (of the data), color, translation "
                              "and cutout (differentiable, of\nwhat the discriminator sees), or none"
          : family.takes_pairs
              ? "Words with commas between: mirror and shift (of both pictures of a pair), ink (of the inputs: paler, "
                "and dark on\nlight in half of them), or none"
              : "Words with commas between: mirror, shift and hue, or none")
      ->type_name("WORDS");
}

/// What the run leaves in its folder, and how often.
void add_run_options(CLI::App& command, RunOptions& run) {
  command.add_option("--save-every", run.save_every, "Steps between checkpoints [10 epochs, and at most 500 steps]")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N");
  command
      .add_option("--samples-every", run.samples_every, "Steps between sample pictures; 0: at the end only [an epoch]")
      ->check(CLI::Range(0, 1 << 30))
      ->type_name("N");
  command.add_option("--log-every", run.log_every, "Steps between rows of log.csv, and events of TensorBoard")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--plot", run.plot, "Draw the loss curves with each checkpoint: losses.svg and .png in RUN");
  command
      .add_option("--along", run.along,
                  "Generators to keep on the way, in RUN/along; more of them early, when most changes")
      ->check(CLI::Range(0, 1000))
      ->type_name("N")
      ->capture_default_str();
}

} // namespace

void add_train_options(CLI::App& command, TrainArguments& arguments) {
  const FamilyEntry& family = *arguments.family;
  command
      .add_option("--data", arguments.data,
                  "Folder of idx files, plain or .gz, or of pictures (.png, .jpg, .jpeg, also in sub-folders)")
      ->type_name("DIR")
      ->required();
  if (family.takes_pairs)
    command
        .add_option("--from", arguments.from,
                    "What the pictures of --data are made of: edges (their outlines), or the equally named pictures of "
                    "another folder")
        ->type_name("edges|DIR")
        ->required();
  add_data_options(command, family, arguments);
  command
      .add_option("--config", arguments.config,
                  "Settings of another run, as its config.json has them; what is given here goes first")
      ->type_name("FILE");
  command
      .add_option("-o,--out", arguments.run.folder,
                  "Folder of the run: checkpoint, settings, losses and sample pictures")
      ->type_name("RUN")
      ->required();
  command
      .add_flag("--resume", arguments.resume, "Continue the run in RUN, with its settings unless others are given here")
      ->excludes("--config");
  add_network_options(command, family, arguments.overrides);
  command.add_option("--lr", arguments.rate, "Both learning rates; either given by itself goes first")
      ->check(CLI::NonNegativeNumber)
      ->type_name("NUMBER");
  command.add_option("--epochs", arguments.epochs, "How often all pictures are seen, instead of --steps")
      ->check(CLI::Range(1, 1 << 20))
      ->excludes("--steps")
      ->type_name("N");
  command.add_option("--precision", arguments.precision, "auto (measured; the default of a new run), f32 or bf16")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->type_name("NAME");
  command.add_option("--device", arguments.device, "cpu, or cuda where libtorch has it")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--rank-timeout", arguments.rank_timeout,
                  "Seconds to wait for another process, where RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT say that "
                  "several\ntrain together")
      ->check(CLI::Range(1, 1 << 20))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--threads", arguments.threads, "Threads")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
  add_run_options(command, arguments.run);
}

Result<void> complete_overrides(TrainArguments& arguments) {
  Overrides& overrides = arguments.overrides;
  overrides.family = std::string(arguments.family->name);
  if (arguments.family->takes_pairs)
    overrides.from = arguments.from == from_edges ? from_edges : "pictures";
  if (arguments.rate)
    for (std::optional<double>* const each : {&overrides.generator_rate, &overrides.discriminator_rate})
      *each = each->value_or(*arguments.rate);
  if (arguments.precision == "f32" || arguments.precision == "bf16")
    overrides.bf16 = arguments.precision == "bf16";
  if (!arguments.augment.empty()) {
    GANLET_TRY(overrides.augment, augment_of(arguments.augment, *arguments.family));
  }
  return {};
}

} // namespace ganlet::train
