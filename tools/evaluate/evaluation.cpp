#include "evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "checkpoint.h"
#include "core/sha256.h"
#include "core/text.h"
#include "learning.h"
#include "progress.h"

namespace ganlet::evaluate {

namespace {

namespace fs = std::filesystem;

/// Pictures that one judge is shown, and those that GAN-train learns from behind them, are none of another's.
constexpr std::uint64_t seeds_of_each_judge = 1'000'000;

/// Trains a `Network`, with a progress bar that says what it is.
template <typename Network>
Network trained(const train::Dataset& data, const Schedule& schedule, std::uint64_t seed, std::string_view what) {
  train::ProgressBar bar(0, updates_of(schedule, data.count), std::min(data.count, schedule.batch), "images");
  return Network::train(data, schedule, seed, [&](std::int64_t done, double loss) {
    char note[32];
    std::snprintf(note, sizeof note, "loss %.4f", loss);
    bar.show(done, concat(what, " pictures  ", note));
  });
}

Reading read(const Judge& judge, const train::Dataset& data) {
  return std::visit([&data](const auto& network) { return network.read(data); }, judge);
}

bool has_labels(const train::Dataset& data) {
  return data.classes > 1;
}

/// What decides a judge and its features.
std::string origin_of(const RealPictures& real, JudgeKind kind, std::uint64_t seed, const Schedule& schedule) {
  const std::string data = concat(", data ", train::fingerprint(real.train), " ", train::fingerprint(real.test));
  if (kind == JudgeKind::random)
    return concat("random features 1, seed ", seed, data);
  return concat(has_labels(real.train) ? "classifier 3" : "autoencoder 2", ", seed ", seed, ", pictures ",
                schedule.pictures, ", batch ", schedule.batch, ", rate ", schedule.highest_rate, ", decay ",
                schedule.weight_decay, ", bf16 ", schedule.bf16 ? "yes" : "no", data);
}

/// What the cache keeps of a trained judge.
std::optional<Judge> load_judge(const fs::path& file, const std::string& origin, const train::Dataset& data) {
  if (!fs::exists(file))
    return std::nullopt;
  torch::serialize::InputArchive archive, network;
  archive.load_from(file.string());
  c10::IValue found;
  if (!archive.try_read("origin", found) || found.toStringRef() != origin)
    return std::nullopt;
  archive.read("network", network);
  return has_labels(data) ? Judge(Classifier::load(network, data)) : Judge(Autoencoder::load(network, data));
}

template <typename Network>
Result<void> save_judge(const fs::path& file, const std::string& origin, const Network& judge) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error)
    return fail(ErrorCode::io, file.parent_path().string(), error.message());
  torch::serialize::OutputArchive archive, network;
  judge.save(network);
  archive.write("origin", c10::IValue(origin));
  archive.write("network", network);
  return train::write_archive(file, archive);
}

template <typename Network>
Result<Judge> new_judge(const fs::path& file, const std::string& origin, const train::Dataset& data, std::uint64_t seed,
                        const Schedule& schedule) {
  const bool labels = has_labels(data);
  Network network = trained<Network>(data, schedule, seed, labels ? "classifier of real" : "autoencoder of real");
  GANLET_CHECK(save_judge(file, origin, network));
  return Judge(std::move(network));
}

Result<Judge> judge_of_real(const train::Dataset& data, JudgeKind kind, std::uint64_t seed, const std::string& origin,
                            const fs::path& cache, const Schedule& schedule) {
  if (kind == JudgeKind::random)
    return Judge(RandomFeatures(data, seed));
  const std::string digest = sha256_text(std::as_bytes(std::span(origin)));
  const fs::path file = cache / concat(has_labels(data) ? "classifier-" : "autoencoder-", digest.substr(0, 8), ".pt");
  if (std::optional<Judge> kept = load_judge(file, origin, data))
    return std::move(*kept);
  return has_labels(data) ? new_judge<Classifier>(file, origin, data, seed, schedule)
                          : new_judge<Autoencoder>(file, origin, data, seed, schedule);
}

std::vector<double> class_shares(const Reading& reading, std::int64_t classes) {
  const torch::Tensor counts = torch::bincount(reading.predictions, {}, classes).to(torch::kDouble);
  const torch::Tensor shares = (counts / counts.sum()).contiguous();
  return {shares.data_ptr<double>(), shares.data_ptr<double>() + shares.numel()};
}

/// As many rows as asked for (or all), chosen by the seed.
torch::Tensor some_of(const torch::Tensor& rows, std::int64_t count, std::uint64_t seed) {
  torch::manual_seed(seed);
  return rows.index_select(0, torch::randperm(rows.size(0)).slice(0, 0, count));
}

/// (N, F): distances between rows are root mean squares of brightness from 0 to 1.
torch::Tensor pixel_rows(const train::Dataset& data) {
  return pixels_of(data).flatten(1).to(torch::kFloat) / (255 * std::sqrt(static_cast<double>(data.pixels_each())));
}

Result<void> check_size(const train::Dataset& samples, const train::Dataset& real) {
  if (samples.width == real.width && samples.height == real.height && samples.channels == real.channels)
    return {};
  const auto colour_of = [](const train::Dataset& data) { return data.channels == 1 ? "" : " in colour"; };
  return fail(ErrorCode::invalid_argument, "model",
              concat("draws ", samples.width, " x ", samples.height, " pixels", colour_of(samples), ", the data has ",
                     real.width, " x ", real.height, colour_of(real)));
}

