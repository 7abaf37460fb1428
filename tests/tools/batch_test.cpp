// ganlet batch and ganlet list: answers line by line, in order, as they come.

#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/sha256.h"
#include "generator/model.h"
#include "generator/tiny_model.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "onnx/writer.h"
#include "program.h"
#include "support/model_builder.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

using nlohmann::json;

class Batch : public testing::Test {
 protected:
  Batch() {
    const std::vector<std::byte> file = tiny_file();
    write_content(model, {reinterpret_cast<const char*>(file.data()), file.size()});
  }

  std::vector<json> answers(const std::string& lines) {
    write_content(folder / "lines", lines);
    const Outcome outcome = run_program(folder, "batch " + model.string() + " <" + (folder / "lines").string());
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    std::vector<json> all;
    std::istringstream stream(outcome.out);
    for (std::string line; std::getline(stream, line);)
      all.push_back(json::parse(line));
    return all;
  }

  Folder folder;
  std::filesystem::path model = folder / "tiny.onnx";
};

TEST_F(Batch, DrawsWhatGenerateDraws) {
  const std::vector<json> all = answers(R"({"key":"a","seed":3,"label":1})"
                                        "\n");
  ASSERT_EQ(all.size(), 1);
  EXPECT_EQ(all[0]["key"], "a");
  ASSERT_EQ(run_program(folder, "generate " + model.string() + " --seed 3 --label 1 -o " + (folder / "a.png").string())
                .status,
            0);
  write_content(folder / "a.b64", all[0]["prediction"].get<std::string>());
  ASSERT_EQ(std::system(("base64 -d " + (folder / "a.b64").string() + " >" + (folder / "b.png").string()).c_str()), 0);
  const std::string picture = content_of(folder / "b.png");
  EXPECT_EQ(picture, content_of(folder / "a.png"));
  EXPECT_NE(picture.find("ganlet model"), std::string::npos);
}

TEST_F(Batch, InputThatCantBeReadIsNotItsEnd) {
  const Outcome outcome = run_program(folder, "batch " + model.string() + " <" + folder.path().string());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "ganlet: standard input: can't be read: Is a directory\n");
}

TEST_F(Batch, ABadLineGetsAnErrorAndTheRestGoesOn) {
  const std::vector<json> all =
      answers("{\"key\":1,\"seed\":-1}\nnot json\n[]\n\n{\"key\":2,\"embeddings\":[1]}\n{\"key\":3,\"sed\":0}\n"
              "{\"key\":4,\"seed\":0,\"label\":99}\n{\"key\":5,\"seed\":0,\"label\":\"x\"}\n"
              "{\"key\":6,\"image_bytes\":{\"b64\":\"\"}}\n{\"key\":7,\"seed\":7}");
  const std::vector<std::string> errors{"seed: must be a whole number from 0 to 18446744073709551615",
                                        "the line isn't JSON: ",
                                        "the line must be a JSON object",
                                        "latents: are 1 numbers; 1 images of this model take 1 x 4",
                                        "sed: is no field of a request",
                                        "label: must be 0 to ",
                                        "label: must be a whole number from 0, is 'x'",
                                        "image_bytes: this model has no encoder"};
  ASSERT_EQ(all.size(), errors.size() + 1);
  for (std::size_t i = 0; i < errors.size(); ++i)
    EXPECT_EQ(all[i]["error"].get<std::string>().rfind(errors[i], 0), 0) << all[i];
  EXPECT_EQ(all[4]["code"], "invalid_argument");
  EXPECT_EQ(all[4]["place"], "sed");
  EXPECT_EQ(all.back()["key"], 7);
  EXPECT_FALSE(all.back()["prediction"].get<std::string>().empty());
}

TEST_F(Batch, ManyLinesAreAnsweredInOrder) {
  std::string lines;
  for (int i = 0; i < 1000; ++i)
    lines += json{{"key", i}, {i % 7 == 3 ? "sed" : "seed", i}}.dump() + "\n";
  const std::vector<json> all = answers(lines);
  ASSERT_EQ(all.size(), 1000);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(all[static_cast<std::size_t>(i)]["key"], i);
    EXPECT_EQ(all[static_cast<std::size_t>(i)].contains("error"), i % 7 == 3) << i;
  }
}

TEST_F(Batch, EmbeddingsOfASeedDrawTheSame) {
  const std::vector<json> all = answers(
      "{\"key\":0,\"seed\":5,\"label\":0}\n{\"key\":1,\"seed\":5,\"label\":0}\n{\"key\":2,\"seed\":6,\"label\":0}\n");
  EXPECT_EQ(all[0]["prediction"], all[1]["prediction"]);
  EXPECT_NE(all[0]["prediction"], all[2]["prediction"]);
}

