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

/// GAN-train's pictures are others than those that are looked at.
constexpr std::uint64_t gan_train_seeds = 1'000'000'000;

/// Trains a `Network`, with a progress bar that says what it is.
template <typename Network> Network trained(const train::Dataset& data, const Options& options, std::string_view what) {
  const std::int64_t batch = std::min(data.count, options.schedule.batch);
  train::ProgressBar bar(0, options.schedule.epochs * (data.count / batch), batch, "images");
  return Network::train(data, options.schedule, options.seed, [&](std::int64_t done, std::int64_t, double loss) {
    char note[32];
    std::snprintf(note, sizeof note, "loss %.4f", loss);
    bar.show(done, concat(what, " pictures  ", note));
  });
}

Reading read(const Judge& judge, const train::Dataset& data) {
  return std::visit([&data](const auto& network) { return network.read(data); }, judge);
}

/// A judge of real pictures, with what it makes of them. The cache keeps it.
struct Kept {
  Judge judge;
  torch::Tensor train_features;
  torch::Tensor test_features;
  double accuracy = 0; ///< of a classifier on the test set
};

bool has_labels(const train::Dataset& data) {
  return data.classes > 1;
}

/// What decides a judge and its features.
std::string origin_of(const train::Dataset& data, const train::Dataset& test, const Options& options) {
  const Schedule& schedule = options.schedule;
  return concat(has_labels(data) ? "classifier 2" : "autoencoder 1", ", seed ", options.seed, ", epochs ",
                schedule.epochs, ", batch ", schedule.batch, ", rate ", schedule.highest_rate, ", decay ",
                schedule.weight_decay, ", bf16 ", schedule.bf16 ? "yes" : "no", ", data ", train::fingerprint(data),
                " ", train::fingerprint(test));
}

std::optional<Kept> load_kept(const fs::path& file, const std::string& origin, const train::Dataset& data) {
  if (!fs::exists(file))
    return std::nullopt;
  torch::serialize::InputArchive archive, network;
  archive.load_from(file.string());
  c10::IValue found, accuracy_found;
  if (!archive.try_read("origin", found) || found.toStringRef() != origin)
    return std::nullopt;
  archive.read("network", network);
  archive.read("accuracy", accuracy_found);
  Kept kept{has_labels(data) ? Judge(Classifier::load(network, data)) : Judge(Autoencoder::load(network, data)),
            {},
            {},
            accuracy_found.toDouble()};
  archive.read("train_features", kept.train_features);
  archive.read("test_features", kept.test_features);
  return kept;
}

Result<void> save_kept(const fs::path& file, const std::string& origin, const Kept& kept) {
  torch::serialize::OutputArchive archive, network;
  std::visit([&network](const auto& judge) { judge.save(network); }, kept.judge);
  archive.write("origin", c10::IValue(origin));
  archive.write("network", network);
  archive.write("accuracy", c10::IValue(kept.accuracy));
  archive.write("train_features", kept.train_features);
  archive.write("test_features", kept.test_features);
  return train::write_archive(file, archive);
}

Result<Kept> judge_of_real(const RealPictures& real, const fs::path& cache, const Options& options) {
  const std::string origin = origin_of(real.train, real.test, options);
  const std::string digest = sha256_text(std::as_bytes(std::span(origin)));
  const fs::path file =
      cache / concat(has_labels(real.train) ? "classifier-" : "autoencoder-", digest.substr(0, 8), ".pt");
  if (std::optional<Kept> kept = load_kept(file, origin, real.train))
    return std::move(*kept);
  std::error_code error;
  fs::create_directories(cache, error);
  if (error)
    return fail(ErrorCode::io, cache.string(), error.message());
  Kept kept{has_labels(real.train) ? Judge(trained<Classifier>(real.train, options, "classifier of real"))
                                   : Judge(trained<Autoencoder>(real.train, options, "autoencoder of real")),
            {},
            {},
            0};
  const Reading unseen = read(kept.judge, real.test);
  if (unseen.predictions.defined())
    kept.accuracy = accuracy(unseen, real.test);
  kept.test_features = unseen.features;
  kept.train_features = read(kept.judge, real.train).features;
  GANLET_CHECK(save_kept(file, origin, kept));
  return kept;
}

std::vector<double> class_shares(const Reading& reading, std::int64_t classes) {
  const torch::Tensor counts = torch::bincount(reading.predictions, {}, classes).to(torch::kDouble);
  const torch::Tensor shares = (counts / counts.sum()).contiguous();
  return {shares.data_ptr<double>(), shares.data_ptr<double>() + shares.numel()};
}

/// As many rows as asked for (or all), chosen by a fixed seed.
torch::Tensor some_of(const torch::Tensor& rows, std::int64_t count) {
  torch::manual_seed(0);
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
  scores.in_pixels =
      memorisation(few(pixel_rows(samples)), few(pixel_rows(reference.test)), pixel_rows(reference.train));
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

Result<Reference> make_reference(RealPictures real, const fs::path& cache, const Options& options) {
  if (const std::int64_t fewer = std::min(real.train.count, real.test.count); fewer <= options.k)
    return fail(ErrorCode::invalid_argument, "--data",
                concat("there are ", real.train.count, " training pictures and ", real.test.count,
                       " to compare with; both need more than ", options.k, ", whose distances are looked at"));
  GANLET_TRY(Kept kept, judge_of_real(real, cache, options));
  Reference reference{std::move(real.train), std::move(real.test), std::move(kept.judge), kept.accuracy};
  reference.train_features = kept.train_features;
  reference.test_features = kept.test_features;
  if (const auto* const autoencoder = std::get_if<Autoencoder>(&reference.judge))
    reference.lost = autoencoder->error(reference.test);
  reference.neighbours = some_of(reference.train_features, options.samples);
  const torch::Tensor compared = some_of(reference.test_features, options.samples);
  reference.frechet_floor = frechet_distance(reference.train_features, compared);
  reference.real = precision_recall(reference.neighbours, compared, options.k);
  return reference;
}

Result<Scores> evaluate(Source& source, const Reference& reference, const Options& options) {
  GANLET_TRY(const train::Dataset samples, source.draw(options.samples, options.seed));
  GANLET_CHECK(check_size(samples, reference.test));
  const Reading reading = read(reference.judge, samples);
  Scores scores;
  const bool labelled = !samples.labels.empty() && reference.has_classes();
  if (labelled)
    scores.class_accuracy = accuracy(reading, samples);
  if (reference.has_classes()) {
    GANLET_TRY(const std::optional<train::Dataset> seen, source.reconstruct(reference.test));
    if (seen)
      scores.class_kept = accuracy(read(reference.judge, *seen), *seen);
    scores.class_shares = class_shares(reading, reference.test.classes);
  }
  scores.frechet_distance = frechet_distance(reference.train_features, reading.features);
  scores.frechet_to_test = frechet_distance(reference.test_features, reading.features);
  scores.neighbours = precision_recall(reference.neighbours, reading.features, options.k);
  score_memorisation(samples, reading, reference, options, scores);
  if (labelled && options.gan_train > 0) {
    GANLET_TRY(const train::Dataset lesson, source.draw(options.gan_train, options.seed + gan_train_seeds));
    const auto taught = trained<Classifier>(lesson, options, "classifier of generated");
    scores.gan_train = accuracy(taught.read(reference.test), reference.test);
  }
  return scores;
}

} // namespace ganlet::evaluate
