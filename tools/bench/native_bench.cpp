// ganlet-bench-native FOLDER...: milliseconds an image on one thread, ours (int8 and float32) against ONNX Runtime on
// the float32 file of the same network. A folder holds generator.onnx (int8) and generator-f32.onnx. The contenders
// take turns, so that whatever else the machine does meets all of them; medians are compared.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "contenders.h"

namespace {

using ganlet::bench::Contender;
using ganlet::bench::NamedTensor;

constexpr int fewest_rounds = 15;
constexpr double seconds_a_row = 4;

double milliseconds_of(Contender& contender, const std::vector<NamedTensor>& inputs) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  contender.run(inputs);
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - b[i]));
  return a.size() == b.size() ? largest : INFINITY;
}

/// For values in [-1, 1].
double peak_signal_to_noise(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    sum += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  return a.size() == b.size() ? 10 * std::log10(4 * static_cast<double>(a.size()) / sum) : 0;
}

void bench_row(const char* folder, std::array<Contender*, 3> contenders, std::int64_t batch) {
  std::array<std::vector<NamedTensor>, 3> inputs;
  std::array<std::vector<double>, 3> times;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    inputs[i] = contenders[i]->make_inputs(batch);
    contenders[i]->run(inputs[i]);
    contenders[i]->run(inputs[i]);
  }
  double spent = 0;
  for (int round = 0; round < fewest_rounds || spent < 1000 * seconds_a_row; ++round)
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      times[i].push_back(milliseconds_of(*contenders[i], inputs[i]));
      spent += times[i].back();
    }
  std::array<double, 3> each{};
  for (std::size_t i = 0; i < each.size(); ++i)
    each[i] = median(times[i]) / static_cast<double>(batch);
  const std::vector<float> expected = contenders[0]->output();
  std::printf("%-24s %5lld  %8.3f  %8.3f %6.2fx  %8.3f %6.2fx  %10.2g  %8.1f\n", folder, static_cast<long long>(batch),
              each[0], each[1], each[0] / each[1], each[2], each[0] / each[2],
              largest_difference(expected, contenders[1]->output()),
              peak_signal_to_noise(expected, contenders[2]->output()));
  std::fflush(stdout);
}

} // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: ganlet-bench-native FOLDER...  (each with generator.onnx and generator-f32.onnx)\n");
    return 2;
  }
  std::printf("ms an image, one thread   ONNX Runtime      ours f32         ours int8   difference   PSNR dB\n");
  std::printf("%-24s %5s  %8s  %8s %7s  %8s %7s  %10s  %8s\n", "model", "batch", "f32", "", "faster", "", "faster",
              "of f32", "of int8");
  for (int i = 1; i < count; ++i) {
    const std::filesystem::path folder = arguments[i];
    const auto runtime = ganlet::bench::make_onnx_runtime(folder / "generator-f32.onnx");
    const auto ours = ganlet::bench::make_ours(folder / "generator-f32.onnx");
    const auto ours_int8 = ganlet::bench::make_ours(folder / "generator.onnx");
    for (const std::int64_t batch : {1, 64})
      bench_row(arguments[i], {runtime.get(), ours.get(), ours_int8.get()}, batch);
  }
  return 0;
}
