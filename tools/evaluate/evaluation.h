#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "classifier.h"
#include "metrics.h"
#include "samples.h"

namespace ganlet::evaluate {

/// The real pictures as a classifier trained on them sees them, and what of them is compared with generated ones.
struct Reference {
  train::Dataset test;
  Classifier classifier;
  double accuracy = 0;          ///< on the test set
  torch::Tensor train_features; ///< of all training pictures
  torch::Tensor test_features;  ///< of all test pictures
  torch::Tensor neighbours;     ///< of as many training pictures as there are samples, for precision and recall
  double frechet_floor = 0;     ///< what as many unseen real pictures as there are samples, those of the test set, get
  PrecisionRecall real;         ///< likewise
};

struct Options {
  std::int64_t samples = 10000;
  std::int64_t gan_train = 60000; ///< pictures for the classifier that sees generated ones only; 0: leave that out
  std::int64_t k = 3;
  std::uint64_t seed = 1;
  Schedule schedule;
};

struct Scores {
  /// Share of samples in which the classifier sees the class that was asked for, where classes can be asked for.
  std::optional<double> class_accuracy;
  /// Share of test pictures whose reconstruction the classifier takes for their class, where the model has an encoder.
  std::optional<double> class_kept;
  /// Share of samples that the classifier takes for each class. The real ones' are about equal in MNIST.
  std::vector<double> class_shares;
  double frechet_distance = 0; ///< between samples and training set
  double frechet_to_test = 0;  ///< between samples and test set
  PrecisionRecall neighbours;
  /// Accuracy on real test pictures of a classifier trained on generated ones alone (Shmelkov, Schmid, Alahari: How
  /// Good Is My GAN?, 2018), where these have labels.
  std::optional<double> gan_train;
};

/// Trains a classifier on real pictures, or takes the one that an earlier call left in `cache`.
/// Errors: those of read_idx; io for the cache.
Result<Reference> make_reference(const std::filesystem::path& data, const std::filesystem::path& cache,
                                 const Options& options);

Result<Scores> evaluate(Source& source, const Reference& reference, const Options& options);

} // namespace ganlet::evaluate
