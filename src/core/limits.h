#pragma once

#include <cstdint>

namespace ganlet {

/// Every cap on what a file or a request may ask for. The defaults suit a browser tab; each is the largest value
/// allowed.
struct Limits {
  std::int64_t file_bytes = std::int64_t{64} << 20;      ///< bytes of one model file
  std::int64_t nodes = 4096;                             ///< nodes of a graph, before and after lowering
  std::int64_t tensor_elements = std::int64_t{1} << 26;  ///< elements of one tensor
  std::int64_t constant_bytes = std::int64_t{512} << 20; ///< bytes of a graph's constants, and of weights once packed
  std::int64_t working_bytes = std::int64_t{256} << 20;  ///< bytes of activations at once
  std::int64_t load_units = std::int64_t{1} << 30;       ///< work of loading one file (`Budget` units)
  std::int64_t run_units = std::int64_t{1} << 35;        ///< work of one run (`Budget` units)
  std::int64_t batch = 4096;                             ///< images in one run
};

} // namespace ganlet
