// ganlet-shaders SHADER.comp OUT glsl|wgsl: writes OUT/SHADER.glsl, OUT/SHADER.wgsl and OUT/SHADER.h, which holds the
// text in that language; SHADER-1.glsl and so on for further combinations of what a shader leaves to choose.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/text.h"
#include "expand.h"

namespace {

namespace fs = std::filesystem;
using ganlet::ErrorCode;
using ganlet::Result;
using ganlet::shaders::Language;

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return ganlet::fail(ErrorCode::io, path.string(), "can't be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << text).flush())
    return ganlet::fail(ErrorCode::io, path.string(), "can't be written");
  return {};
}

Result<void> expand_file(const fs::path& shader, const fs::path& out, Language held) {
  GANLET_TRY(const std::string source, read_file(shader));
  const auto read = [&](const std::string& name) { return read_file(shader.parent_path() / name); };
  const std::string name = shader.stem().string();
  GANLET_TRY(const ganlet::shaders::Expansion made, ganlet::shaders::expand(name, source, read, held));
  for (std::size_t i = 0; i < made.glsl_heads.size(); ++i) {
    const std::string file = i == 0 ? name : name + "-" + std::to_string(i);
    GANLET_CHECK(write_file(out / (file + ".glsl"), made.glsl(i)));
    GANLET_CHECK(write_file(out / (file + ".wgsl"), made.wgsl(i)));
  }
  return write_file(out / (name + ".h"), made.header);
}

} // namespace

int main(int argc, char** argv) {
  const std::string_view language = argc == 4 ? argv[3] : "";
  if (language != "glsl" && language != "wgsl") {
    std::fprintf(stderr, "usage: ganlet-shaders SHADER.comp OUT glsl|wgsl\n");
    return 2;
  }
  if (const auto done = expand_file(argv[1], argv[2], language == "glsl" ? Language::glsl : Language::wgsl); !done) {
    std::fprintf(stderr, "%s\n", done.error().text().c_str());
    return 1;
  }
  return 0;
}
