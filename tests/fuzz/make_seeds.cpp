// ganlet_fuzz_seeds FUZZ: fills the folders FUZZ/NAME/seeds with what the harnesses start from: small things that are
// right, ONNX's own one-operator models where they are installed, and the files of tests/bad.

#include <cstdio>
#include <map>

#include "bad/bad_files.h"
#include "generator/tiny_model.h"
#include "generator/tiny_styles.h"
#include "image/image_writer.h"
#include "image/npy.h"
#include "import/imported.h"
#include "import/zip.h"
#include "onnx/quantize.h"
#include "onnx/small_models.h"
#include "onnx/writer.h"
#include "sections.h"

namespace {

namespace fs = std::filesystem;
using namespace ganlet;

const fs::path source = GANLET_SOURCE_DIR;
constexpr std::uintmax_t most_bytes = 1 << 16; // what the harness reads

/// The seeds of one harness.
class Seeds {
 public:
  explicit Seeds(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }

  void add(const std::string& name, std::span<const std::byte> bytes) const {
    test::write_bytes(folder_ / name, bytes);
  }
  void add(const std::string& name, std::string_view text) const { add(name, fuzz::bytes_of(text)); }
  /// Numbered.
  void add_all(const std::vector<std::string>& texts) const {
    for (std::size_t i = 0; i < texts.size(); ++i)
      add(std::to_string(i), texts[i]);
  }
  void copy(const std::string& name, const fs::path& file) const {
    fs::copy_file(file, folder_ / name, fs::copy_options::overwrite_existing);
  }

