#include "evaluation.h"

#include <algorithm>
#include <cstdio>

#include "checkpoint.h"
#include "core/text.h"
#include "progress.h"

namespace ganlet::evaluate {

namespace {

namespace fs = std::filesystem;

/// GAN-train's pictures are others than those that are looked at.
constexpr std::uint64_t gan_train_seeds = 1'000'000'000;

Classifier train_classifier(const train::Dataset& data, const Options& options, const char* what) {
  const std::int64_t updates = options.schedule.epochs * (data.count / std::min(data.count, options.schedule.batch));
  train::ProgressBar bar(0, updates, std::min(data.count, options.schedule.batch), "images");
  return Classifier::train(data, options.schedule, options.seed, [&](std::int64_t done, std::int64_t, double loss) {
    char note[32];
    std::snprintf(note, sizeof note, "loss %.4f", loss);
    bar.show(done, concat("classifier of ", what, " pictures  ", note));
  });
}

/// A classifier of real pictures, with what it makes of them. The cache keeps it.
struct Kept {
  Classifier classifier;
  torch::Tensor train_features;
  torch::Tensor test_features;
  double accuracy = 0; ///< on the test set
};

/// What decides a classifier and its features.
std::string origin_of(const train::Dataset& data, const train::Dataset& test, const Options& options) {
  const Schedule& schedule = options.schedule;
  return concat("classifier 2, seed ", options.seed, ", epochs ", schedule.epochs, ", batch ", schedule.batch,
                ", rate ", schedule.highest_rate, ", decay ", schedule.weight_decay, ", bf16 ",
                schedule.bf16 ? "yes" : "no", ", data ", train::fingerprint(data), " ", train::fingerprint(test));
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
  Kept kept{Classifier::load(network, data), {}, {}, accuracy_found.toDouble()};
  archive.read("train_features", kept.train_features);
  archive.read("test_features", kept.test_features);
  return kept;
}

Result<void> save_kept(const fs::path& file, const std::string& origin, const Kept& kept) {
  torch::serialize::OutputArchive archive, network;
  kept.classifier.save(network);
  archive.write("origin", c10::IValue(origin));
  archive.write("network", network);
  archive.write("accuracy", c10::IValue(kept.accuracy));
  archive.write("train_features", kept.train_features);
  archive.write("test_features", kept.test_features);
  return train::write_archive(file, archive);
}

Result<Kept> classifier_of_real(const train::Dataset& data, const train::Dataset& test, const fs::path& cache,
                                const Options& options) {
  const fs::path file = cache / "classifier.pt";
  const std::string origin = origin_of(data, test, options);
  if (std::optional<Kept> kept = load_kept(file, origin, data))
    return std::move(*kept);
  std::error_code error;
  fs::create_directories(cache, error);
  if (error)
    return fail(ErrorCode::io, cache.string(), error.message());
  Kept kept{train_classifier(data, options, "real"), {}, {}, 0};
  const Reading unseen = kept.classifier.read(test);
  kept.accuracy = accuracy(unseen, test);
  kept.test_features = unseen.features;
  kept.train_features = kept.classifier.read(data).features;
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

} // namespace

Result<Reference> make_reference(const fs::path& folder, const fs::path& cache, const Options& options) {
  GANLET_TRY(const train::Dataset data, train::read_idx(folder, train::Split::train));
  GANLET_TRY(train::Dataset test, train::read_idx(folder, train::Split::test));
  GANLET_TRY(Kept kept, classifier_of_real(data, test, cache, options));
  Reference reference{
      std::move(test), std::move(kept.classifier), kept.accuracy, kept.train_features, kept.test_features, {}, 0, {}};
  reference.neighbours = some_of(reference.train_features, options.samples);
  const torch::Tensor compared = some_of(reference.test_features, options.samples);
  reference.frechet_floor = frechet_distance(reference.train_features, compared);
  reference.real = precision_recall(reference.neighbours, compared, options.k);
  return reference;
}

Result<Scores> evaluate(Source& source, const Reference& reference, const Options& options) {
  GANLET_TRY(const train::Dataset samples, source.draw(options.samples, options.seed));
  if (samples.height != reference.test.height || samples.width != reference.test.width)
    return fail(ErrorCode::invalid_argument, "model",
                concat("draws ", samples.width, " x ", samples.height, " pixels, the data has ", reference.test.width,
                       " x ", reference.test.height));
  const Reading reading = reference.classifier.read(samples);
  Scores scores;
  const bool labelled = !samples.labels.empty();
  if (labelled)
    scores.class_accuracy = accuracy(reading, samples);
  if (const std::optional<train::Dataset> seen = source.reconstruct(reference.test))
    scores.class_kept = accuracy(reference.classifier.read(*seen), *seen);
  scores.class_shares = class_shares(reading, reference.test.classes);
  scores.frechet_distance = frechet_distance(reference.train_features, reading.features);
  scores.frechet_to_test = frechet_distance(reference.test_features, reading.features);
  scores.neighbours = precision_recall(reference.neighbours, reading.features, options.k);
  if (labelled && options.gan_train > 0) {
    GANLET_TRY(const train::Dataset lesson, source.draw(options.gan_train, options.seed + gan_train_seeds));
    const Classifier taught = train_classifier(lesson, options, "generated");
    scores.gan_train = accuracy(taught.read(reference.test), reference.test);
  }
  return scores;
}

} // namespace ganlet::evaluate
