// In place of Translator and Translation, in programs without the rare parts (tools/cmake/RareParts.cmake).

#include "generator/translation.h"

namespace ganlet {

namespace {

tl::unexpected<Error> missing() {
  return fail(ErrorCode::unsupported, "model", "this engine doesn't make pictures of pictures");
}

} // namespace

Result<std::unique_ptr<Translator>> Translator::open(std::span<const std::byte>, onnx::Model, const Ranges&,
                                                     const Backend&, const CompileOptions&) {
  return missing();
}

Result<Translation> Translator::begin(Image) {
  return missing();
}

Result<Program*> Translator::program() {
  return missing();
}

Result<void> Translation::step() {
  return missing();
}

} // namespace ganlet
