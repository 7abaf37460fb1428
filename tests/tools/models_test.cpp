// The shipped models as a whole: what their versions promise, and what other runtimes are given of them.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>

#include "core/sha256.h"
#include "core/text.h"
#include "generator/model_folder.h"
#include "image/whole_file.h"
#include "program.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

const fs::path models = fs::path(GANLET_SOURCE_DIR) / "models";

/// One SHA-256 of what draws a seed's picture: the int8 parts and arrays, but for generators kept on the way.
std::string fingerprint(const ModelDescription& description) {
  std::map<std::string, std::string> drawing;
  for (const ModelPart& part : description.parts)
    if (!part.name.ends_with("_f32") && !part.name.starts_with("along_") && part.name != "directions")
      drawing[part.name] = part.sha256;
  std::string text;
  for (const auto& [name, sha256] : drawing)
    text += concat(name, " ", sha256, "\n");
  return sha256_text(std::as_bytes(std::span(text)));
}

/// models/versions.txt: "id version fingerprint" in a line, of all versions there have been.
std::map<std::string, std::string> versions_there_have_been() {
  std::ifstream file(models / "versions.txt");
  std::map<std::string, std::string> known;
  std::string id, version, hash;
  while (file >> id >> version >> hash)
    known[concat(id, "@", version)] = hash;
  return known;
}

TEST(Models, HaveAVersionOfTheirOwnForOtherPictures) {
  const auto known = versions_there_have_been();
  auto catalog = read_catalog(models), translators = read_catalog(models, catalog_of_translators);
  ASSERT_TRUE(catalog) << catalog.error().text();
  ASSERT_TRUE(translators) << translators.error().text();
  std::ranges::move(*translators, std::back_inserter(*catalog));
  for (const CatalogEntry& entry : *catalog) {
    const auto folder = find_model((models / entry.id).string(), {});
    ASSERT_TRUE(folder) << folder.error().text();
    const std::string version = concat(entry.id, "@", folder->description.version);
    const auto text = read_whole(models / entry.id / "model.json", 1 << 20);
    const std::string json(reinterpret_cast<const char*>(text->data()), text->size());
    EXPECT_NE(json.find("\"version\": "), std::string::npos) << entry.id;
    const std::string now = fingerprint(folder->description);
    ASSERT_TRUE(known.contains(version)) << "models/versions.txt lacks the line: " << entry.id << " "
                                         << folder->description.version << " " << now;
    EXPECT_EQ(known.at(version), now) << version << " has other weights than it had: a seed's picture would change; "
                                      << "raise `version` in its model.json and add a line to models/versions.txt";
  }
}

TEST(Models, NoFileRepeatsAnother) {
  for (const char* id : {"nouns", "creatures"}) {
    const auto folder = find_model((models / id).string(), {});
    ASSERT_TRUE(folder) << folder.error().text();
    std::int64_t to_mix = 0;
    for (const ModelPart& part : folder->description.parts) {
      EXPECT_FALSE(part.name.starts_with("generator") || part.name.starts_with("along")) << part.name;
      if (!part.name.ends_with("_f32") && part.name != "directions")
        to_mix += part.bytes.value_or(0);
    }
    constexpr std::int64_t before = 888'088 + 63'015 + 817'537 + 640; // when a whole generator came with them
    EXPECT_LE(to_mix * 100, before * 52) << id;
  }
}

/// The joined file, seen as any runtime sees it: without model.json.
TEST(ExportOnnx, OneFileDrawsWhatTheModelDraws) {
  for (const std::string id : {"nouns", "creatures", "digits"})
    for (const std::string part : {"generator", "generator_f32"}) {
      const Folder folder;
      const fs::path file = folder / "one.onnx";
      const Outcome exported = run_program(folder, concat("export-onnx ", id, " --part ", part, " -o ", file.string()));
      ASSERT_EQ(exported.status, 0) << exported.err;
      auto one = load_model(file.string());
      auto model = load_model((models / id).string(), {.part = part});
      ASSERT_TRUE(one && model) << id;
      DrawRequest request;
      request.count = 3;
      request.seed = 8;
      const auto wanted = model->picture(request), drawn = one->picture(request);
      ASSERT_TRUE(wanted && drawn) << id;
      EXPECT_EQ(drawn->pixels, wanted->pixels) << id << " " << part;
    }
}

} // namespace
} // namespace ganlet::test