TEST_F(Batch, AnEarlyEndOfTheReaderIsNoFailure) {
  const std::string call =
      "bash -c 'set -o pipefail; (yes \"{\\\"key\\\":0,\\\"seed\\\":1}\" | head -n 20000 || true) | (" GANLET_PROGRAM
      " batch " +
      model.string() + "; echo $? >" + (folder / "status").string() + ") | head -n 1 >/dev/null' 2>" +
      (folder / "messages").string();
  std::system(call.c_str());
  EXPECT_EQ(content_of(folder / "status"), "0\n");
  EXPECT_EQ(content_of(folder / "messages"), "");
}

/// Whoever writes a line and waits gets the answer while the pipe stays open.
TEST_F(Batch, ALineThatComesAloneIsAnsweredAtOnce) {
  const std::string f = folder.path().string();
  const std::string call = "bash -c 'mkfifo " + f + "/in; " GANLET_PROGRAM " batch " + model.string() + " <" + f +
                           "/in >" + f + "/out & exec 3>" + f +
                           "/in; echo \"{\\\"key\\\":8,\\\"seed\\\":1}\" >&3; for i in $(seq 200); do [ -s " + f +
                           "/out ] && break; sleep 0.1; done; cp " + f + "/out " + f + "/early; exec 3>&-; wait'";
  std::system(call.c_str());
  EXPECT_EQ(json::parse(content_of(folder / "early"))["key"], 8);
}

/// Memory in use, in kB, after 3,000 lines and after 60,000: what each line left behind would add up. A sanitizer's
/// quarantine of freed memory is kept smaller than what the first lines fill.
TEST_F(Batch, MemoryDoesntGrowWithTheLines) {
  write_content(folder / "script", R"sh(
    cd "$1"; mkfifo in
    ASAN_OPTIONS=quarantine_size_mb=1 "$2" batch tiny.onnx <in >out & program=$!
    exec 3>in
    ask() { # FIRST LAST
      seq "$1" "$2" | sed 's/.*/{"key":&,"seed":&,"label":3}/' >&3
      for i in $(seq 600); do [ "$(wc -l <out)" -ge "$2" ] && break; sleep 0.1; done
      awk '/VmRSS/ { print $2 }' "/proc/$program/status"
    }
    ask 1 3000; ask 3001 60000
    exec 3>&-; wait $program; wc -l <out
  )sh");
  const std::string numbers = (folder / "numbers").string();
  ASSERT_EQ(std::system(("bash " + (folder / "script").string() + " " + folder.path().string() +
                         " " GANLET_PROGRAM " >" + numbers)
                            .c_str()),
            0);
  std::istringstream stream(content_of(numbers));
  std::int64_t early = 0, late = 0, lines = 0;
  stream >> early >> late >> lines;
  EXPECT_EQ(lines, 60000);
  EXPECT_GT(early, 1000);
  EXPECT_LE(late, early + 1024) << "18 bytes a line";
}

/// A model's folder with an encoder, which reads an 8 x 8 grey picture through a table of weights.
class Encoding : public testing::Test {
 protected:
  Encoding() {
    const std::vector<std::byte> generator = tiny_file();
    ModelBuilder build;
    build.input("picture", {-1, 1, 8, 8}).node("Flatten", {"picture"}, {"flat"}, {integer("axis", 1)});
    build.ramp("weights", Shape{64, latent_size(generator)}).node("Gemm", {"flat", "weights"}, {"z"}).output("z");
    put("generator.onnx", generator);
    put("encoder.onnx", onnx::write(build.model()));
    write_content(
        folder / "model.json",
        json{{"id", "both"}, {"parts", {{"generator", part("generator.onnx")}, {"encoder", part("encoder.onnx")}}}}
            .dump());
    EXPECT_EQ(
        run_program(folder, "generate " + (folder / "generator.onnx").string() + " --seed 4 -o " + picture).status, 0);
  }

