#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/sha256.h"
#include "generator/tiny_model.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "onnx/writer.h"
#include "support/model_builder.h"

/// Model folders with every part that the studio knows, small enough to check by hand.
namespace ganlet::test {

/// Of 2 x 2 pixels: pixel i is tanh(strength z[i]).
inline std::vector<std::byte> spreading_generator(float strength) {
  ModelBuilder build;
  build.input("z", {-1, 4}).floats("strength", Shape{1}, {strength}).node("Mul", {"z", "strength"}, {"scaled"});
  build.node("Tanh", {"scaled"}, {"bounded"})
      .integers("shape", {-1, 1, 2, 2})
      .node("Reshape", {"bounded", "shape"}, {"image"})
      .output("image");
  return onnx::write(build.model());
}

/// The same in three colours: tanh(z[i]), its negative, and tanh(2 z[i]).
inline std::vector<std::byte> colored_generator() {
  ModelBuilder build;
  build.input("z", {-1, 4});
  build.floats("minus", Shape{1}, {-1}).floats("two", Shape{1}, {2});
  build.node("Mul", {"z", "minus"}, {"negative"}).node("Mul", {"z", "two"}, {"double"});
  build.node("Concat", {"z", "negative", "double"}, {"all"}, {integer("axis", 1)}).node("Tanh", {"all"}, {"bounded"});
  build.integers("shape", {-1, 3, 2, 2}).node("Reshape", {"bounded", "shape"}, {"image"}).output("image");
  return onnx::write(build.model());
}

/// The same in one of ten classes: pixel i is tanh(z[i] + label / 8).
inline std::vector<std::byte> labelled_generator() {
  ModelBuilder build;
  build.input("z", {-1, 4}).input("label", {-1}, DataType::int64);
  Tensor table(DataType::float32, {10, 4});
  for (std::size_t i = 0; i < 40; ++i)
    table.as<float>()[i] = static_cast<float>(i / 4) / 8;
  build.constant("table", std::move(table))
      .node("Gather", {"table", "label"}, {"class"})
      .node("Add", {"z", "class"}, {"sum"});
  build.node("Tanh", {"sum"}, {"bounded"}).integers("shape", {-1, 1, 2, 2});
  build.node("Reshape", {"bounded", "shape"}, {"image"}).output("image");
  return onnx::write(build.model());
}

/// w = 2 z.
inline std::vector<std::byte> doubling_mapping() {
  ModelBuilder build;
  build.input("z", {-1, 4}).floats("two", Shape{1}, {2}).node("Mul", {"z", "two"}, {"w"}).output("w");
  return onnx::write(build.model());
}

/// Pixel i of 2 x 2 is tanh(style 0's number i plus half of style 1's plus noise).
inline std::vector<std::byte> adding_synthesis() {
  ModelBuilder build;
  build.input("w", {-1, 2, 4}).input("noise", {-1, 4});
  for (const std::string layer : {"0", "1"}) {
    build.constant("at" + layer, Tensor::of<std::int64_t>(Shape{}, {layer == "1" ? 1 : 0}));
    build.node("Gather", {"w", "at" + layer}, {"w" + layer}, {integer("axis", 1)});
  }
  build.floats("half", Shape{1}, {0.5F}).node("Mul", {"w1", "half"}, {"halves"}).node("Add", {"w0", "halves"}, {"sum"});
  build.node("Add", {"sum", "noise"}, {"pixels"}).node("Tanh", {"pixels"}, {"bounded"});
  build.integers("shape", {-1, 1, 2, 2}).node("Reshape", {"bounded", "shape"}, {"image"}).output("image");
  return onnx::write(build.model());
}

/// The latent is the four pixels.
inline std::vector<std::byte> reading_encoder() {
  ModelBuilder build;
  build.input("picture", {-1, 1, 2, 2}).node("Flatten", {"picture"}, {"z"}, {integer("axis", 1)}).output("z");
  return onnx::write(build.model());
}

/// A folder that is there as long as this.
class TinyFolder {
 public:
  TinyFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ganlet-tiny-XXXXXX").string();
    path = ::mkdtemp(name.data());
    json = {{"id", "tiny"}, {"title", "Tiny"}, {"latent", {{"size", 4}}}};
  }
  ~TinyFolder() { std::filesystem::remove_all(path); }
  TinyFolder(const TinyFolder&) = delete;
  TinyFolder& operator=(const TinyFolder&) = delete;

  /// Adds a file to model.json's `parts` or `arrays`.
  TinyFolder& add(const std::string& part, std::span<const std::byte> bytes, const char* list = "parts") {
    const bool is_array = std::string_view(list) == "arrays" || part == "mean_style" || part == "noise";
    const std::string file = part + (is_array ? ".npy" : ".onnx");
    EXPECT_TRUE(write_whole(path / file, bytes));
    json[list][part] = {{"file", file}, {"bytes", bytes.size()}, {"sha256", sha256_text(bytes)}};
    return write();
  }
  TinyFolder& write() {
    const std::string text = json.dump();
    EXPECT_TRUE(write_whole(path / "model.json", std::as_bytes(std::span(text))));
    return *this;
  }

  std::filesystem::path path;
  nlohmann::json json;
};

inline std::vector<std::byte> array_file(std::initializer_list<std::int64_t> sizes, std::vector<float> values) {
  const auto shape = Shape::make(std::vector<std::int64_t>(sizes), Limits{}, "array");
  return write_npy({DataType::float32, *shape, values.data(), {}});
}

/// Style-based, with a generator kept after 5 of 20 steps.
inline void fill_styled(TinyFolder& folder) {
  folder.add("mapping", doubling_mapping()).add("synthesis", adding_synthesis());
  folder.add("mean_style", array_file({4}, {0.5F, 0.5F, -0.5F, -0.5F})).add("noise", array_file({4}, {0, 0, 0, 0}));
  folder.add("along_000005", spreading_generator(0.25F));
  folder.json["training"] = {
      {"steps", 20},
      {"losses", {{"generator", 0.5}, {"discriminator", 1.5}}},
      {"along", {{{"part", "along_000005"}, {"step", 5}, {"losses", {{"generator", 2.0}, {"discriminator", 1.0}}}}}}};
  folder.write();
}

/// With ten classes and an encoder; of 2 x 2 pixels.
inline void fill_encoding(TinyFolder& folder) {
  folder.add("generator", labelled_generator()).add("encoder", reading_encoder());
  folder.add("directions", array_file({2, 4}, {0, 1, 0, 0, 1, 0, 0, 0}), "arrays");
  folder.json["arrays"]["directions"]["names"] = {"slant", "weight"};
  folder.json["labels"] = {"shirt", "shoe", "bag", "coat", "hat", "sock", "belt", "tie", "cap", "skirt"};
  folder.write();
}

} // namespace ganlet::test
