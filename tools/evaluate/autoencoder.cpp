#include "autoencoder.h"

#include <algorithm>
#include <cmath>

#include "autocast.h"
#include "learning.h"

namespace ganlet::evaluate {

namespace {

namespace nn = torch::nn;

constexpr std::int64_t batch_to_read = 500;

} // namespace

class AutoencoderNetwork : public nn::Module {
 public:
  AutoencoderNetwork(std::int64_t channels, std::int64_t height, std::int64_t width)
      : picture_{-1, channels, height, width}, maps_{-1, 96, height / 4, width / 4} {
    const auto conv = [](std::int64_t in, std::int64_t out, std::int64_t stride) {
      return nn::Conv2d(nn::Conv2dOptions(in, out, stride == 2 ? 4 : 3).stride(stride).padding(1));
    };
    const auto doubling = [](std::int64_t in, std::int64_t out) {
      return nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 4).stride(2).padding(1));
    };
    const std::int64_t flat = maps_[1] * maps_[2] * maps_[3];
    encoder_->push_back(conv(channels, 32, 2));
    encoder_->push_back(nn::ReLU());
    encoder_->push_back(conv(32, 96, 2));
    encoder_->push_back(nn::ReLU());
    encoder_->push_back(nn::Flatten());
    encoder_->push_back(nn::Linear(flat, feature_count));
    decoder_->push_back(nn::Linear(feature_count, flat));
    decoder_->push_back(nn::ReLU());
    decoder_->push_back(nn::Unflatten(nn::UnflattenOptions(1, {maps_[1], maps_[2], maps_[3]})));
    decoder_->push_back(doubling(96, 48));
    decoder_->push_back(nn::ReLU());
    decoder_->push_back(doubling(48, channels));
    register_module("encoder", encoder_);
    register_module("decoder", decoder_);
  }

  torch::Tensor features(const torch::Tensor& x) { return encoder_->forward(x).to(torch::kFloat); }
  torch::Tensor pictures(const torch::Tensor& features) { return decoder_->forward(features).to(torch::kFloat); }

 private:
  std::vector<std::int64_t> picture_, maps_;
  nn::Sequential encoder_, decoder_;
};

Autoencoder::Autoencoder(const train::Dataset& data)
    : network_(std::make_shared<AutoencoderNetwork>(data.channels, data.height, data.width)) {}

Autoencoder Autoencoder::train(const train::Dataset& data, const Schedule& schedule, std::uint64_t seed,
                               const Progress& progress) {
  torch::manual_seed(seed);
  Autoencoder autoencoder(data);
  AutoencoderNetwork& network = *autoencoder.network_;
  const torch::Tensor pixels = pixels_of(data);
  torch::optim::AdamW optimizer(network.parameters(), torch::optim::AdamWOptions(schedule.highest_rate / 4));
  learn(data.count, schedule, optimizer, schedule.highest_rate / 4, progress, [&](const torch::Tensor& chosen) {
    const torch::Tensor x = pixels.index_select(0, chosen).to(torch::kFloat) / 255;
    const train::AutocastScope precision(schedule.bf16);
    return (network.pictures(network.features(x)) - x).square().mean();
  });
  network.eval();
  return autoencoder;
}

Reading Autoencoder::read(const train::Dataset& data) const {
  torch::NoGradGuard no_gradient;
  const torch::Tensor pixels = pixels_of(data);
  std::vector<torch::Tensor> features;
  for (std::int64_t first = 0; first < data.count; first += batch_to_read)
    features.push_back(network_->features(pixels.slice(0, first, first + batch_to_read).to(torch::kFloat) / 255));
  return {torch::cat(features), {}};
}

double Autoencoder::error(const train::Dataset& data) const {
  torch::NoGradGuard no_gradient;
  const torch::Tensor pixels = pixels_of(data);
  double squares = 0;
  for (std::int64_t first = 0; first < data.count; first += batch_to_read) {
    const torch::Tensor x = pixels.slice(0, first, first + batch_to_read).to(torch::kFloat) / 255;
    squares += (network_->pictures(network_->features(x)) - x).square().sum().item<double>();
  }
  return std::sqrt(squares / static_cast<double>(data.count * data.pixels_each()));
}

std::string Autoencoder::weights() const {
  return shapes_of(*network_);
}

void Autoencoder::save(torch::serialize::OutputArchive& archive) const {
  network_->save(archive);
}

Autoencoder Autoencoder::load(torch::serialize::InputArchive& archive, const train::Dataset& data) {
  Autoencoder autoencoder(data);
  autoencoder.network_->load(archive);
  autoencoder.network_->eval();
  return autoencoder;
}

} // namespace ganlet::evaluate
