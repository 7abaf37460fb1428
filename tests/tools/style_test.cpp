// Style-based models on the command line: ganlet mix, and the truncation of generate, walk and batch.

#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base64.h"
#include "core/rng.h"
#include "core/sha256.h"
#include "generator/latent.h"
#include "generator/tiny_styles.h"
#include "image/npy.h"
#include "program.h"

namespace ganlet::test {
namespace {

using nlohmann::json;

/// A folder with a generator, its mapping and synthesis, and its mean style.
class Styles : public testing::Test {
 protected:
  Styles() {
    const std::vector<std::byte> generator = adding_generator(),
                                 mean_style = write_npy(Tensor::of<float>(Shape{4}, {1, -2, 3, -4}).view());
    parts = {{"generator", part("generator.onnx", generator)},
             {"generator_f32", part("generator.onnx", generator)},
             {"along_000005", part("generator.onnx", generator)},
             {"mapping", part("mapping.onnx", doubling_map())},
             {"mapping_f32", part("mapping.onnx", doubling_map())},
             {"synthesis", part("synthesis.onnx", adding_synthesis(4, 20))},
             {"synthesis_f32", part("synthesis.onnx", adding_synthesis(4, 20))},
             {"mean_style", part("mean_style.npy", mean_style)}};
    describe({});
  }

