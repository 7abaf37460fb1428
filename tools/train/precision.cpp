#include "precision.h"

#include <chrono>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "batches.h"
#include "checkpoint.h"
#include "shares.h"

namespace ganlet::train {

namespace {

/// Seconds of a few updates, after as many that warm up caches and memory.
Result<double> seconds_of_updates(Settings settings, bool bf16, Batches& batches) {
  settings.options.bf16 = bf16;
  settings.ranks = 1;
  GANLET_TRY(const Checkpoint trial, new_checkpoint(settings));
  constexpr std::int64_t updates = 3;
  auto start = std::chrono::steady_clock::now();
  for (std::int64_t step = 0; step < 2 * updates; ++step) {
    if (step == updates)
      start = std::chrono::steady_clock::now();
    trial.family->update(batches.at(step), step);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

bool is_bf16_right() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool has_amx = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1U << 24)) != 0;
  return has_amx || compute_device().type() != torch::kCPU;
#else
  return true;
#endif
}

Result<bool> bf16_is_faster(const Settings& settings, const Dataset& data) {
  if (!is_bf16_right())
    return false;
  // This process alone, before it meets the others.
  Batches batches(data, settings.pictures_each_step() / settings.ranks, settings.seed, settings.options.augment);
  if (settings.options.clusters > 0) // whichever a picture is in, it takes as long
    batches.set_labels(torch::zeros({data.count}, torch::kLong));
  GANLET_TRY(const double f32, seconds_of_updates(settings, false, batches));
  GANLET_TRY(const double bf16, seconds_of_updates(settings, true, batches));
  // Float32 is more exact, so bfloat16 has to be worth it.
  return bf16 < 0.95 * f32;
}

} // namespace ganlet::train
