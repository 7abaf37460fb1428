#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "dataset.h"
#include "torch_all.h"

namespace ganlet::evaluate {

/// How a classifier is trained; real and generated pictures get the same.
struct Schedule {
  std::int64_t epochs = 8;
  std::int64_t batch = 128;
  double highest_rate = 4e-3; ///< of AdamW, reached after a fifth of the updates
  double weight_decay = 1e-2;
  bool bf16 = false; ///< autocast to bfloat16
};

/// What a classifier makes of pictures.
struct Reading {
  torch::Tensor features;    ///< (N, 128) float, what a network has before its last layer
  torch::Tensor predictions; ///< (N) int64, the likeliest class; undefined where it knows no classes
};

/// Share of `predictions` that are the data's labels.
double accuracy(const Reading& reading, const train::Dataset& data);

/// Whether training is faster in bfloat16 than in float32 on this machine, by a few updates of a network that is thrown
/// away.
bool bf16_is_faster(const Schedule& schedule);

class ClassifierNetwork;

/// A small convolutional network that tells the classes of pictures apart.
class Classifier {
 public:
  /// Told of each update that is done, of how many, and of the loss.
  using Progress = std::function<void(std::int64_t done, std::int64_t total, double loss)>;

  static Classifier train(const train::Dataset& data, const Schedule& schedule, std::uint64_t seed,
                          const Progress& progress);

  Reading read(const train::Dataset& data) const;

  void save(torch::serialize::OutputArchive& archive) const;
  /// Of one that was trained on `data`.
  static Classifier load(torch::serialize::InputArchive& archive, const train::Dataset& data);

 private:
  explicit Classifier(const train::Dataset& data);
  std::shared_ptr<ClassifierNetwork> network_;
};

} // namespace ganlet::evaluate
