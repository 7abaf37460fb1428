// ganlet_fuzz_seeds SEEDS BAD: fills the folder SEEDS with what the fuzzer starts from: ONNX's own one-operator models
// where they are installed, a small generator in float32 and int8, and the files of the folder BAD.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "onnx/quantize.h"
#include "onnx/small_models.h"
#include "onnx/writer.h"
#include "support/textproto.h"

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_bytes = 1 << 16; // what the fuzzer reads

void save(const fs::path& file, std::span<const std::byte> bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

int copy_conformance_models(const fs::path& seeds) {
  const fs::path models = "/usr/share/libonnx-testdata/data/node";
  if (!fs::exists(models))
    return 0;
  int count = 0;
  for (const auto& entry : fs::directory_iterator(models)) {
    const fs::path model = entry.path() / "model.onnx";
    if (!fs::exists(model) || fs::file_size(model) > most_bytes)
      continue;
    fs::copy_file(model, seeds / (entry.path().filename().string() + ".onnx"), fs::copy_options::overwrite_existing);
    ++count;
  }
  return count;
}

int encode_bad_files(const fs::path& seeds, const fs::path& bad) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(bad)) {
    if (entry.path().extension() != ".textproto")
      continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    save(seeds / ("bad_" + entry.path().stem().string() + ".onnx"), ganlet::test::onnx_from_text(text));
    ++count;
  }
  return count;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "ganlet_fuzz_seeds SEEDS BAD\n");
    return 2;
  }
  const fs::path seeds = argv[1];
  const auto generator = ganlet::test::small_generator();
  save(seeds / "generator.onnx", ganlet::onnx::write(generator.model()));
  save(seeds / "generator_int8.onnx", ganlet::onnx::write(ganlet::onnx::quantize(generator.model()).value()));
  const int copied = copy_conformance_models(seeds);
  std::printf("%d seeds\n", 2 + copied + encode_bad_files(seeds, argv[2]));
  return 0;
}
