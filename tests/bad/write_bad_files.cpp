// ganlet_bad_files OUT: writes the models of this folder and of valid/ into the folder OUT as binary .onnx files, for
// tests/web/corpus.test.mjs, and prints a JSON list of what opening each and drawing it once comes to here:
// {"file", "isBad", "code", "place", "message"}, the last three empty where there is a picture.

#include <cstdio>

#include "bad_files.h"
#include "core/json.h"
#include "core/text.h"
#include "generator/model.h"
#include "xnn/xnn.h"

namespace {

namespace fs = std::filesystem;
using namespace ganlet;

Result<void> open_and_draw(std::span<const std::byte> bytes) {
  GANLET_TRY(Model model, Model::open_file(bytes, "", {.backend = &xnn::backend}));
  GANLET_CHECK(model.picture({}));
  return {};
}

std::string outcome_of(const std::string& name, bool is_bad, const Result<void>& done) {
  std::string json = concat("{\"file\":", quoted_json(name), ",\"isBad\":", is_bad ? "true" : "false", ",\"code\":\"",
                            done ? "" : name_of(done.error().code()));
  json += concat("\",\"place\":", quoted_json(done ? "" : done.error().place()),
                 ",\"message\":", quoted_json(done ? "" : done.error().message()), "}");
  return json;
}

void write_all(const fs::path& out) {
  const fs::path bad = fs::path(GANLET_SOURCE_DIR) / "tests" / "bad";
  std::string outcomes;
  for (const fs::path& folder : {bad, bad / "valid"})
    for (const fs::path& file : test::files_in(folder)) {
      const std::vector<std::byte> bytes = test::bytes_of(file);
      const std::string name = file.stem().string() + ".onnx";
      test::write_bytes(out / name, bytes);
      outcomes += (outcomes.empty() ? "[" : ",\n") + outcome_of(name, folder == bad, open_and_draw(bytes));
    }
  std::printf("%s]\n", outcomes.c_str());
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "ganlet_bad_files OUT\n");
    return 2;
  }
  write_all(argv[1]);
  return 0;
}