  json part(const std::string& name, const std::vector<std::byte>& bytes) {
    write_content(folder / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return {{"file", name}, {"bytes", bytes.size()}, {"sha256", sha256_text(bytes)}};
  }
  /// Writes model.json without the part `left`.
  void describe(const std::string& left) {
    json kept = parts;
    kept.erase(left);
    const json image{{"width", 2}, {"height", 2}, {"channels", 1}, {"range", {-100, 100}}};
    write_content(folder / "model.json", json{{"id", "styles"}, {"parts", kept}, {"image", image}}.dump());
  }

  Outcome run(const std::string& command, const std::string& arguments) {
    return run_program(folder, command + " " + folder.path().string() + " " + arguments);
  }
  std::string path(const std::string& name) { return (folder / name).string(); }
  /// The picture's file of a call that must succeed.
  std::string drawn(const std::string& command, const std::string& arguments) {
    const Outcome outcome = run(command, arguments + " -o " + path("picture.png"));
    EXPECT_EQ(outcome.status, 0) << command << " " << arguments << ": " << outcome.err;
    return without_texts(content_of(folder / "picture.png"));
  }
  static std::vector<float> noise() {
    std::vector<float> numbers(4);
    Rng(0, stream::noise).fill_normal(numbers);
    return numbers;
  }
  std::string error_of(const std::string& command, const std::string& arguments) {
    const Outcome outcome = run(command, arguments + " -o " + path("none.png"));
    EXPECT_NE(outcome.status, 0);
    EXPECT_FALSE(std::filesystem::exists(folder / "none.png"));
    return outcome.err;
  }

  Folder folder;
  json parts;
};

TEST_F(Styles, MixTakesLayersFromTheOtherSeed) {
  const std::string own = drawn("mix", "--styles 1"), other = drawn("mix", "--styles 2");
  EXPECT_NE(own, other);
  EXPECT_EQ(drawn("mix", "--styles 1 --with 2 --layers 0-1"), other);
  const std::string coarse = drawn("mix", "--styles 1 --with 2 --layers 0"),
                    fine = drawn("mix", "--styles 1 --with 2 --layers 1-1");
  EXPECT_NE(coarse, own);
  EXPECT_NE(fine, own);
  EXPECT_NE(fine, coarse);
  EXPECT_EQ(drawn("mix", "--styles 2 --with 1 --layers 1"), coarse) << "the same two styles, said the other way around";
}

TEST_F(Styles, MixTruncatesLayersBelowTheCutoff) {
  const std::string own = drawn("mix", "--styles 1");
  EXPECT_EQ(drawn("mix", "--styles 1 --truncation 0"), drawn("mix", "--styles 2 --truncation 0")) << "the mean style's";
  EXPECT_NE(drawn("mix", "--styles 1 --truncation 0 --cutoff 1"), drawn("mix", "--styles 1 --truncation 0"));
  EXPECT_EQ(drawn("mix", "--styles 1 --truncation 0 --cutoff 0"), own);
  EXPECT_EQ(drawn("mix", "--styles 1 --truncation 0 --cutoff 2"), drawn("mix", "--styles 1 --truncation 0"));
}

TEST_F(Styles, MixHasNoiseOfASeedOrNone) {
  const std::string none = drawn("mix", "--styles 1 --noise off"), seeded = drawn("mix", "--styles 1 --noise 8");
  EXPECT_EQ(drawn("mix", "--styles 1 --noise 8"), seeded);
  EXPECT_NE(seeded, none);
  EXPECT_NE(seeded, drawn("mix", "--styles 1 --noise 9"));
  EXPECT_EQ(drawn("mix", "--styles 1"), drawn("mix", "--styles 1 --noise 0"));
}

TEST_F(Styles, MixIsAlsoAFlagOfGenerate) {
  EXPECT_EQ(drawn("generate", "--seed 1 --mix 2:0-0 --noise off"),
            drawn("mix", "--styles 1 --with 2 --layers 0 --noise off"));
  EXPECT_EQ(drawn("walk", "--seeds 1 --frames 1 --mix 2:1"), drawn("generate", "--seed 1 --mix 2:1"));
}

TEST_F(Styles, MixSaysWhatIsWrong) {
  EXPECT_EQ(error_of("mix", "--styles 1 --with 2 --layers 1-2"),
            "ganlet: mix: layers must lie between 0 and 1, the first before the last; are 1-2\n");
  EXPECT_EQ(error_of("mix", "--styles 1 --cutoff 3"), "ganlet: cutoff: must be 0 to 2, is 3\n");
  for (const std::string call :
       {"--styles 1 --with 2 --layers 1-x", "--styles 1 --with 2 --layers 1-0", "--styles 1 --with 2",
        "--styles 1 --layers 1", "--styles 1 --noise x", "--styles 1 --truncation 2"})
    EXPECT_EQ(run("mix", call + " -o " + path("none.png")).status, 2) << call;
  EXPECT_EQ(run("mix", "--styles 1 -o " + path("none.gif")).status, 2);
  const Outcome plain = run_program(folder, "mix digits --styles 1 --with 2 --layers 0 -o " + path("none.png"));
  EXPECT_EQ(plain.status, 1);
  EXPECT_EQ(plain.err, "ganlet: mix: this model isn't style-based: it has no mapping and synthesis networks\n");
}

TEST_F(Styles, GenerateTruncatesAsMixDoes) {
  EXPECT_EQ(drawn("generate", "--seed 3 --truncation 0.5"), drawn("mix", "--styles 3 --truncation 0.5"));
  EXPECT_EQ(drawn("generate", "--seed 3 --truncation 0"), drawn("generate", "--seed 4 --truncation 0"));
  EXPECT_EQ(drawn("generate", "--seed 3 --part generator_f32 --truncation 0.5"),
            drawn("mix", "--styles 3 --truncation 0.5"));
  EXPECT_EQ(run("generate", "--seed 2 --count 3 --truncation 0 -o " + path("a.npy")).status, 0);
  const std::string bytes = content_of(folder / "a.npy");
  const Result<Tensor> values = read_npy(std::as_bytes(std::span(bytes)), {}, "a.npy");
  ASSERT_TRUE(values) << values.error().text();
  EXPECT_EQ(values->shape(), (Shape{3, 1, 2, 2}));
  EXPECT_EQ(values->as<float>()[0], values->as<float>()[8]);
  EXPECT_NEAR(values->as<float>()[0] - values->as<float>()[1], 11 * 3 + 20 * (noise()[0] - noise()[1]), 1e-4);
}

TEST_F(Styles, PartsThatARequestDoesntUseArentRead) {
  std::filesystem::remove(folder / "mean_style.npy");
  std::filesystem::remove(folder / "generator.onnx");
  EXPECT_EQ(run("generate", "--seed 3 -o " + path("picture.png")).status, 0);
  EXPECT_EQ(run("generate", "--seed 3 --truncation 1 -o " + path("picture.png")).status, 0);
  EXPECT_EQ(error_of("generate", "--seed 3 --truncation 0.9"),
            "ganlet: " + path("mean_style.npy") + ": can't be read: No such file or directory\n");
}

TEST_F(Styles, WalkTruncatesStyles) {
  const std::string full = drawn("walk", "--seeds 1,2 --frames 4"),
                    half = drawn("walk", "--seeds 1,2 --frames 4 --truncation 0.5");
  EXPECT_NE(half, full);
  EXPECT_NE(half, drawn("walk", "--seeds 1,2 --frames 4 --truncation 0.4"));
  EXPECT_EQ(drawn("walk", "--seeds 1,2 --frames 4 --truncation 0"),
            drawn("walk", "--seeds 3,4 --frames 4 --truncation 0"));
  EXPECT_EQ(drawn("walk", "--seeds 3 --frames 1 --truncation 0.5"), drawn("mix", "--styles 3 --truncation 0.5"));
  EXPECT_EQ(run("walk", "--seeds 1,2 --truncation 1.5 -o " + path("none.png")).status, 2);
}

TEST_F(Styles, BatchTruncatesStyles) {
  write_content(folder / "lines", "{\"key\":1,\"seed\":3}\n{\"key\":2,\"seed\":4}\n");
  const Outcome outcome = run("batch", "--truncation 0.5 <" + path("lines"));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::istringstream stream(outcome.out);
  for (const std::string seed : {"3", "4"}) {
    std::string line;
    std::getline(stream, line);
    const std::string picture = drawn("mix", "--styles " + seed + " --truncation 0.5");
    const auto file = from_base64(json::parse(line)["prediction"].get<std::string>(), Base64::padded);
    ASSERT_TRUE(file);
    EXPECT_EQ(without_texts({reinterpret_cast<const char*>(file->data()), file->size()}), picture);
  }
}

TEST_F(Styles, WhatCantBeTruncatedIsRefused) {
  EXPECT_EQ(error_of("generate", "--truncation 0.5 --part along_000005"),
            "ganlet: truncation: only the model as it is now has mapping and synthesis networks\n");
  describe("mean_style");
  EXPECT_EQ(error_of("generate", "--truncation 0.5"),
            "ganlet: truncation: this model has no mean style to truncate towards\n");
  EXPECT_EQ(error_of("walk", "--seeds 1,2 --truncation 0.5"),
            "ganlet: truncation: this model has no mean style to truncate towards\n");
  describe("synthesis");
  EXPECT_NE(drawn("generate", "--seed 3 --truncation 0.5"), drawn("generate", "--seed 3"))
      << "latents are truncated then";
}

} // namespace
} // namespace ganlet::test
