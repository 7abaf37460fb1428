#pragma once

#include <string>
#include <vector>

#include "onnx/writer.h"
#include "support/model_builder.h"

/// A style-based model small enough to compute by hand: 4 numbers a latent, 4 a style, 2 layers, 2 x 2 pixels.
namespace ganlet::test {

/// w = 2 z, of 4 numbers.
inline std::vector<std::byte> doubling_map() {
  ModelBuilder build;
  build.input("z", {-1, 4}).floats("two", Shape{1}, {2}).node("Mul", {"z", "two"}, {"w"}).output("w");
  return onnx::write(build.model());
}

/// Pixel i of 2 x 2 is style 0's number i, plus 10 times style 1's, plus `loudness` times the noise's.
inline std::vector<std::byte> adding_synthesis(std::int64_t style_size = 4, float loudness = 1000) {
  ModelBuilder build;
  build.input("w", {-1, 2, style_size}).input("noise", {-1, 4});
  for (const char* const layer : {"0", "1"}) {
    const std::string name = layer;
    build.constant("at" + name, Tensor::of<std::int64_t>(Shape{}, {name == "1" ? 1 : 0}));
    build.node("Gather", {"w", "at" + name}, {"w" + name}, {integer("axis", 1)});
  }
  build.floats("ten", Shape{1}, {10}).floats("loudness", Shape{1}, {loudness});
  build.node("Mul", {"w1", "ten"}, {"tens"}).node("Mul", {"noise", "loudness"}, {"grain"});
  build.node("Add", {"w0", "tens"}, {"sum"}).node("Add", {"sum", "grain"}, {"pixels"});
  build.integers("shape", {-1, 1, 2, 2}).node("Reshape", {"pixels", "shape"}, {"image"}).output("image", {-1, 1, 2, 2});
  return onnx::write(build.model());
}

/// The two in one, without noise: pixel i is 22 times the latent's number i.
inline std::vector<std::byte> adding_generator() {
  ModelBuilder build;
  build.input("z", {-1, 4}).floats("factor", Shape{1}, {22}).node("Mul", {"z", "factor"}, {"pixels"});
  build.integers("shape", {-1, 1, 2, 2}).node("Reshape", {"pixels", "shape"}, {"image"}).output("image", {-1, 1, 2, 2});
  return onnx::write(build.model());
}

} // namespace ganlet::test
