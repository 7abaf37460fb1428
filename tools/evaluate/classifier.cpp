#include "classifier.h"

#include <numbers>

#include "autocast.h"
#include "learning.h"

namespace ganlet::evaluate {

namespace {

namespace nn = torch::nn;

torch::Tensor labels_of(const train::Dataset& data) {
  return torch::from_blob(const_cast<std::uint8_t*>(data.labels.data()), {data.count}, torch::kByte).to(torch::kLong);
}

/// Brightness 0 to 1 as the network wants it: less about the mean of handwriting, or of colour pictures, over about its
/// deviation.
torch::Tensor normalized(const torch::Tensor& unit) {
  return unit.size(1) == 1 ? (unit - 0.13) / 0.31 : (unit - 0.5) / 0.25;
}

/// Pictures turned, sheared, scaled and shifted a little, each in its own way, with black beyond the edges, and in
/// colour what lies at them. Takes and gives [0, 1].
torch::Tensor distorted(const torch::Tensor& unit) {
  const std::int64_t count = unit.size(0);
  const auto uniform = [count](double most) { return (torch::rand({count}) * 2 - 1) * most; };
  const torch::Tensor angle = uniform(12.0 / 180 * std::numbers::pi);
  const torch::Tensor shear = uniform(0.2), scale_x = 1 + uniform(0.12), scale_y = 1 + uniform(0.12);
  const double shift = 2.0 * 2 / static_cast<double>(unit.size(3)); // 2 pixels, where the picture spans 2
  const torch::Tensor cosine = angle.cos(), sine = angle.sin();
  const torch::Tensor rows = torch::stack({scale_x * cosine, shear - scale_y * sine, uniform(shift),
                                           scale_x * sine + shear * 0.2, scale_y * cosine, uniform(shift)},
                                          1);
  const torch::Tensor grid = nn::functional::affine_grid(rows.view({count, 2, 3}), unit.sizes(), false);
  auto options = nn::functional::GridSampleFuncOptions().align_corners(false);
  if (unit.size(1) > 1)
    options.padding_mode(torch::kBorder);
  return nn::functional::grid_sample(unit, grid, options);
}

/// Convolution, normalization, ReLU.
class BlockImpl : public nn::Module {
 public:
  BlockImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride)
      : convolution_(register_module(
            "convolution",
            nn::Conv2d(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(false)))),
        normalization_(register_module("normalization", nn::BatchNorm2d(out))) {}

  torch::Tensor forward(const torch::Tensor& x) { return torch::relu(normalization_(convolution_(x))); }

 private:
  nn::Conv2d convolution_;
  nn::BatchNorm2d normalization_;
};
TORCH_MODULE(Block);

} // namespace

class ClassifierNetwork : public nn::Module {
 public:
  ClassifierNetwork(std::int64_t channels, std::int64_t height, std::int64_t width, std::int64_t classes) {
    const auto shrunk = [](std::int64_t side) { return ((side + 1) / 2 / 2 + 1) / 2; };
    body_->push_back(Block(channels, 32, 5, 2));
    body_->push_back(Block(32, 64, 3, 1));
    body_->push_back(nn::MaxPool2d(2));
    body_->push_back(Block(64, 96, 3, 1));
    body_->push_back(Block(96, 128, 3, 2));
    register_module("body", body_);
    features_ = register_module("features", nn::Linear(128 * shrunk(height) * shrunk(width), feature_count));
    classes_ = register_module("classes", nn::Linear(feature_count, classes));
  }

  /// (N, 128)
  torch::Tensor features(const torch::Tensor& x) {
    return torch::relu(
        features_(body_->forward(x.contiguous(torch::MemoryFormat::ChannelsLast)).flatten(1)).to(torch::kFloat));
  }
  torch::Tensor logits(const torch::Tensor& features) { return classes_(features).to(torch::kFloat); }

 private:
  nn::Sequential body_;
  nn::Linear features_{nullptr}, classes_{nullptr};
};

namespace {

torch::Tensor loss_of(ClassifierNetwork& network, const torch::Tensor& x, const torch::Tensor& labels, bool bf16) {
  const train::AutocastScope precision(bf16);
  return nn::functional::cross_entropy(network.logits(network.features(x)), labels);
}

} // namespace

double accuracy(const Reading& reading, const train::Dataset& data) {
  return reading.predictions.eq(labels_of(data)).to(torch::kDouble).mean().item<double>();
}

std::vector<double> accuracy_by_class(const Reading& reading, const train::Dataset& data) {
  const torch::Tensor labels = labels_of(data);
  const torch::Tensor right = labels.masked_select(reading.predictions.eq(labels));
  const auto counts = [&data](const torch::Tensor& of) {
    return torch::bincount(of, {}, data.classes).to(torch::kDouble);
  };
  const torch::Tensor shares = counts(right) / counts(labels);
  return {shares.data_ptr<double>(), shares.data_ptr<double>() + shares.numel()};
}

Classifier::Classifier(const train::Dataset& data)
    : network_(std::make_shared<ClassifierNetwork>(data.channels, data.height, data.width, data.classes)) {}

Classifier Classifier::train(const train::Dataset& data, const Schedule& schedule, std::uint64_t seed,
                             const Progress& progress) {
  torch::manual_seed(seed);
  Classifier classifier(data);
  ClassifierNetwork& network = *classifier.network_;
  network.train();
  const torch::Tensor pixels = pixels_of(data), labels = labels_of(data);
  torch::optim::AdamW optimizer(network.parameters(),
                                torch::optim::AdamWOptions(schedule.highest_rate).weight_decay(schedule.weight_decay));
  learn(data.count, schedule, optimizer, schedule.highest_rate, progress, [&](const torch::Tensor& chosen) {
    const torch::Tensor x = normalized(distorted(pixels.index_select(0, chosen).to(torch::kFloat) / 255));
    return loss_of(network, x, labels.index_select(0, chosen), schedule.bf16);
  });
  network.eval();
  return classifier;
}

Reading Classifier::read(const train::Dataset& data) const {
  torch::NoGradGuard no_gradient;
  const torch::Tensor pixels = pixels_of(data);
  std::vector<torch::Tensor> features, predictions;
  constexpr std::int64_t batch = 500;
  for (std::int64_t first = 0; first < data.count; first += batch) {
    const torch::Tensor x = normalized(pixels.slice(0, first, first + batch).to(torch::kFloat) / 255);
    features.push_back(network_->features(x));
    predictions.push_back(network_->logits(features.back()).argmax(1));
  }
  return {torch::cat(features), torch::cat(predictions)};
}

std::string Classifier::weights() const {
  return shapes_of(*network_);
}

void Classifier::save(torch::serialize::OutputArchive& archive) const {
  network_->save(archive);
}

Classifier Classifier::load(torch::serialize::InputArchive& archive, const train::Dataset& data) {
  Classifier classifier(data);
  classifier.network_->load(archive);
  classifier.network_->eval();
  return classifier;
}

} // namespace ganlet::evaluate