 private:
  fs::path folder_;
};

void onnx_seeds(const Seeds& seeds) {
  const auto generator = test::small_generator();
  seeds.add("generator.onnx", onnx::write(generator.model()));
  seeds.add("generator_int8.onnx", onnx::write(onnx::quantize(generator.model()).value()));
  for (const fs::path& folder : {source / "tests" / "bad", source / "tests" / "bad" / "valid"})
    for (const fs::path& file : test::files_in(folder))
      seeds.add("bad_" + file.stem().string() + ".onnx", test::bytes_of(file));
  const fs::path models = "/usr/share/libonnx-testdata/data/node";
  if (!fs::exists(models))
    return;
  for (const auto& entry : fs::directory_iterator(models))
    if (const fs::path model = entry.path() / "model.onnx"; fs::exists(model) && fs::file_size(model) <= most_bytes)
      seeds.copy(entry.path().filename().string() + ".onnx", model);
}

/// The files of a program of PyTorch's that the harness puts into an archive again.
std::vector<std::byte> sections_of(const fs::path& program) {
  const std::vector<std::byte> archive = test::content_of(program);
  Budget budget(Limits{}.load_units);
  const auto zip = importing::Zip::open(archive, {}, budget).value();
  std::vector<std::vector<std::byte>> files;
  for (const char* const name : {"serialized_exported_program.json", "serialized_state_dict.pt", "models/model.json",
                                 "data/weights/model_weights_config.json"})
    if (const std::string_view whole = zip.name_ending(name); !whole.empty())
      files.push_back(zip.read(whole, budget).value());
  for (const std::string_view name : zip.names())
    if (name.find("data/weights/weight_") != std::string_view::npos)
      files.push_back(zip.read(name, budget).value());
  return fuzz::joined(std::vector<std::span<const std::byte>>(files.begin(), files.end()));
}

/// Files of other frameworks, as the tests of the importer have Python write them.
void import_seeds(const Seeds& seeds) {
  for (const char* script : {"make_files.py", "make_bad_files.py", "make_bad_torch.py", "make_bad_tflite.py",
                             "make_tflite.py", "make_weights.py"}) {
    const test::Made made(script);
    for (const fs::path& model : made.models()) {
      const fs::path file = fs::is_directory(model) ? model / "model.json" : model;
      if (fs::file_size(file) <= most_bytes)
        seeds.copy(model.filename().string(), file);
    }
  }
  const test::Made programs("make_torch.py", "fir wave_gan vae dcgan mlp ops_inr blend attention cgan");
  for (const fs::path& program : programs.models())
    if (const std::vector<std::byte> sections = sections_of(program); sections.size() <= most_bytes)
      seeds.add(program.filename().string() + ".sections", sections);
}

std::vector<std::byte> row_of(std::initializer_list<float> values) {
  const Tensor tensor = Tensor::of<float>(Shape{static_cast<std::int64_t>(values.size())}, values);
  return write_npy(tensor.view());
}

/// An image (N,1,2,2) flattened.
std::vector<std::byte> flattening_encoder() {
  test::ModelBuilder build;
  build.input("image", {-1, 1, 2, 2}).node("Flatten", {"image"}, {"z"}).output("z");
  return onnx::write(build.model());
}

/// A part as model.json has it; bytes and digest are put right by the harness.
std::string part_json(const std::string& name, const std::string& file) {
  return "\"" + name + "\": {\"file\": \"" + file + "\", \"bytes\": 1, \"sha256\": \"" + std::string(64, '0') + "\"}";
}

void add_model(const Seeds& models, const Seeds& json, const std::string& name, const std::string& request,
               const std::string& about, const std::vector<std::vector<std::byte>>& parts) {
  std::vector<std::span<const std::byte>> sections{fuzz::bytes_of(request), fuzz::bytes_of(about)};
  sections.insert(sections.end(), parts.begin(), parts.end());
  models.add(name, fuzz::joined(sections));
  json.add(name + ".json", about);
}

void model_seeds(const Seeds& models, const Seeds& json) {
  add_model(models, json, "labels", R"({"text": "2026", "jitter": 0.5})",
            R"({"id": "tiny", "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "parts": {)" +
                part_json("generator", "tiny.onnx") + "}}",
            {onnx::write(test::tiny_generator())});
  add_model(models, json, "flat", R"({"count": 5, "seed": 7, "columns": 2})",
            R"({"id": "flat", "image": {"width": 3, "height": 2, "channels": 3, "range": [0, 1]}, "latent": {"size": 4,
                "distribution": "uniform"}, "roles": {"latent": "z", "image": "image"}, "parts": {)" +
                part_json("generator", "flat.onnx") + "}}",
            {onnx::write(test::tiny_generator({.channels = 3, .label = "none", .output = "flat"}))});
  add_model(models, json, "styles", R"({"count": 3, "truncation": 0.7, "cutoff": 1, "mix": "7:0-1", "noise": "each"})",
            R"({"id": "styles", "version": 2, "parts": {)" + part_json("mapping", "mapping.onnx") + ", " +
                part_json("synthesis", "synthesis.onnx") + R"(}, "arrays": {)" +
                part_json("mean_style", "mean_style.npy") + ", " + part_json("noise", "noise.npy") + "}}",
            {test::doubling_map(), test::adding_synthesis(), row_of({1, 2, 3, 4}), row_of({1, -1, 1, -1})});
  add_model(models, json, "trained", R"({"step": 12, "label": 3})",
            R"({"id": "trained", "preparation": "square", "training": {"steps": 30, "losses": {"generator": 1},
                "along": [{"step": 10, "part": "along-10"}]}, "metrics": {"f32": {"precision": 0.9}}, "parts": {)" +
                part_json("generator", "generator.onnx") + ", " + part_json("along-10", "along.onnx") + ", " +
                part_json("encoder", "encoder.onnx") + "}}",
            {onnx::write(test::tiny_generator()), test::adding_generator(), flattening_encoder()});
}

void json_seeds(const Seeds& seeds) {
  for (const auto& entry : fs::directory_iterator(source / "models"))
    if (const fs::path file = entry.path() / "model.json"; fs::exists(file))
      seeds.copy(entry.path().filename().string() + ".json", file);
  seeds.copy("index.json", source / "models" / "index.json");
}

