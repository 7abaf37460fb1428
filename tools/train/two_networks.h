#pragma once

#include <algorithm>

#include "autocast.h"
#include "clusters.h"
#include "family.h"
#include "layers.h"
#include "shares.h"

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

  bool is_finite() const override {
    return weights_are_finite(*generator_) && weights_are_finite(*discriminator_) && weights_are_finite(*average_);
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
    for (torch::nn::Module* const module :
         std::initializer_list<torch::nn::Module*>{generator_.get(), average_.get(), discriminator_.get()})
      module->to(compute_device());
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
    make_step(optimizer);
    return loss.item<double>();
  }

  /// With the mean of all ranks' gradients.
  static void make_step(torch::optim::Optimizer& optimizer) {
    ranks().average_gradients(optimizer.param_groups()[0].params());
    optimizer.step();
  }

  torch::Tensor random_latents(std::int64_t count) const { return normal_share({count, options_.latent}); }

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

/// One batch behind the other.
inline Batch joined(const Batch& a, const Batch& b) {
  return {torch::cat({a.images, b.images}), torch::cat({a.labels, b.labels})};
}

/// Where the generator takes a latent and nothing else. Labels of batches are clusters, or without meaning.
template <typename Generator, typename Discriminator>
class WithoutLabels : public TwoNetworks<Generator, Discriminator> {
 public:
  torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor&) override {
    torch::NoGradGuard no_gradient;
    return this->average_(latents.to(compute_device())).cpu();
  }

  std::vector<ExportedArray> arrays() const override { return this->average_->arrays(); }

 protected:
  using TwoNetworks<Generator, Discriminator>::TwoNetworks;

  /// Pictures that the discriminator is to tell from real ones, each of the cluster of one of these.
  Batch random_fakes(const Batch& real) {
    torch::NoGradGuard no_gradient;
    const torch::Tensor latents = this->random_latents(real.images.size(0));
    return {this->generator_(choosing(latents, real.labels, this->options_.clusters)), real.labels};
  }

  /// What the discriminator makes of as many new pictures.
  torch::Tensor realness_of_fakes(std::int64_t count) {
    const torch::Tensor latents = this->random_latents(count);
    const torch::Tensor clusters = chosen_clusters(latents, this->options_.clusters);
    return this->discriminator_->realness({this->generator_(latents), clusters}, 1);
  }
};

/// Under the non-saturating logistic loss (Goodfellow et al.: Generative Adversarial Nets, 2014, section 3), one update
/// of each network in turn. The discriminator tells by `realness`, of a batch and of how many it was joined.
template <typename Generator, typename Discriminator> class Logistic : public WithoutLabels<Generator, Discriminator> {
 public:
  using WithoutLabels<Generator, Discriminator>::WithoutLabels;

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    this->set_rates(step);
    const double discriminator_loss = update_discriminator(batch, step);
    const double generator_loss = update_generator(batch.images.size(0));
    this->follow(step);
    return {{"discriminator", discriminator_loss}, {"generator", generator_loss}};
  }

 private:
  double update_discriminator(const Batch& real, std::int64_t step) {
    const std::int64_t count = real.images.size(0);
    torch::Tensor loss;
    {
      const AutocastScope precision(this->options_.bf16);
      const Batch fakes = this->random_fakes(real);
      const torch::Tensor logits = this->discriminator_->realness(joined(real, fakes), 2);
      loss = torch::softplus(-logits.slice(0, 0, count)).mean() + torch::softplus(logits.slice(0, count)).mean();
      if (this->options_.penalty > 0 && step % penalty_every == 0)
        loss = loss + 0.5 * this->options_.penalty * penalty_every * gradient_penalty(real);
    }
    return this->learn(this->discriminator_optimizer_, loss);
  }

  /// Every so many updates the gradient is penalized, and so many times as much (Karras et al.: Analyzing and Improving
  /// the Image Quality of StyleGAN, 2020, section 3.1).
  static constexpr std::int64_t penalty_every = 4;

  /// R1 (Mescheder, Geiger, Nowozin: Which Training Methods for GANs do actually Converge?, 2018, equation 9): the mean
  /// square of the gradient with respect to a real picture.
  torch::Tensor gradient_penalty(const Batch& real) {
    const torch::Tensor images = real.images.detach().requires_grad_(true);
    const torch::Tensor score = this->discriminator_->realness({images, real.labels}, 1).sum();
    const torch::Tensor gradient = torch::autograd::grad({score}, {images}, {}, true, true)[0];
    return gradient.to(torch::kFloat).square().flatten(1).sum(1).mean();
  }

  double update_generator(std::int64_t count) {
    const Frozen frozen(*this->discriminator_);
    torch::Tensor loss;
    {
      const AutocastScope precision(this->options_.bf16);
      loss = torch::softplus(-this->realness_of_fakes(count)).mean();
    }
    return this->learn(this->generator_optimizer_, loss);
  }
};

/// By the Wasserstein distance that a critic estimates, which learns `critic_steps` times for each update of the
/// generator (Arjovsky, Chintala, Bottou: Wasserstein GAN, 2017, algorithm 1). A family adds how the critic learns.
template <typename Generator, typename Critic> class Wasserstein : public WithoutLabels<Generator, Critic> {
 public:
  using WithoutLabels<Generator, Critic>::WithoutLabels;

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    this->set_rates(step);
    double critic_loss = 0;
    const std::vector<torch::Tensor> images = batch.images.chunk(this->options_.critic_steps),
                                     labels = batch.labels.chunk(this->options_.critic_steps);
    for (std::size_t i = 0; i < images.size(); ++i)
      critic_loss = update_critic({images[i], labels[i]});
    const double generator_loss = update_generator(batch.images.size(0) / this->options_.critic_steps);
    this->follow(step);
    return {{"critic", critic_loss}, {"generator", generator_loss}};
  }

 protected:
  virtual double update_critic(const Batch& real) = 0;

  /// Of real pictures and as many generated ones: by how much the critic scores these higher, to be lessened.
  torch::Tensor distance(const Batch& real, const Batch& fakes) {
    const torch::Tensor scores = this->discriminator_->realness(joined(real, fakes), 2);
    const std::int64_t count = real.images.size(0);
    return scores.slice(0, count).mean() - scores.slice(0, 0, count).mean();
  }

 private:
  double update_generator(std::int64_t count) {
    const Frozen frozen(*this->discriminator_);
    torch::Tensor loss;
    {
      const AutocastScope precision(this->options_.bf16);
      loss = -this->realness_of_fakes(count).mean();
    }
    return this->learn(this->generator_optimizer_, loss);
  }
};

} // namespace ganlet::train
