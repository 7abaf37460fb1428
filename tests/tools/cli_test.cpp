// The command line program on small models: what it prints, where it writes, how it ends.

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/text.h"
#include "generator/tiny_model.h"
#include "image/npy.h"
#include "program.h"

namespace ganlet::test {
namespace {

class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    const std::vector<std::byte> file = tiny_file();
    write_content(model, {reinterpret_cast<const char*>(file.data()), file.size()});
  }

  Outcome run(const std::string& arguments) { return run_program(folder, arguments); }
  std::string path(const std::string& name) { return (folder / name).string(); }
  Tensor array(const std::string& name) {
    const std::string bytes = content_of(folder / name);
    auto tensor = read_npy(std::as_bytes(std::span(bytes)), {}, name);
    EXPECT_TRUE(tensor) << tensor.error().text();
    return tensor ? std::move(*tensor) : Tensor();
  }
  void write_array(const std::string& name, const Tensor& tensor) {
    const std::vector<std::byte> bytes = write_npy(tensor.view());
    write_content(folder / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  Folder folder;
  std::filesystem::path model = folder / "tiny.onnx";
};

TEST_F(CommandLine, HelpEverywhere) {
  const Outcome all = run("--help");
  EXPECT_EQ(all.status, 0);
  for (const std::string command :
       {"generate", "apply", "walk", "batch", "list", "run", "info", "quantize", "bench", "poster", "export-page"}) {
    EXPECT_NE(all.out.find("  " + command), std::string::npos) << all.out;
    const Outcome one = run(command + " --help");
    EXPECT_EQ(one.status, 0);
    EXPECT_NE(one.out.find("ganlet " + command), std::string::npos) << one.out;
    EXPECT_EQ(one.err, "");
  }
}

TEST_F(CommandLine, LicensesOfWhatIsCompiledIn) {
  const Outcome outcome = run("--licenses");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with(content_of(GANLET_SOURCE_DIR "/THIRD-PARTY.txt")));
}

TEST_F(CommandLine, WalkWritesAnimationsByExtension) {
  const std::vector<std::pair<std::string, std::string>> beginnings{
      {"a.gif", "GIF89a"}, {"a.webp", "RIFF"}, {"a.png --animate", "\x89PNG"}, {"b.png", "\x89PNG"}};
  for (const auto& [name, beginning] : beginnings) {
    const Outcome outcome = run("walk " + model.string() + " --seeds 1,2,3 --frames 6 -o " + path(name));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const std::string file = content_of(folder / name.substr(0, name.find(' ')));
    EXPECT_TRUE(file.starts_with(beginning)) << name;
    EXPECT_EQ(file.find("acTL") != file.npos, name.find("--animate") != name.npos) << name;
  }
  EXPECT_EQ(run("walk " + model.string() + " --seeds 1,x -o " + path("a.gif")).status, 2);
  EXPECT_EQ(run("walk " + model.string() + " --seeds 1 -o " + path("a.jpg")).status, 2);
  EXPECT_EQ(run("walk " + model.string() + " --seeds 1 --text 12x -o " + path("c.gif")).status, 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "c.gif"));
}

TEST_F(CommandLine, WrongCallsEndWith2) {
  for (const std::string& call :
       std::vector<std::string>{"", "paint", "generate", "generate " + model.string(), "run " + model.string(),
                                "generate " + model.string() + " -o " + path("a.png") + " --label x",
                                "generate " + model.string() + " -o " + path("a.tiff"),
                                "generate " + model.string() + " -o " + path("a.png") + " --backend fpga",
                                "generate " + model.string() + " -o " + path("a.png") + " --psi 70",
                                "run " + model.string() + " --input z -o " + path("a.npy")}) {
    const Outcome outcome = run(call);
    EXPECT_EQ(outcome.status, 2) << call;
    EXPECT_EQ(outcome.out, "") << call;
    EXPECT_NE(outcome.err, "") << call;
    EXPECT_FALSE(std::filesystem::exists(folder / "a.png"));
  }
}

