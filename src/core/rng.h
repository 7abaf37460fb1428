#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace ganlet {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011): four random words
/// from a counter and a key, with no state. Known answers are in the paper's Random123 library.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// Random numbers by position: the same (seed, stream, index) gives the same number, bit for bit, on every platform.
/// Only the exactly rounded operations of IEEE 754 (+ - * / sqrt) are used, so no math library can make a difference.
class Rng {
 public:
  explicit Rng(std::uint64_t seed, std::uint32_t stream = 0) : seed_(seed), stream_(stream) {}

  /// 32 uniform bits.
  std::uint32_t bits(std::uint64_t index) const;
  /// Uniform in (0, 1), never 0 or 1: (bits + 1/2) / 2^32.
  double uniform(std::uint64_t index) const;
  /// Standard normal, by the inverse of its distribution function.
  float normal(std::uint64_t index) const;
  /// normal(0), normal(1), ... into `out`.
  void fill_normal(std::span<float> out) const;
  /// An integer in [0, bound), by multiplication (Lemire 2019, without rejection: the bias is below bound / 2^32).
  std::uint32_t below(std::uint32_t bound, std::uint64_t index) const;

 private:
  std::uint64_t seed_;
  std::uint32_t stream_;
};

/// The inverse of the standard normal's distribution function for p in (0, 1): Wichura, Algorithm AS 241 (1988),
/// PPND16; relative error about 1e-16.
double inverse_normal(double p);

} // namespace ganlet
