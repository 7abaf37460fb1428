// ganlet apply: a file, a folder, and what is refused.

#include <sstream>

#include <gtest/gtest.h>

#include "core/base64.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "onnx/writer.h"
#include "program.h"
#include "support/model_builder.h"

namespace ganlet::test {
namespace {

class Apply : public testing::Test {
 protected:
  /// A network that turns black to white, of any size, in numbers from 0 to 1.
  Apply() {
    ModelBuilder build;
    build.input("x", {-1, 3, -1, -1}).floats("one", Shape{}, {1}).floats("zero", Shape{}, {0});
    build.node("Sub", {"one", "x"}, {"d"}).node("Clip", {"d", "zero", "one"}, {"y"}).output("y");
    EXPECT_TRUE(write_whole(model, onnx::write(build.model())));
    std::filesystem::create_directory(pictures);
    EXPECT_TRUE(write_image(pictures / "a.png", Image{2, 1, {0, 100, 255, 255, 9, 9, 9, 255}}));
  }

  Outcome apply(const std::string& from, const std::string& to, const std::string& flags = "") {
    return run_program(folder, "apply " + model.string() + " " + from + " -o " + to + " " + flags);
  }

  Folder folder;
  std::filesystem::path model = folder / "inverse.onnx", pictures = folder / "pictures";
};

TEST_F(Apply, WritesThePictureThatTheNetworkMakes) {
  const std::filesystem::path out = folder / "out.png";
  const Outcome outcome = apply((pictures / "a.png").string(), out.string());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("out.png: 2 x 1 to 2 x 1 pixels; numbers in: 0 to 1, out: 0 to 1"), std::string::npos);
  const Result<Image> image = decode_image(*read_whole(out, 1 << 20), "out");
  ASSERT_TRUE(image);
  EXPECT_EQ(image->pixels, (std::vector<std::uint8_t>{255, 155, 0, 255, 246, 246, 246, 255}));
}

TEST_F(Apply, TakesAllPicturesOfAFolderAndTellsWhichItCouldNot) {
  write_content(pictures / "b.png", "no picture");
  write_content(pictures / "c.txt", "");
  const Outcome outcome = apply(pictures.string(), (folder / "out").string());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(folder / "out" / "a.png"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out" / "b.png"));
  EXPECT_NE(outcome.err.find("b.png: is neither PNG nor JPEG"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("1 of 2 pictures were left out"), std::string::npos) << outcome.err;
}

TEST_F(Apply, AnswersJsonLines) {
  const std::string picture = to_base64(*read_whole(pictures / "a.png", 1 << 20), Base64::padded);
  write_content(folder / "lines",
                "{\"key\": 7, \"image_bytes\": {\"b64\": \"" + picture +
                    "\"}}\n\n{\"key\": \"b\", \"image_bytes\": {\"b64\": \"AAAA\"}}\n{\"key\": 3}\n[]\n");
  const Outcome outcome = run_program(folder, "apply " + model.string() + " --lines < " + (folder / "lines").string());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::istringstream lines(outcome.out);
  std::string first, rest;
  std::getline(lines, first);
  const std::string head = "{\"key\":7,\"prediction\":\"";
  ASSERT_TRUE(first.starts_with(head)) << first;
  const auto file = from_base64(first.substr(head.size(), first.size() - head.size() - 2), Base64::padded);
  ASSERT_TRUE(file);
  const Result<Image> image = decode_image(*file, "prediction");
  ASSERT_TRUE(image);
  EXPECT_EQ(image->pixels, (std::vector<std::uint8_t>{255, 155, 0, 255, 246, 246, 246, 255}));
  std::getline(lines, rest, '\0');
  EXPECT_EQ(rest, "{\"key\":\"b\",\"error\":\"image_bytes: is neither PNG nor JPEG\",\"code\":\"corrupt\","
                  "\"place\":\"image_bytes\"}\n"
                  "{\"key\":3,\"error\":\"image_bytes: is missing: {\\\"b64\\\": \\\"<PNG or JPEG in base64>\\\"}\","
                  "\"code\":\"invalid_argument\",\"place\":\"image_bytes\"}\n"
                  "{\"key\":null,\"error\":\"the line must be a JSON object\",\"code\":\"invalid_argument\","
                  "\"place\":\"\"}\n");
  EXPECT_EQ(run_program(folder, "apply " + model.string() + " --lines a.png -o b.png").status, 2);
  EXPECT_EQ(run_program(folder, "apply " + model.string() + " a.png").status, 2);
}

TEST_F(Apply, IsWhatInfoNamesForSuchANetwork) {
  const Outcome text = run_program(folder, "info " + model.string());
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_NE(text.out.find("makes pictures of pictures: see `ganlet apply`"), std::string::npos) << text.out;
  const Outcome json = run_program(folder, "info --json " + model.string());
  EXPECT_NE(json.out.find("\"takes_pictures\": true"), std::string::npos) << json.out;
  const Outcome drawn = run_program(folder, "generate " + model.string() + " -o " + (folder / "o.png").string());
  EXPECT_EQ(drawn.status, 1);
  EXPECT_NE(drawn.err.find("makes pictures of pictures: use `ganlet apply` or apply()"), std::string::npos)
      << drawn.err;
}

TEST_F(Apply, SaysWhatIsWrong) {
  EXPECT_EQ(apply("nothing.png", (folder / "o.png").string()).status, 1);
  EXPECT_EQ(apply((pictures / "a.png").string(), (folder / "o.gif").string()).status, 2);
  const Outcome outcome = apply((pictures / "a.png").string(), (folder / "o.png").string(), "--range 1,0");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("--range: must be two numbers, the smaller first, such as 0,255"), std::string::npos);
  const Outcome digits =
      run_program(folder, "apply digits " + (pictures / "a.png").string() + " -o " + (folder / "o.png").string());
  EXPECT_EQ(digits.status, 1);
  EXPECT_NE(digits.err.find("doesn't make a picture of a picture: it has 2 inputs"), std::string::npos) << digits.err;
  EXPECT_FALSE(std::filesystem::exists(folder / "o.png"));
}

} // namespace
} // namespace ganlet::test
