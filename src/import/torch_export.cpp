#include "import/torch_export.h"

#include <algorithm>
#include <memory>

#include "core/text.h"
#include "import/aten.h"
#include "import/keras_config.h"
#include "import/torch_tensors.h"
#include "import/zip.h"

namespace ganlet::importing {

namespace {

/// A file within the archive that holds tensors by name: torch.save's, or the PT2 archive's raw bytes.
struct Tensors {
  std::unique_ptr<std::vector<std::byte>> bytes; ///< what `file` refers to
  std::optional<TorchFile> file;
  std::map<std::string, std::pair<std::string, TorchTensor>> raw; ///< by name, the file of its bytes
};

/// JSON of a program: text and what refers to it.
struct Document {
  std::unique_ptr<std::string> text;
  Json json;
};

Result<Document> read_json(const Zip& zip, std::string_view name, Budget& budget) {
  GANLET_TRY(const std::vector<std::byte> bytes, zip.read(name, budget));
  constexpr std::size_t most = std::size_t{16} << 20;
  if (bytes.size() > most)
    return fail(ErrorCode::limit_exceeded, name, concat("has more than ", most, " bytes"));
  GANLET_CHECK(take_for_bytes(budget, 32 * static_cast<std::uint64_t>(bytes.size()), name));
  Document document{std::make_unique<std::string>(keras::without_python_numbers(text_of(bytes), true)), {}};
  GANLET_TRY(document.json, parse_json(*document.text, name));
  return document;
}

Result<Tensors> read_saved(const Zip& zip, std::string_view name, const Limits& limits, Budget& budget) {
  Tensors tensors;
  GANLET_TRY(std::vector<std::byte> bytes, zip.read(name, budget));
  if (bytes.empty())
    return tensors;
  tensors.bytes = std::make_unique<std::vector<std::byte>>(std::move(bytes));
  GANLET_TRY(tensors.file, TorchFile::open(*tensors.bytes, limits, budget));
  return tensors;
}

/// What {"config": {name: {"path_name": "weight_0", "tensor_meta": {...}}}} describes, in the folder of that file.
Result<Tensors> read_raw(const Zip& zip, std::string_view name, Budget& budget) {
  Tensors tensors;
  GANLET_TRY(const Document document, read_json(zip, name, budget));
  const Json* const config = document.json.find("config");
  const std::string folder(name.substr(0, name.rfind('/') + 1));
  for (std::size_t i = 0; config != nullptr && i < config->names.size(); ++i) {
    const Json& entry = config->elements[i];
    const Json *const path = entry.find("path_name"), *const meta = entry.find("tensor_meta");
    const Json* const pickled = entry.find("use_pickle");
    if (path == nullptr || meta == nullptr || (pickled != nullptr && pickled->boolean))
      continue; // objects of Python's, of which no operation here needs one
    TorchTensor tensor;
    tensor.name = config->names[i];
    const Json* const type = meta->find("dtype");
    const std::int64_t code = type == nullptr ? 0 : type->integer().value_or(0);
    constexpr std::string_view types[] = {"",        "uint8",   "int8", "int16", "int32", "int64", "float16",
                                          "float32", "float64", "",     "",      "",      "bool",  "bfloat16"};
    tensor.type = code > 0 && code < std::ssize(types) ? types[code] : type == nullptr ? "" : type->string;
    std::ranges::transform(tensor.type, tensor.type.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    for (const auto& [list, to] : {std::pair{"sizes", &tensor.sizes}, std::pair{"strides", &tensor.strides}})
      if (const Json* const numbers = meta->find(list))
        for (const Json& number : numbers->elements) {
          const Json* const whole = number.find("as_int");
          to->push_back(whole == nullptr ? -1 : whole->integer().value_or(-1));
        }
    if (const Json* const offset = meta->find("storage_offset"); offset != nullptr && offset->find("as_int") != nullptr)
      tensor.offset = offset->find("as_int")->natural().value_or(~std::uint64_t{0});
    tensors.raw[tensor.name] = {folder + path->string, tensor};
  }
  return tensors;
}

/// Where the parts of an archive are; of several models the one that is asked for.
struct Parts {
  std::string program, weights, constants;
};

Result<Parts> parts_of(const Zip& zip, std::string_view network) {
  Parts parts;
  parts.program = zip.name_ending("serialized_exported_program.json");
  if (!parts.program.empty()) {
    parts.weights = zip.name_ending("serialized_state_dict.pt");
    parts.constants = zip.name_ending("serialized_constants.pt");
    return parts;
  }
  std::string names;
  for (const std::string_view name : zip.names()) {
    const std::size_t at = name.rfind("models/");
    if (at == std::string_view::npos || !name.ends_with(".json") || at + 12 > name.size())
      continue;
    const std::string model(name.substr(at + 7, name.size() - at - 12));
    names += concat(names.empty() ? "'" : ", '", printable(model), "'");
    if (!parts.program.empty() || (!network.empty() && network != model))
      continue;
    parts.program = name;
    for (const auto& [part, folder, end] :
         {std::tuple{&parts.weights, "data/weights/", "_weights_config.json"},
          std::tuple{&parts.constants, "data/constants/", "_constants_config.json"}}) {
      *part = zip.name_ending(concat(folder, model, end));
      if (part->empty())
        *part = zip.name_ending(concat(folder, model, ".pt"));
    }
  }
  if (parts.program.empty())
    return fail(network.empty() ? ErrorCode::unsupported : ErrorCode::not_found, "torch",
                network.empty()
                    ? "the archive holds no exported program, but one that was compiled for one machine: save it with "
                      "torch.export.save"
                    : concat("there is no model '", printable(network), "' inside; there is ", names));
  return parts;
}

/// What the graph's names stand for: inputs of the user's, and tensors by their names in the state dict.
class Program {
 public:
  Program(const Zip& zip, const Limits& limits) : zip_(zip), limits_(limits), held_(limits) {}

  Result<void> open(const Parts& parts, Budget& budget) {
    for (const auto& [name, to] : {std::pair{parts.weights, &weights_}, std::pair{parts.constants, &constants_}}) {
      if (name.empty())
        continue;
      GANLET_TRY(*to, name.ends_with(".json") ? read_raw(zip_, name, budget) : read_saved(zip_, name, limits_, budget));
    }
    return {};
  }

  Result<void> read_signature(const Json& signature) {
    const Json* const inputs = signature.find("input_specs");
    for (std::size_t i = 0; inputs != nullptr && i < inputs->elements.size(); ++i) {
      const Json& spec = inputs->elements[i];
      if (spec.kind != Json::Kind::object || spec.elements.empty())
        continue;
      const std::string& kind = spec.names[0];
      const Json& content = spec.elements[0];
      const Json* const argument = content.find("arg");
      for (const char* const name : {"parameter_name", "buffer_name", "tensor_constant_name"})
        if (const Json* const target = content.find(name); target != nullptr && argument != nullptr)
          targets_[name_of(*argument)] = target->string;
      if (kind == "user_input" && argument != nullptr && argument->find("as_tensor") != nullptr)
        inputs_.push_back(name_of(*argument->find("as_tensor")));
    }
    const Json* const outputs = signature.find("output_specs");
    for (std::size_t i = 0; outputs != nullptr && i < outputs->elements.size(); ++i)
      if (const Json* const output = outputs->elements[i].find("user_output"))
        if (const Json* const argument = output->find("arg"); argument != nullptr && argument->find("as_tensor"))
          outputs_.push_back(name_of(*argument->find("as_tensor")));
    if (outputs_.empty())
      return fail(ErrorCode::corrupt, "torch", "the program says of no output");
    return {};
  }

  Result<std::optional<Tensor>> tensor(const std::string& name, Budget& budget) {
    const auto target = targets_.find(name);
    if (target == targets_.end())
      return std::optional<Tensor>();
    for (const Tensors* const tensors : {&weights_, &constants_}) {
      if (const auto raw = tensors->raw.find(target->second); raw != tensors->raw.end()) {
        const auto& [file, stored] = raw->second;
        GANLET_TRY(const std::vector<std::byte> bytes, zip_.read(file, budget));
        GANLET_TRY(Tensor read, strided_tensor(stored, bytes, limits_, held_, budget, place_of(target->second)));
        return std::optional<Tensor>(std::move(read));
      }
      if (!tensors->file)
        continue;
      const auto found = std::ranges::find(tensors->file->tensors(), target->second, &TorchTensor::name);
      if (found == tensors->file->tensors().end())
        continue;
      GANLET_TRY(Tensor read, tensors->file->read(*found, held_, budget));
      return std::optional<Tensor>(std::move(read));
    }
    return fail(ErrorCode::corrupt, place_of(target->second), "is a weight of the program that isn't in the file");
  }

  const std::vector<std::string>& inputs() const { return inputs_; }
  const std::vector<std::string>& outputs() const { return outputs_; }

 private:
  static std::string name_of(const Json& argument) {
    const Json* const name = argument.find("name");
    return name == nullptr ? std::string() : name->string;
  }
  static std::string place_of(const std::string& target) { return concat("torch '", printable(target), "'"); }

  const Zip& zip_;
  const Limits& limits_;
  HeldBytes held_;
  Tensors weights_, constants_;
  std::map<std::string, std::string> targets_;
  std::vector<std::string> inputs_, outputs_;
};

} // namespace

bool is_torch_export(Bytes file) {
  const std::string_view text = text_of(file);
  return text.starts_with("PK\x03\x04") &&
         (text.find("serialized_exported_program.json") != std::string_view::npos ||
          (text.find("archive_format") != std::string_view::npos && text.find("models/") != std::string_view::npos));
}

Result<onnx::Model> read_torch_export(Bytes file, std::string_view network, const Limits& limits, Budget& budget) {
  GANLET_TRY(const Zip zip, Zip::open(file, limits, budget));
  GANLET_TRY(const Parts parts, parts_of(zip, network));
  GANLET_TRY(const Document document, read_json(zip, parts.program, budget));
  const Json* const module = document.json.find("graph_module");
  const Json* const graph = module == nullptr ? nullptr : module->find("graph");
  const Json* const signature = module == nullptr ? nullptr : module->find("signature");
  if (graph == nullptr || signature == nullptr)
    return fail(ErrorCode::corrupt, "torch", "the program has no graph or no signature");
  Program program(zip, limits);
  GANLET_CHECK(program.open(parts, budget));
  GANLET_CHECK(program.read_signature(*signature));
  aten::Converter converter(
      *graph, [&](const std::string& name) { return program.tensor(name, budget); }, limits, budget);
  for (const std::string& name : program.inputs())
    GANLET_CHECK(converter.add_input(name));
  GANLET_CHECK(converter.convert_nodes());
  for (const std::string& name : program.outputs())
    GANLET_CHECK(converter.add_output(name));
  return std::move(converter).take();
}

} // namespace ganlet::importing
