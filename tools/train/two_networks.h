#pragma once

#include <algorithm>

#include "family.h"
#include "layers.h"

namespace ganlet::train {

/// Parameters that take no gradient while the other network learns.
class Frozen {
 public:
  explicit Frozen(torch::nn::Module& module) : module_(module) { set(false); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;
  ~Frozen() { set(true); }

 private:
  void set(bool learns) {
    for (torch::Tensor& parameter : module_.parameters())
      parameter.set_requires_grad(learns);
  }
  torch::nn::Module& module_;
};

/// What families have in common that set a generator against a discriminator (or critic): Adam for both, learning rates
/// that fall to 0 at the end, and an exponential moving average of the generator, which is what is drawn from and
/// exported (Karras et al.: Progressive Growing of GANs, 2018, section 6; here with the statistics of normalization
/// averaged alike). A family adds its networks and its losses.
template <typename Generator, typename Discriminator> class TwoNetworks : public Family {
 public:
  void save(torch::serialize::OutputArchive& archive) const override {
    const auto put = [&archive](const char* name, const auto& part) {
      torch::serialize::OutputArchive nested;
      part.save(nested);
      archive.write(name, nested);
    };
    put("g", *generator_);
    put("d", *discriminator_);
    put("e", *average_);
    put("og", generator_optimizer_);
    put("od", discriminator_optimizer_);
  }

  void load(torch::serialize::InputArchive& archive) override {
    read_module(archive, "g", *generator_);
    read_module(archive, "d", *discriminator_);
    read_module(archive, "e", *average_);
    read_optimizer(archive, "og", generator_optimizer_);
    read_optimizer(archive, "od", discriminator_optimizer_);
    to_channels_last(*generator_);
    to_channels_last(*discriminator_);
  }

  onnx::Model exported() const override { return average_->exported(); }

 protected:
  /// `average` is a generator of the same kind.
  TwoNetworks(const FamilyOptions& options, Generator generator, Generator average, Discriminator discriminator,
              double second_beta = 0.99)
      : options_(options), generator_(std::move(generator)), average_(std::move(average)),
        discriminator_(std::move(discriminator)),
        generator_optimizer_(generator_->parameters(), adam(options.generator_rate, second_beta)),
        discriminator_optimizer_(discriminator_->parameters(), adam(options.discriminator_rate, second_beta)) {
    copy_parameters(*average_, *generator_);
    to_channels_last(*generator_);
    to_channels_last(*discriminator_);
    average_->eval();
  }

  /// At the start of an update.
  void set_rates(std::int64_t step) {
    const double factor = rate_factor(step);
    set_rate(generator_optimizer_, options_.generator_rate * factor);
    set_rate(discriminator_optimizer_, options_.discriminator_rate * factor);
  }

  /// At its end.
  void follow(std::int64_t step) { update_average(*average_, *generator_, decay(step)); }

  static double learn(torch::optim::Optimizer& optimizer, const torch::Tensor& loss) {
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    return loss.item<double>();
  }

  torch::Tensor random_latents(std::int64_t count) const { return torch::randn({count, options_.latent}); }

  FamilyOptions options_;
  Generator generator_;
  Generator average_;
  Discriminator discriminator_;
  torch::optim::Adam generator_optimizer_;
  torch::optim::Adam discriminator_optimizer_;

 private:
  static torch::optim::AdamOptions adam(double rate, double second_beta) {
    return torch::optim::AdamOptions(rate).betas({0, second_beta});
  }

  static void set_rate(torch::optim::Adam& optimizer, double rate) {
    for (torch::optim::OptimizerParamGroup& group : optimizer.param_groups())
      static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
  }

  static void read_optimizer(torch::serialize::InputArchive& archive, const char* name, torch::optim::Adam& optimizer) {
    torch::serialize::InputArchive nested;
    archive.read(name, nested);
    optimizer.load(nested);
  }

  /// 1, then falling linearly to 0 over the last 40 % of the steps.
  double rate_factor(std::int64_t step) const {
    const auto steps = static_cast<double>(options_.steps);
    return std::clamp((steps - static_cast<double>(step)) / (0.4 * steps), 0.0, 1.0);
  }

  /// How much of the average stays: little at first, when the generator still changes much.
  double decay(std::int64_t step) const {
    const auto done = static_cast<double>(step);
    return std::min((1 + done) / (10 + done), step < 1000 ? 0.99 : options_.average_decay);
  }
};

/// Where the generator takes a latent and nothing else.
template <typename Generator, typename Discriminator>
class WithoutLabels : public TwoNetworks<Generator, Discriminator> {
 public:
  torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor&) override {
    torch::NoGradGuard no_gradient;
    return this->average_(latents);
  }

 protected:
  using TwoNetworks<Generator, Discriminator>::TwoNetworks;

  /// Pictures that the discriminator is to tell from real ones.
  torch::Tensor random_fakes(std::int64_t count) {
    torch::NoGradGuard no_gradient;
    return this->generator_(this->random_latents(count));
  }
};

} // namespace ganlet::train
