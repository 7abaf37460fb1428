#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "autoencoder.h"
#include "classifier.h"
#include "metrics.h"
#include "pictures.h"
#include "samples.h"

namespace ganlet::evaluate {

/// What sees pictures as features: a classifier where the real ones have labels, else an autoencoder; trained on them.
using Judge = std::variant<Classifier, Autoencoder>;

/// The real pictures as their judge sees them, and what of them is compared with generated ones.
struct Reference {
  train::Dataset train;
  train::Dataset test;
  Judge judge;
  double accuracy = 0;            ///< of a classifier, on the test set
  double lost = 0;                ///< by an autoencoder, on the test set: `Autoencoder::error`
  torch::Tensor train_features{}; ///< of all training pictures
  torch::Tensor test_features{};  ///< of all test pictures
  torch::Tensor neighbours{};     ///< of as many training pictures as there are samples, for precision and recall
  double frechet_floor = 0; ///< what as many unseen real pictures as there are samples, those of the test set, get
  PrecisionRecall real{};   ///< likewise

  bool has_classes() const { return std::holds_alternative<Classifier>(judge); }
};

struct Options {
  std::int64_t samples = 10000;
  std::int64_t gan_train = 60000; ///< pictures for the classifier that sees generated ones only; 0: leave that out
  std::int64_t k = 3;
  std::int64_t memorisation =
      1000; ///< generated, and unseen real, pictures whose nearest training picture is looked for
  std::uint64_t seed = 1;
  Schedule schedule;
};

struct Scores {
  /// Share of samples in which the classifier sees the class that was asked for, where classes can be asked for.
  std::optional<double> class_accuracy;
  /// Share of test pictures whose reconstruction the classifier takes for their class, where the model has an encoder.
  std::optional<double> class_kept;
  /// Share of samples that a classifier takes for each class; empty without one. The real ones' are about equal in
  /// MNIST.
  std::vector<double> class_shares;
  double frechet_distance = 0; ///< between samples and training set
  double frechet_to_test = 0;  ///< between samples and test set
  PrecisionRecall neighbours;
  Memorisation in_features, in_pixels; ///< distances in pixels are root mean squares, of brightness from 0 to 1
  /// Accuracy on real test pictures of a classifier trained on generated ones alone (Shmelkov, Schmid, Alahari: How
  /// Good Is My GAN?, 2018), where these have labels.
  std::optional<double> gan_train;
};

/// Real pictures, seen and unseen in training.
struct RealPictures {
  train::Dataset train;
  train::Dataset test;
};

/// idx files, or a folder of pictures, of which `pictures.validation` are the test set: the very ones that ganlet-train
/// holds back with the same options. Errors: those of holds_pictures, read_idx and read_pictures; invalid_argument
/// where nothing is held back.
Result<RealPictures> read_real(const std::filesystem::path& folder, const train::PictureOptions& pictures);

/// Trains a judge on real pictures, or takes the one that an earlier call left in `cache`. Errors: io for the cache.
Result<Reference> make_reference(RealPictures real, const std::filesystem::path& cache, const Options& options);

Result<Scores> evaluate(Source& source, const Reference& reference, const Options& options);

} // namespace ganlet::evaluate
