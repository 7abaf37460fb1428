#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataset.h"
#include "torch_all.h"

namespace ganlet::evaluate {

/// How a judge is trained, whatever the data; real and generated pictures get the same.
struct Schedule {
  std::int64_t pictures = 240'000; ///< that it sees, however many there are
  std::int64_t batch = 128;
  double highest_rate = 4e-3; ///< of AdamW, reached after a fifth of the updates; an autoencoder's is a quarter
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

/// The same of each class's own pictures; NaN where there are none.
std::vector<double> accuracy_by_class(const Reading& reading, const train::Dataset& data);

/// Told of each update that is done, and of the loss.
using Progress = std::function<void(std::int64_t done, double loss)>;

/// How many updates there are with `count` pictures.
std::int64_t updates_of(const Schedule& schedule, std::int64_t count);

class ClassifierNetwork;

/// A small convolutional network that tells the classes of pictures apart.
class Classifier {
 public:
  static Classifier train(const train::Dataset& data, const Schedule& schedule, std::uint64_t seed,
                          const Progress& progress);

  Reading read(const train::Dataset& data) const;
  /// Names and shapes of its weights, a line each.
  std::string weights() const;

  void save(torch::serialize::OutputArchive& archive) const;
  /// Of one that was trained on `data`.
  static Classifier load(torch::serialize::InputArchive& archive, const train::Dataset& data);

 private:
  explicit Classifier(const train::Dataset& data);
  std::shared_ptr<ClassifierNetwork> network_;
};

} // namespace ganlet::evaluate
