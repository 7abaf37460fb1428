#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "autoencoder.h"
#include "classifier.h"
#include "metrics.h"
#include "pictures.h"
#include "random_features.h"
#include "samples.h"

namespace ganlet::evaluate {

/// What sees pictures as features.
using Judge = std::variant<Classifier, Autoencoder, RandomFeatures>;

/// Judge 1 is trained on the real pictures, a classifier where these have labels and else an autoencoder; judge 2 has
/// random features. Neither shares networks or features with what generators are trained by.
enum class JudgeKind { trained, random };

/// Seeds of judges, and of the pictures that they are shown, begin here; trainings begin at 1.
inline constexpr std::uint64_t first_judge_seed = 7001;

/// Real pictures, seen and unseen in training.
struct RealPictures {
  train::Dataset train;
  train::Dataset test;
};

/// idx files, or a folder of pictures, of which `pictures.validation` are the test set: the very ones that ganlet-train
/// holds back with the same options. Errors: those of holds_pictures, read_idx and read_pictures; invalid_argument
/// where nothing is held back.
Result<RealPictures> read_real(const std::filesystem::path& folder, const train::PictureOptions& pictures);

/// The real pictures as a judge sees them, and what of them is compared with generated ones.
struct Reference {
  std::shared_ptr<const RealPictures> pictures;
  Judge judge;
  std::uint64_t seed = first_judge_seed;
  std::string origin{};                    ///< what decides the judge, and so all of its figures
  double accuracy = 0;                     ///< of a classifier, on the test set
  std::vector<double> accuracy_by_class{}; ///< likewise
  double lost = 0;                         ///< by an autoencoder, on the test set: `Autoencoder::error`
  torch::Tensor mean{};                    ///< of training pictures' features, which all are told from
  double scale = 1;                        ///< of features: those of training pictures have a mean variance of 1
  torch::Tensor train_features{};          ///< of all training pictures
  torch::Tensor test_features{};           ///< of all test pictures
  torch::Tensor compared{};                ///< of as many training pictures as samples are judged
  /// Figures of real pictures: distances of `compared` to the test set, and test pictures among `compared`.
  double frechet_floor = 0, kernel_distance = 0;
  Neighbours real{};

  /// Features as a judge has them, about the training pictures' mean and on their scale.
  torch::Tensor placed(const torch::Tensor& features) const { return (features - mean) * scale; }
  torch::Tensor features_of(const train::Dataset& data) const;
  bool has_classes() const { return std::holds_alternative<Classifier>(judge); }
};

struct Options {
  std::int64_t samples = 10000;   ///< or as many as there are training pictures, so that real ones are compared alike
  std::int64_t gan_train = 60000; ///< pictures for the classifier that sees generated ones only; 0: leave that out
  std::int64_t k = 3;
  std::int64_t memorisation =
      1000; ///< generated, and unseen real, pictures whose nearest training picture is looked for
  Schedule schedule;
};

struct Scores {
  /// GAN-test: share of samples in which the classifier sees the class that was asked for, where classes can be asked
  /// for.
  std::optional<double> class_accuracy;
  std::vector<double> class_accuracy_by_class;
  /// Share of test pictures whose reconstruction the classifier takes for their class, where the model has an encoder.
  std::optional<double> class_kept;
  /// Share of samples that a classifier takes for each class; empty without one. The real ones' are about equal in
  /// MNIST.
  std::vector<double> class_shares;
  double frechet_distance = 0; ///< between samples and test set, as `Reference::frechet_floor` is for real pictures
  double kernel_distance = 0;  ///< likewise
  Neighbours neighbours;       ///< of samples among `Reference::compared`
  /// Of as many samples as there are test pictures, where those are fewer: recall and coverage depend on the number.
  std::optional<Neighbours> neighbours_of_few;
  Memorisation in_features, in_pixels; ///< distances in pixels are root mean squares, of brightness from 0 to 1
  /// Accuracy on real test pictures of a classifier trained on generated ones alone (Shmelkov, Schmid, Alahari: How
  /// Good Is My GAN?, 2018), where these have labels.
  std::optional<double> gan_train;
  std::vector<double> gan_train_by_class;
};

/// Trains a judge on real pictures, or takes the one that an earlier call left in `cache`. Errors: io for the cache.
Result<Reference> make_reference(std::shared_ptr<const RealPictures> real, JudgeKind kind, std::uint64_t seed,
                                 const std::filesystem::path& cache, const Options& options);

/// The pictures that a judge of this seed is shown. Errors: the source's; invalid_argument where they have another size
/// than real ones.
Result<train::Dataset> draw_samples(Source& source, const RealPictures& real, std::uint64_t seed,
                                    const Options& options);

/// `samples` are as `draw_samples` gives them.
Result<Scores> evaluate(Source& source, const train::Dataset& samples, const Reference& reference,
                        const Options& options);

} // namespace ganlet::evaluate