  static std::int64_t latent_size(const std::vector<std::byte>& file) {
    return Model::open_file(file, "tiny", {.backend = &xnn::backend})->facts()->latent_size;
  }
  void put(const std::string& name, const std::vector<std::byte>& bytes) {
    write_content(folder / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  json part(const std::string& name) {
    const std::string content = content_of(folder / name);
    return {{"file", name}, {"bytes", content.size()}, {"sha256", sha256_text(std::as_bytes(std::span(content)))}};
  }

  Folder folder;
  std::string model = folder.path().string();
  std::string picture = (folder / "picture.png").string();
};

TEST_F(Encoding, EncodeBatchAndReconstructAgree) {
  const Outcome encoded = run_program(folder, "encode " + model + " " + picture + " -o -");
  ASSERT_EQ(encoded.status, 0) << encoded.err;
  const json latent = json::parse(encoded.out);
  ASSERT_EQ(run_program(folder, "encode " + model + " " + picture + " -o " + (folder / "z.npy").string()).status, 0);
  EXPECT_GT(content_of(folder / "z.npy").size(), 4 * latent.size());

  ASSERT_EQ(std::system(("base64 -w 0 " + picture + " >" + (folder / "b64").string()).c_str()), 0);
  const json asked{{"key", "a"}, {"image_bytes", {{"b64", content_of(folder / "b64")}}}};
  write_content(folder / "lines", asked.dump() + "\n" + json{{"key", "b"}, {"embeddings", latent}}.dump() + "\n" +
                                      R"({"key":"c","image_bytes":{"b64":"!"}})");
  const Outcome answered = run_program(folder, "batch " + model + " <" + (folder / "lines").string());
  std::istringstream stream(answered.out);
  std::string a, b, c;
  std::getline(stream, a);
  std::getline(stream, b);
  std::getline(stream, c);
  EXPECT_EQ(json::parse(a), (json{{"key", "a"}, {"embeddings", latent}}));
  EXPECT_EQ(json::parse(c)["error"], "image_bytes: isn't base64");

  ASSERT_EQ(
      run_program(folder, "reconstruct " + model + " " + picture + " -o " + (folder / "again.png").string()).status, 0);
  ASSERT_EQ(std::system(("base64 -w 0 " + (folder / "again.png").string() + " >" + (folder / "b64").string()).c_str()),
            0);
  EXPECT_EQ(json::parse(b)["prediction"], content_of(folder / "b64"));
  EXPECT_NE(content_of(folder / "again.png").find("ganlet model"), std::string::npos);
}

TEST_F(Encoding, PhotographsAreTurnedUpright) {
  // As it is seen, and lying on its side with the orientation that says so.
  const Image upright = *decode_image(*read_whole(picture, 1 << 20), picture);
  Image lying{upright.height, upright.width, {}};
  for (int y = 0; y < lying.height; ++y)
    for (int x = 0; x < lying.width; ++x) {
      const auto pixel = upright.row(x).subspan(static_cast<std::size_t>(4 * (upright.width - 1 - y)), 4);
      lying.pixels.insert(lying.pixels.end(), pixel.begin(), pixel.end());
    }
  const std::string lying_file = (folder / "lying.png").string();
  ASSERT_TRUE(write_image(lying_file, lying));
  std::string png = content_of(lying_file);
  constexpr std::size_t behind_header = 33;
  const std::string exif("\0\0\0\x1a"                                                          // bytes of it
                         "eXIfMM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0" // orientation 6
                         "\xd6\x67\x4b\x69",                                                   // its checksum
                         38);
  write_content(lying_file, png.insert(behind_header, exif));
  const Outcome wanted = run_program(folder, "encode " + model + " " + picture + " -o -"),
                turned = run_program(folder, "encode " + model + " " + lying_file + " -o -");
  ASSERT_EQ(turned.status, 0) << turned.err;
  EXPECT_EQ(turned.out, wanted.out);
}

TEST_F(Encoding, WhatCantBeEncodedIsSaid) {
  const Outcome none = run_program(folder, "encode digits " + picture + " -o -");
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.err, "ganlet: digits: this model has no encoder\n");
  const Outcome text = run_program(folder, "encode " + model + " README.md -o -");
  EXPECT_EQ(text.err, "ganlet: README.md: is neither PNG nor JPEG\n");
  EXPECT_EQ(run_program(folder, "encode " + model + " " + picture + " -o " + (folder / "z.txt").string()).status, 2);
}

TEST(List, NamesTheCatalogue) {
  const Folder folder;
  const Outcome words = run_program(folder, "list");
  EXPECT_EQ(words.status, 0) << words.err;
  EXPECT_NE(words.out.find("digits"), std::string::npos);
  EXPECT_NE(words.out.find("edges2digits"), std::string::npos) << "makes pictures of pictures";
  const Outcome machine = run_program(folder, "list --json");
  EXPECT_EQ(json::parse(machine.out).at(0).at("id"), "digits");
  const Outcome none = run_program(folder, "list --models " + folder.path().string());
  EXPECT_NE(none.out.find("digits"), std::string::npos) << "an empty directory is passed over";
}

} // namespace
} // namespace ganlet::test
