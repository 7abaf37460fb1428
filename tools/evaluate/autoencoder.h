#pragma once

#include "classifier.h"

namespace ganlet::evaluate {

class AutoencoderNetwork;

/// A small network that squeezes pictures into 128 numbers and learns to draw them again from those: features of
/// pictures that have no labels (Hinton and Salakhutdinov: Reducing the Dimensionality of Data with Neural Networks,
/// 2006). They tell less of what a picture shows, and more of how it looks, than a classifier's.
class Autoencoder {
 public:
  static Autoencoder train(const train::Dataset& data, const Schedule& schedule, std::uint64_t seed,
                           const Progress& progress);

  /// Features; no predictions.
  Reading read(const train::Dataset& data) const;
  /// Names and shapes of its weights, a line each.
  std::string weights() const;
  /// Root mean square over all pixels of what is lost, where brightness goes from 0 to 1.
  double error(const train::Dataset& data) const;

  void save(torch::serialize::OutputArchive& archive) const;
  static Autoencoder load(torch::serialize::InputArchive& archive, const train::Dataset& data);

 private:
  explicit Autoencoder(const train::Dataset& data);
  std::shared_ptr<AutoencoderNetwork> network_;
};

} // namespace ganlet::evaluate