TEST_F(CommandLine, TextThatIsNotDigitsIsRefused) {
  const std::string invalid = "ganlet: Request invalid. Should only contain digits (0-9).\n";
  const std::string generate = "generate " + model.string() + " -o " + path("a.png") + " --text ";
  for (const std::string text : {"12a", "''", "-1", "' 1'", "１"}) {
    const Outcome outcome = run(
        text[0] == '-' ? "generate " + model.string() + " -o " + path("a.png") + " --text=" + text : generate + text);
    EXPECT_EQ(outcome.status, 1) << text;
    EXPECT_EQ(outcome.err, invalid) << text;
  }
  EXPECT_EQ(run(generate + std::string(1001, '7')).err, "ganlet: Request too long. Max 1000 digits.\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.png"));
  EXPECT_EQ(run(generate + std::string(1000, '7')).status, 0);
}

TEST_F(CommandLine, PicturesInEveryFormat) {
  const std::string generate = "generate " + model.string() + " --count 6 --columns 3 --seed 4 -o ";
  EXPECT_EQ(run(generate + path("a.png")).err, path("a.png") + ": 9 x 4 pixels\n");
  EXPECT_EQ(content_of(folder / "a.png").substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(run(generate + path("a.jpg")).status, 0);
  EXPECT_EQ(content_of(folder / "a.jpg").substr(0, 2), "\xff\xd8");
  const Outcome rows = run(generate + "- --format json");
  const auto json = nlohmann::json::parse(rows.out);
  ASSERT_EQ(json.size(), 4U);
  ASSERT_EQ(json[0].size(), 9U);
  EXPECT_EQ(run(generate + path("a.npy")).status, 0);
  const Tensor raw = array("a.npy");
  ASSERT_EQ(raw.shape(), (Shape{6, 1, 2, 3}));
  // Image 4 (row 1, column 1 of the picture), row 1, column 2: [-1, 1] became [0, 255].
  const float value = raw.as<float>()[4 * 6 + 5];
  EXPECT_NEAR(json[3][5].get<int>(), (value + 1) * 127.5F, 0.51F);
}

TEST_F(CommandLine, OneSeedIsOnePictureAndCountGoesOnFromIt) {
  const std::string generate = "generate " + model.string() + " --label 3 -o ";
  EXPECT_EQ(run(generate + path("a.npy") + " --seed 5 --count 3").status, 0);
  EXPECT_EQ(run(generate + path("b.npy") + " --seed 7").status, 0);
  const Tensor three = array("a.npy"), one = array("b.npy");
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_EQ(three.as<float>()[12 + i], one.as<float>()[i]);
}

TEST_F(CommandLine, ATextIsInOneHandUnlessItVaries) {
  const std::string generate = "generate " + model.string() + " --text 33 -o ";
  run(generate + path("same.npy"));
  run(generate + path("varied.npy") + " --vary");
  const Tensor same = array("same.npy"), varied = array("varied.npy");
  bool differs = false;
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(same.as<float>()[i], same.as<float>()[6 + i]);
    differs |= varied.as<float>()[i] != varied.as<float>()[6 + i];
  }
  EXPECT_TRUE(differs);
}

TEST_F(CommandLine, BackendsAgree) {
  run("generate " + model.string() + " --count 4 --backend reference -o " + path("a.npy"));
  run("generate " + model.string() + " --count 4 --backend xnn --threads 2 -o " + path("b.npy"));
  const Tensor a = array("a.npy"), b = array("b.npy");
  ASSERT_EQ(a.shape(), b.shape());
  for (std::size_t i = 0; i < a.as<float>().size(); ++i)
    EXPECT_NEAR(a.as<float>()[i], b.as<float>()[i], 1e-5);
}

