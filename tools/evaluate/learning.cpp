#include "learning.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/text.h"

namespace ganlet::evaluate {

namespace {

/// A cosine from a twenty-fifth up to 1 and down to 0 (Smith and Topin: Super-Convergence, 2019).
double one_cycle(double done) {
  constexpr double rising = 0.2;
  const double phase = done < rising ? 1 - done / rising : (done - rising) / (1 - rising);
  const double height = 0.5 * (1 + std::cos(std::numbers::pi * phase));
  return done < rising ? 0.04 + 0.96 * height : height;
}

} // namespace

torch::Tensor pixels_of(const train::Dataset& data) {
  const torch::Tensor pixels = torch::from_blob(const_cast<std::uint8_t*>(data.pixels.data()),
                                                {data.count, data.height, data.width, data.channels}, torch::kByte);
  return pixels.permute({0, 3, 1, 2}).contiguous();
}

std::string shapes_of(const torch::nn::Module& network) {
  std::string text;
  for (const auto& item : network.named_parameters()) {
    text += concat("  ", item.key());
    for (const std::int64_t side : item.value().sizes())
      text += concat(" ", side);
    text += "\n";
  }
  return text;
}

std::int64_t updates_of(const Schedule& schedule, std::int64_t count) {
  return std::max<std::int64_t>(1, schedule.pictures / std::min(schedule.batch, count));
}

void learn(std::int64_t count, const Schedule& schedule, torch::optim::AdamW& optimizer, double highest_rate,
           const Progress& progress, const std::function<torch::Tensor(const torch::Tensor& chosen)>& loss_of) {
  const std::int64_t batch = std::min(schedule.batch, count);
  const std::int64_t updates_each = count / batch, updates = updates_of(schedule, count);
  torch::Tensor order;
  for (std::int64_t update = 0; update < updates; ++update) {
    if (update % updates_each == 0)
      order = torch::randperm(count);
    const double rate = highest_rate * one_cycle(static_cast<double>(update) / static_cast<double>(updates));
    static_cast<torch::optim::AdamWOptions&>(optimizer.param_groups()[0].options()).lr(rate);
    const torch::Tensor loss =
        loss_of(order.slice(0, update % updates_each * batch, (update % updates_each + 1) * batch));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    progress(update + 1, loss.item<double>());
  }
}

} // namespace ganlet::evaluate
