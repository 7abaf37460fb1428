#pragma once

#include "core/rng.h"
#include "support/model_builder.h"

namespace ganlet::test {

inline Tensor random_tensor(const Shape& shape, std::uint64_t seed) {
  Tensor tensor(DataType::float32, shape);
  Rng(seed).fill_normal(tensor.as<float>());
  return tensor;
}

/// BatchNormalization of `channels`, with statistics that differ from channel to channel and positive variances.
inline void add_batch_normalization(ModelBuilder& build, const std::string& x, const std::string& y,
                                    std::int64_t channels, std::uint64_t seed) {
  Tensor variance = random_tensor({channels}, seed + 3);
  for (float& value : variance.as<float>())
    value = value * value + 0.25F;
  build.constant(y + ".scale", random_tensor({channels}, seed))
      .constant(y + ".bias", random_tensor({channels}, seed + 1));
  build.constant(y + ".mean", random_tensor({channels}, seed + 2)).constant(y + ".variance", std::move(variance));
  build.node("BatchNormalization", {x, y + ".scale", y + ".bias", y + ".mean", y + ".variance"}, {y},
             {number("epsilon", 0.01F)});
}

/// z (N,4) through a Gemm to (N,3,4,4), batch normalization, a transposed convolution to (N,2,8,8), a convolution and
/// Tanh: the layers of a DCGAN (Radford, Metz and Chintala 2016).
inline ModelBuilder small_generator() {
  ModelBuilder build;
  build.input("z", {-1, 4});
  build.constant("fc.weight", random_tensor({48, 4}, 1)).constant("fc.bias", random_tensor({48}, 2));
  build.node("Gemm", {"z", "fc.weight", "fc.bias"}, {"fc"}, {integer("transB", 1)});
  build.integers("shape", {-1, 3, 4, 4}).node("Reshape", {"fc", "shape"}, {"square"});
  add_batch_normalization(build, "square", "normal", 3, 10);
  build.node("Relu", {"normal"}, {"bent"});
  build.constant("up.weight", random_tensor({3, 2, 4, 4}, 3));
  build.node("ConvTranspose", {"bent", "up.weight"}, {"up"},
             {integers("strides", {2, 2}), integers("pads", {1, 1, 1, 1})});
  add_batch_normalization(build, "up", "up_normal", 2, 20);
  build.node("LeakyRelu", {"up_normal"}, {"up_bent"}, {number("alpha", 0.2F)});
  build.constant("last.weight", random_tensor({1, 2, 3, 3}, 4)).constant("last.bias", random_tensor({1}, 5));
  build.node("Conv", {"up_bent", "last.weight", "last.bias"}, {"last"}, {integers("pads", {1, 1, 1, 1})});
  build.node("Tanh", {"last"}, {"image"}).output("image", {-1, 1, 8, 8});
  return build;
}

} // namespace ganlet::test