TEST_F(CommandLine, ModelsThatAreNotThere) {
  const Outcome outcome = run("generate unheard-of -o " + path("a.png"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("unheard-of"), std::string::npos) << outcome.err;
  EXPECT_EQ(run("info " + path("none.onnx")).status, 1);
}

TEST_F(CommandLine, ABadFileLeavesWhatWasThere) {
  write_content(folder / "bad.onnx", content_of(model).substr(0, 60));
  write_content(folder / "a.png", "yesterday's");
  const Outcome outcome = run("generate " + path("bad.onnx") + " -o " + path("a.png"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err.substr(0, 8 + path("bad.onnx").size()), "ganlet: " + path("bad.onnx")) << outcome.err;
  EXPECT_EQ(content_of(folder / "a.png"), "yesterday's");
}

TEST_F(CommandLine, HtmlInPlaceOfAModelIsCalledThat) {
  write_content(folder / "page.onnx", "<!DOCTYPE html><html><title>404</title></html>");
  const Outcome outcome = run("info " + path("page.onnx"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("HTML"), std::string::npos) << outcome.err;
}

TEST_F(CommandLine, AFolderThatIsNotThereIsNotMade) {
  const Outcome outcome = run("generate " + model.string() + " -o " + path("nowhere/a.png"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "nowhere"));
}

TEST_F(CommandLine, RunTakesArraysByName) {
  Tensor z(DataType::float32, {2, 4});
  for (std::size_t i = 0; i < 8; ++i)
    z.as<float>()[i] = static_cast<float>(i) / 10;
  write_array("z.npy", z);
  write_array("label.npy", Tensor::of<std::int64_t>({2}, {0, 8}));
  const std::string call =
      "run " + model.string() + " --input z=" + path("z.npy") + " --input label=" + path("label.npy");
  EXPECT_EQ(run(call + " -o " + path("out.npy")).err, "");
  const Tensor out = array("out.npy");
  ASSERT_EQ(out.shape(), (Shape{2, 1, 2, 3}));
  EXPECT_NEAR(out.as<float>()[1], std::tanh(0.1), 1e-5);
  EXPECT_NEAR(out.as<float>()[6 + 5], std::tanh(0.5 + 1), 1e-5);
  const Outcome to_stdout = run(call + " -o - --output image");
  EXPECT_EQ(to_stdout.out, content_of(folder / "out.npy"));
}

TEST_F(CommandLine, DrawsTheOutputThatIsNamed) {
  onnx::Model two = tiny_generator();
  two.nodes.push_back(node("Neg", {"image"}, "inverted"));
  two.outputs.push_back(value_info("inverted", DataType::float32, {open_batch, 1, 2, 3}));
  const std::vector<std::byte> file = onnx::write(two);
  write_content(model, {reinterpret_cast<const char*>(file.data()), file.size()});
  const std::string call = "generate " + model.string() + " --count 2 -o ";
  EXPECT_EQ(run(call + path("image.npy")).status, 0);
  EXPECT_EQ(run(call + path("inverted.npy") + " --image inverted").status, 0);
  const Tensor image = array("image.npy"), inverted = array("inverted.npy");
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_EQ(inverted.as<float>()[i], -image.as<float>()[i]);
  EXPECT_NE(run(call + path("x.npy") + " --image nothing").err.find("roles.image: the graph has no 'nothing', only"),
            std::string::npos);
  const auto json = nlohmann::json::parse(run("info --json --image inverted " + model.string()).out);
  EXPECT_EQ(json["parts"][0]["generator"]["image"]["name"], "inverted");
}

TEST_F(CommandLine, SaysWhichRangeItHasMeasuredUnlessOneIsGiven) {
  const std::vector<std::byte> file = onnx::write(tiny_generator({.last = "none"}));
  write_content(model, {reinterpret_cast<const char*>(file.data()), file.size()});
  const auto generator = [&](const std::string& flags) {
    const Outcome outcome = run("info --json " + model.string() + flags);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out)["parts"][0]["generator"];
  };
  const auto measured = generator(""), given = generator(" --range -1e2,0.5");
  EXPECT_EQ(measured["measured_pictures"], 64);
  EXPECT_LT(measured["range"][0], -1);
  EXPECT_GT(measured["range"][1], 2);
  EXPECT_EQ(given["measured_pictures"], 0);
  EXPECT_EQ(given["range"].dump(), "[-100,0.5]");
  const std::string said = concat("values ", measured["range"][0].dump(), " to ", measured["range"][1].dump(),
                                  ", measured over 64 pictures");
  EXPECT_NE(run("info " + model.string()).out.find(said), std::string::npos) << said;

  const Outcome drawn = run("generate " + model.string() + " -o " + path("a.png"));
  EXPECT_EQ(drawn.err, concat(path("a.png"), ": 3 x 2 pixels; ", said, " (--range LOW,HIGH gives others)\n"));
  const Outcome white = run("generate " + model.string() + " --range -1000,-999 -o " + path("b.json"));
  EXPECT_EQ(white.err, concat(path("b.json"), ": 3 x 2 pixels\n"));
  EXPECT_EQ(nlohmann::json::parse(content_of(folder / "b.json")),
            nlohmann::json::parse("[[255,255,255],[255,255,255]]"));
  const Outcome walked = run("walk " + model.string() + " --seeds 1,2 --frames 2 -o " + path("a.gif"));
  EXPECT_NE(walked.err.find(said), std::string::npos) << walked.err;
  for (const char* const wrong : {"1", "1,x", "2,2", "0,1e39", "nan,1", ""}) {
    const Outcome outcome = run("generate " + model.string() + " -o " + path("c.png") + " --range '" + wrong + "'");
    EXPECT_EQ(outcome.status, 2) << wrong;
    EXPECT_NE(outcome.err.find("--range: must be two numbers, the smaller first, such as 0,255"), std::string::npos)
        << outcome.err;
  }
}

TEST_F(CommandLine, RunSaysWhichInputIsWrong) {
  write_array("z.npy", Tensor(DataType::float32, {2, 5}));
  write_array("label.npy", Tensor(DataType::int64, {2}));
  const std::string call = "run " + model.string() + " -o " + path("out.npy") + " --input ";
  EXPECT_EQ(run(call + "z=" + path("z.npy")).err, "ganlet: label: is missing\n");
  EXPECT_EQ(run(call + "noise=" + path("z.npy")).err, "ganlet: noise: the network has no such input, only z, label\n");
  EXPECT_EQ(run(call + "z=" + path("z.npy") + " --input label=" + path("label.npy")).err,
            "ganlet: input 'z': has shape (N, 4), given (2, 5)\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "out.npy"));
}

TEST_F(CommandLine, InfoAsTextAndAsJson) {
  const Outcome text = run("info " + model.string());
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("multiply-adds"), std::string::npos);
  const auto json = nlohmann::json::parse(run("info --json " + model.string()).out);
  const auto& part = json["parts"][0];
  EXPECT_EQ(part["bytes"], std::filesystem::file_size(model));
  EXPECT_EQ(part["multiply_adds"], 4 * 6);
  EXPECT_EQ(part["generator"]["latent_size"], 4);
  EXPECT_EQ(part["generator"]["classes"], 10);
  EXPECT_EQ(part["inputs"][0]["shape"][0], "N");
}

TEST_F(CommandLine, InfoTellsTheMemoryThatIsInUse) {
  const auto part = nlohmann::json::parse(run("info --json " + model.string()).out)["parts"][0];
  EXPECT_EQ(part["held_bytes"]["file"], 0);
  EXPECT_GT(part["working_bytes"], 0);
  EXPECT_EQ(part["working_bytes"], part["held_bytes"]["plan"]);
}

TEST_F(CommandLine, InfoSaysWhichFileIsBroken) {
  onnx::Model broken = tiny_generator();
  broken.initializers.insert({"rows", Tensor(DataType::float32, {0, 4})});
  broken.nodes.insert(broken.nodes.begin(), node("Gather", {"rows", "label"}, "row"));
  broken.nodes.push_back(node("ReduceSum", {"row"}, "none"));
  broken.outputs.push_back(value_info("none", DataType::float32, {1, 1}));
  const std::vector<std::byte> file = onnx::write(broken);
  write_content(model, {reinterpret_cast<const char*>(file.data()), file.size()});
  const Outcome outcome = run("info " + model.string());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(outcome.err.starts_with("ganlet: " + model.string() + ": graph.node[0] Gather")) << outcome.err;
}

TEST_F(CommandLine, AWalkSaysWhereItComesFromWhereItsFormatHasText) {
  for (const std::string name : {"walk.png", "animated.png --animate", "walk.gif"}) {
    const Outcome outcome = run("walk " + model.string() + " --seeds 1,2 --frames 4 --one-way -o " + path(name));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const std::string file = content_of(folder / name.substr(0, name.find(' ')));
    for (const char* const text : {"ganlet model", "tiny@1", "seeds 1,2, 4 frames, one way"})
      EXPECT_NE(file.find(text), std::string::npos) << name << ": " << text;
  }
}

TEST_F(CommandLine, InfoOfAStyleBasedModelSaysWhatItsPartsDrawTogether) {
  const std::string models = GANLET_SOURCE_DIR "/models/";
  const std::string text = run("info " + models + "nouns").out;
  EXPECT_NE(text.find("\n  version         2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("32 x 32 x 3, values -1 to 1, by synthesis\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("no generator"), std::string::npos) << text;
}

TEST_F(CommandLine, InfoSaysWhichRowsOfTheTableOfRolesFit) {
  const auto json = nlohmann::json::parse(run("info --why --json " + model.string()).out);
  std::map<std::string, std::set<std::string>> fitting;
  for (const auto& rule : json["parts"][0]["rules"]) {
    EXPECT_GT(rule["when"].get<std::string>().size(), 10U);
    for (const auto& name : rule["fitting"])
      fitting[rule["role"]].insert(name.get<std::string>());
  }
  EXPECT_TRUE(fitting["label"].contains("label"));
  EXPECT_EQ(fitting["latent"], std::set<std::string>{"z"});
  EXPECT_EQ(fitting["image"], std::set<std::string>{"image"});
  const std::string text = run("info --why " + model.string()).out;
  EXPECT_NE(text.find("row 1 "), std::string::npos) << text;
  EXPECT_NE(text.find("(N, Z, 1, 1), called z, latent or noise: z"), std::string::npos) << text;
  EXPECT_EQ(run("info " + model.string()).out.find("row 1 "), std::string::npos);
}

TEST_F(CommandLine, QuantizePrintsBytesAndNoise) {
  const Outcome outcome = run("quantize " + model.string() + " " + path("int8.onnx"));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find(" bytes ("), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("PSNR against float32 over 64 seeds: mean "), std::string::npos) << outcome.out;
  const auto json = nlohmann::json::parse(run("info --json " + path("int8.onnx")).out);
  EXPECT_EQ(json["parts"][0]["onnx_ops"]["DequantizeLinear"], 1);
}

TEST_F(CommandLine, BenchPrintsATable) {
  const Outcome outcome = run("bench " + model.string() + " --batch 4 --seconds 0.01 --backend reference");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find(" ms an image, "), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("FullyConnected"), std::string::npos) << outcome.out;
}

TEST_F(CommandLine, BenchSaysWhatAGpuDoes) {
  const std::string bench = "bench " + model.string() + " --seconds 0.01 --profile --backend ";
  EXPECT_NE(run(bench + "xnn").out.find("no GPU runs any of it"), std::string::npos);
#ifdef GANLET_TEST_GL
  const Outcome on_gpu = run(bench + "gl --teraflops 1 --gigabytes 100");
  EXPECT_EQ(on_gpu.status, 0) << on_gpu.err;
  EXPECT_NE(on_gpu.out.find(" dispatches; "), std::string::npos) << on_gpu.out;
  EXPECT_NE(on_gpu.out.find(" needed: "), std::string::npos) << on_gpu.out;
  EXPECT_NE(on_gpu.out.find("%"), std::string::npos) << on_gpu.out;
#endif
  const Outcome chosen = run("bench " + model.string() + " --seconds 0.01 --backend auto");
  EXPECT_EQ(chosen.status, 0) << chosen.err;
  EXPECT_TRUE(chosen.out.starts_with("auto: ")) << chosen.out;
}

} // namespace
} // namespace ganlet::test
