#include "ganlet_import_c.h"

#include <map>

#include "answer.h"
#include "core/text.h"
#include "import_program.h"
#include "onnx/external_data.h"
#include "onnx/writer.h"

struct ganlet_import {
  std::vector<std::byte> file;
  std::map<std::string, std::vector<std::byte>> beside;
  std::vector<std::byte> onnx;
  std::string guesses;
};

namespace {

using namespace ganlet;
using c::bytes_at;

std::vector<std::byte> copy_of(const void* data, std::size_t size) {
  const auto bytes = bytes_at(data, size);
  return {bytes.begin(), bytes.end()};
}

Result<void> make_onnx(ganlet_import& import, const char* network, bool chain) {
  const auto beside = [&](const std::string& name) -> Result<std::vector<std::byte>> {
    const auto found = import.beside.find(name);
    if (found == import.beside.end())
      return fail(ErrorCode::not_found, printable(name), "this file of the model is missing");
    return found->second;
  };
  const Limits limits;
  Budget budget(limits.load_units);
  if (importing::format_of(import.file) == importing::Format::none) {
    GANLET_TRY(import.onnx, onnx::with_weights_inside(import.file, beside, limits, budget));
    return {};
  }
  GANLET_TRY(const onnx::Model model, c::read_model(import.file, {network, beside, chain}, limits, budget));
  import.onnx = onnx::write(model);
  import.guesses = importing::guesses_of(model);
  return {};
}

} // namespace

ganlet_import* ganlet_import_begin(const void* file, size_t bytes) {
  const auto content = bytes_at(file, bytes);
  if (importing::format_of(content) == importing::Format::none) {
    const auto names = onnx::files_beside(content);
    if (names && names->empty())
      return nullptr;
  }
  return new ganlet_import{copy_of(file, bytes), {}, {}, {}};
}

const char* ganlet_import_needs(const ganlet_import* import) {
  Budget budget(Limits{}.load_units);
  const bool is_onnx = importing::format_of(import->file) == importing::Format::none;
  const auto names = is_onnx ? onnx::files_beside(import->file) : importing::files_beside(import->file, budget);
  if (!names)
    return c::failed<const char*>(names.error());
  c::JsonWriter json;
  json.open('[');
  for (const std::string& name : *names)
    json.value(name);
  json.close(']');
  return c::answer_with(json);
}

void ganlet_import_give(ganlet_import* import, const char* name, const void* file, size_t bytes) {
  import->beside[name] = copy_of(file, bytes);
}

size_t ganlet_import_run(ganlet_import* import, const char* network, int32_t chain) {
  const auto made = make_onnx(*import, network, chain != 0);
  return made ? import->onnx.size() : c::failed<size_t>(made.error());
}

const void* ganlet_import_file(const ganlet_import* import) {
  return import->onnx.data();
}

const char* ganlet_import_guesses(const ganlet_import* import) {
  return import->guesses.c_str();
}

void ganlet_import_end(ganlet_import* import) {
  delete import;
}
