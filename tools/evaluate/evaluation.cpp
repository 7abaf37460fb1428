#include "evaluation.h"

#include <cstdio>

#include "core/text.h"

namespace ganlet::evaluate {

namespace {

/// GAN-train's pictures are others than those that are looked at.
constexpr std::uint64_t gan_train_seeds = 1'000'000'000;

Classifier::Progress progress_line(const char* what) {
  return [what](std::int64_t done, std::int64_t total, double loss) {
    if (done % 50 == 0 || done == total)
      std::fprintf(stderr, "\r%s: %lld of %lld updates, loss %.4f %s", what, static_cast<long long>(done), static_cast<long long>(total),
                   loss, done == total ? "\n" : "");
  };
}

std::string origin_of(const train::Dataset& data, const Options& options) {
  const Schedule& schedule = options.schedule;
  return concat("classifier 1, seed ", options.seed, ", epochs ", schedule.epochs, ", batch ", schedule.batch, ", rate ",
                schedule.highest_rate, ", decay ", schedule.weight_decay, ", bf16 ", schedule.bf16 ? "yes" : "no", ", data ",
                train::fingerprint(data));
}

Result<Classifier> real_classifier(const train::Dataset& data, const std::filesystem::path& cache, const Options& options) {
  const std::filesystem::path file = cache / "classifier.pt";
  const std::string origin = origin_of(data, options);
  if (std::optional<Classifier> kept = Classifier::load(file, origin, data))
    return std::move(*kept);
  std::error_code error;
  std::filesystem::create_directories(cache, error);
  if (error)
    return fail(ErrorCode::io, cache.string(), error.message());
  Classifier classifier = Classifier::train(data, options.schedule, options.seed, progress_line("classifier of real pictures"));
  GANLET_CHECK(classifier.save(file, origin));
  return classifier;
}

/// As many rows as asked for (or all), chosen by a fixed seed.
torch::Tensor some_of(const torch::Tensor& rows, std::int64_t count) {
  torch::manual_seed(0);
  return rows.index_select(0, torch::randperm(rows.size(0)).slice(0, 0, count));
}

} // namespace

Result<Reference> make_reference(const std::filesystem::path& folder, const std::filesystem::path& cache, const Options& options) {
  GANLET_TRY(const train::Dataset data, train::read_idx(folder, train::Split::train));
  GANLET_TRY(train::Dataset test, train::read_idx(folder, train::Split::test));
  GANLET_TRY(Classifier classifier, real_classifier(data, cache, options));
  const Reading unseen = classifier.read(test);
  Reference reference{std::move(test), std::move(classifier), 0, {}, {}, 0, {}};
  reference.accuracy = accuracy(unseen, reference.test);
  reference.train_features = reference.classifier.read(data).features;
  reference.neighbours = some_of(reference.train_features, options.samples);
  const torch::Tensor compared = some_of(unseen.features, options.samples);
  reference.frechet_floor = frechet_distance(reference.train_features, compared);
  reference.real = precision_recall(reference.neighbours, compared, options.k);
  return reference;
}

Result<Scores> evaluate(Source& source, const Reference& reference, const Options& options) {
  GANLET_TRY(const train::Dataset samples, source.draw(options.samples, options.seed));
  if (samples.height != reference.test.height || samples.width != reference.test.width)
    return fail(ErrorCode::invalid_argument, "model", concat("draws ", samples.width, " x ", samples.height, " pixels, the data has ",
                                                              reference.test.width, " x ", reference.test.height));
  const Reading reading = reference.classifier.read(samples);
  Scores scores;
  scores.class_accuracy = accuracy(reading, samples);
  scores.frechet_distance = frechet_distance(reference.train_features, reading.features);
  scores.frechet_to_test = frechet_distance(reference.classifier.read(reference.test).features, reading.features);
  scores.neighbours = precision_recall(reference.neighbours, reading.features, options.k);
  if (options.gan_train > 0) {
    GANLET_TRY(const train::Dataset lesson, source.draw(options.gan_train, options.seed + gan_train_seeds));
    const Classifier taught = Classifier::train(lesson, options.schedule, options.seed, progress_line("classifier of generated pictures"));
    scores.gan_train = accuracy(taught.read(reference.test), reference.test);
  }
  return scores;
}

} // namespace ganlet::evaluate