void score_memorisation(const train::Dataset& samples, const Reading& reading, const Reference& reference,
                        const Options& options, Scores& scores) {
  const auto few = [&](const torch::Tensor& rows) { return rows.slice(0, 0, options.memorisation); };
  scores.in_features = memorisation(few(reading.features), few(reference.test_features), reference.train_features);
  scores.in_pixels = memorisation(few(pixel_rows(samples)), few(pixel_rows(reference.pictures->test)),
                                  pixel_rows(reference.pictures->train));
}

} // namespace

Result<RealPictures> read_real(const fs::path& folder, const train::PictureOptions& pictures) {
  RealPictures real;
  GANLET_TRY(const bool are_pictures, train::holds_pictures(folder));
  if (!are_pictures) {
    GANLET_TRY(real.train, train::read_idx(folder, train::Split::train));
    GANLET_TRY(real.test, train::read_idx(folder, train::Split::test));
    return real;
  }
  GANLET_TRY(train::Pictures read, train::read_pictures(folder, pictures));
  std::fprintf(stderr, "%s\n", train::summary(read).c_str());
  if (read.validation.count == 0)
    return fail(ErrorCode::invalid_argument, "--validation", "holds no pictures back to compare with");
  real.train = std::move(read.train);
  real.test = std::move(read.validation);
  return real;
}

torch::Tensor Reference::features_of(const train::Dataset& data) const {
  return placed(read(judge, data).features);
}

Result<Reference> make_reference(std::shared_ptr<const RealPictures> real, JudgeKind kind, std::uint64_t seed,
                                 const fs::path& cache, const Options& options) {
  const train::Dataset &training = real->train, &test = real->test;
  if (const std::int64_t fewer = std::min(training.count, test.count); fewer <= options.k)
    return fail(ErrorCode::invalid_argument, "--data",
                concat("there are ", training.count, " training pictures and ", test.count,
                       " to compare with; both need more than ", options.k, ", whose distances are looked at"));
  const std::string origin = origin_of(*real, kind, seed, options.schedule);
  GANLET_TRY(Judge judge, judge_of_real(training, kind, seed, origin, cache, options.schedule));
  Reference reference{real, std::move(judge), seed, origin};
  const Reading unseen = read(reference.judge, test);
  if (reference.has_classes()) {
    reference.accuracy = accuracy(unseen, test);
    reference.accuracy_by_class = accuracy_by_class(unseen, test);
  }
  if (const auto* const autoencoder = std::get_if<Autoencoder>(&reference.judge))
    reference.lost = autoencoder->error(test);
  const torch::Tensor seen = read(reference.judge, training).features;
  reference.mean = seen.mean(0);
  reference.scale = 1 / std::sqrt(seen.var(0, false).mean().item<double>() + 1e-12);
  reference.train_features = reference.placed(seen);
  reference.test_features = reference.placed(unseen.features);
  reference.compared = some_of(reference.train_features, options.samples, seed);
  reference.frechet_floor = frechet_distance(reference.test_features, reference.compared);
  reference.kernel_distance = kernel_distance(reference.test_features, reference.compared);
  reference.real =
      neighbours_of(reference.compared, some_of(reference.test_features, options.samples, seed), options.k);
  return reference;
}

Result<train::Dataset> draw_samples(Source& source, const RealPictures& real, std::uint64_t seed,
                                    const Options& options) {
  GANLET_TRY(train::Dataset samples,
             source.draw(std::min(options.samples, real.train.count), seed * seeds_of_each_judge));
  GANLET_CHECK(check_size(samples, real.test));
  return samples;
}

namespace {

/// What a classifier says of samples, and what one taught by samples says of real pictures.
Result<void> score_classes(Source& source, const train::Dataset& samples, const Reading& reading,
                           const Reference& reference, const Options& options, Scores& scores) {
  const train::Dataset& test = reference.pictures->test;
  scores.class_shares = class_shares(reading, test.classes);
  GANLET_TRY(const std::optional<train::Dataset> seen, source.reconstruct(test));
  if (seen)
    scores.class_kept = accuracy(read(reference.judge, *seen), *seen);
  if (samples.labels.empty())
    return {};
  scores.class_accuracy = accuracy(reading, samples);
  scores.class_accuracy_by_class = accuracy_by_class(reading, samples);
  if (options.gan_train == 0)
    return {};
  const std::uint64_t seed = reference.seed * seeds_of_each_judge + static_cast<std::uint64_t>(samples.count);
  GANLET_TRY(const train::Dataset lesson, source.draw(options.gan_train, seed));
  const auto taught = trained<Classifier>(lesson, options.schedule, reference.seed, "classifier of generated");
  const Reading of_test = taught.read(test);
  scores.gan_train = accuracy(of_test, test);
  scores.gan_train_by_class = accuracy_by_class(of_test, test);
  return {};
}

} // namespace

Result<Scores> evaluate(Source& source, const train::Dataset& samples, const Reference& reference,
                        const Options& options) {
  Reading reading = read(reference.judge, samples);
  reading.features = reference.placed(reading.features);
  Scores scores;
  scores.frechet_distance = frechet_distance(reference.test_features, reading.features);
  scores.kernel_distance = kernel_distance(reference.test_features, reading.features);
  scores.neighbours = neighbours_of(reference.compared, reading.features, options.k);
  if (const std::int64_t few = reference.pictures->test.count; few < samples.count)
    scores.neighbours_of_few = neighbours_of(reference.compared, reading.features.slice(0, 0, few), options.k);
  score_memorisation(samples, reading, reference, options, scores);
  if (reference.has_classes())
    GANLET_CHECK(score_classes(source, samples, reading, reference, options, scores));
  return scores;
}

} // namespace ganlet::evaluate