void array_seeds(const Seeds& seeds) {
  seeds.add("float32.npy", row_of({1, -2, 0.5F}));
  seeds.add("int64.npy", write_npy(Tensor::of<std::int64_t>(Shape{2, 2}, {1, -2, 3, 4}).view()));
  seeds.add("bool.npy", write_npy(Tensor::of<std::uint8_t>(Shape{3}, {1, 0, 1}).view()));
  seeds.copy("2026.npy", source / "tests" / "golden" / "2026.npy");
}

Image some_image(int channels, bool transparent) {
  Image image{9, 7, {}};
  for (int i = 0; i < 63; ++i) {
    for (int k = 0; k < 3; ++k)
      image.pixels.push_back(static_cast<std::uint8_t>(29 * i + (channels == 1 ? 0 : 70 * k)));
    image.pixels.push_back(transparent ? static_cast<std::uint8_t>(4 * i) : 255);
  }
  return image;
}

/// The JPEG with an Exif segment (APP1) behind its first marker: one entry, orientation 6.
std::vector<std::byte> turned(std::vector<std::byte> jpeg) {
  constexpr std::string_view exif("\xFF\xE1\0\x22"
                                  "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
                                  36);
  jpeg.insert(jpeg.begin() + 2, fuzz::bytes_of(exif).begin(), fuzz::bytes_of(exif).end());
  return jpeg;
}

void image_seeds(const Seeds& seeds) {
  const std::map<std::string, Image> images{
      {"grey", some_image(1, false)}, {"colour", some_image(3, false)}, {"transparent", some_image(3, true)}};
  for (const auto& [name, image] : images) {
    seeds.add(name + ".png", encode(image, ImageFormat::png).value());
    seeds.add(name + ".jpg", encode_jpeg(image, 80).value());
    seeds.add(name + "_turned.jpg", turned(encode_jpeg(image, 80).value()));
  }
}

void text_seeds(const Seeds& requests, const Seeds& links) {
  requests.add_all({
      R"({"text": "2026", "text_limit": 4, "vary": true, "seed": 7, "jitter": 0.15})",
      "{\"count\": 3, \"label\": 2}\n{\"labels\": [1, 2, 3], \"seeds\": [1, 2, 18446744073709551615]}",
      R"({"latents": [0.5, -1e-3, 2], "columns": 2, "truncation": 0.7, "cutoff": 4})",
      R"({"mix": "7:0-3", "noise": "each", "style_shifts": [1, 2], "step": 500})",
      R"({"with": 7, "layers": [0, 3], "psi": 70, "noise": 12})",
      R"({"z": "AAEC", "textLimit": 10, "trained": 5})",
  });
  links.add_all({
      "#text=31&seed=7&at=-250,0",
      "model=digits&vary=1&label=3&grid=4x3&psi=70",
      "mix=7:0-3&cutoff=4&noise=9&trained=500",
      "z=AAEC&move=1,-2,3&colors=ink&zoom=nearest",
      "keys=1,2,3&walk=linear,once&steps=30&ms=20",
      "?theme=dark&panel=explore&text=%32%30+26",
      "script=a&screenshot=b.png&frames=1&backend=reference",
  });
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "ganlet_fuzz_seeds FUZZ\n");
    return 2;
  }
  const fs::path fuzz = argv[1];
  const auto seeds_of = [&](const char* name) { return Seeds(fuzz / name / "seeds"); };
  onnx_seeds(seeds_of("onnx"));
  model_seeds(seeds_of("model"), seeds_of("model_json"));
  json_seeds(seeds_of("model_json"));
  import_seeds(seeds_of("import"));
  array_seeds(seeds_of("npy"));
  image_seeds(seeds_of("image"));
  text_seeds(seeds_of("request"), seeds_of("link"));
  return 0;
}
