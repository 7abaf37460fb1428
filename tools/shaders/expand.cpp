#include "expand.h"

#include <algorithm>

#include "parser.h"

namespace ganlet::shaders {

namespace {

/// "transposed_convolution" as the name of a struct: "TransposedConvolution".
std::string struct_name(std::string_view name) {
  std::string text;
  bool upper = true;
  for (const char letter : name) {
    if (letter != '_')
      text += upper && letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    upper = letter == '_';
  }
  return text;
}

std::string cpp_type(Type type) {
  const std::string_view element = names_of(type.base).cpp;
  return type.is_array() ? concat("std::array<", element, ", ", type.length, ">") : std::string(element);
}

std::string glsl_array(std::string_view name, Type type) {
  return concat(names_of(type.base).glsl, " ", name, "_",
                type.is_array() ? type.length == Type::of_any_length ? "[]" : concat("[", type.length, "]") : "");
}

std::string wgsl_array(Type type) {
  const std::string_view element = names_of(type.base).wgsl;
  if (!type.is_array())
    return std::string(element);
  return type.length == Type::of_any_length ? concat("array<", element, ">")
                                            : concat("array<", element, ", ", type.length, ">");
}

constexpr std::string_view wgsl_access(Role role) {
  // An arena's values are bound as read_write everywhere, because WebGPU gives a buffer one usage in a dispatch.
  return role == Role::constant ? "read" : "read_write";
}

} // namespace

Result<Expansion> Parser::finished(std::string_view name, Language held) const {
  const auto incomplete = [&](std::string_view what) {
    return fail(ErrorCode::invalid_argument, concat(name, ".comp"), concat("there is no ", what));
  };
  if (!has_main_)
    return incomplete("fn main()");
  if (group_ == 0)
    return incomplete("group N;");
  if (uniforms_.empty())
    return incomplete("list of uniforms");
  if (std::ranges::none_of(buffers_, [](const auto& buffer) { return buffer.second.role == Role::output; }))
    return incomplete("output");
  Expansion made;
  made.glsl = concat("#version 430\n#define GROUP ", group_, "u\n",
                     "#define select(no, yes, which) ((which) ? (yes) : (no))\n"
                     "layout(local_size_x = GROUP) in;\nlayout(std140, binding = 0) uniform Uniforms {\n");
  made.wgsl = concat("const GROUP: u32 = ", group_, "u;\nstruct Uniforms {\n");
  for (const Field& field : uniforms_) {
    made.glsl += concat("  ", glsl_array(field.name, field.type), ";\n");
    made.wgsl += concat("  ", field.name, "_: ", wgsl_array(field.type), ",\n");
  }
  made.glsl += "};\n";
  made.wgsl += "}\n@group(0) @binding(0) var<uniform> uniforms: Uniforms;\n";
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const auto& [buffer, symbol] = buffers_[i];
    made.glsl += concat("layout(std430, binding = ", i, ") ", symbol.role == Role::output ? "" : "readonly ",
                        "buffer Buffer", i, " { ", glsl_array(buffer, symbol.type), "; };\n");
    made.wgsl += concat("@group(0) @binding(", i + 1, ") var<storage, ", wgsl_access(symbol.role), "> ", buffer,
                        "_: ", wgsl_array(symbol.type), ";\n");
  }
  for (const auto& [shared, type] : shared_) {
    made.glsl += concat("shared ", glsl_array(shared, type), ";\n");
    made.wgsl += concat("var<workgroup> ", shared, "_: ", wgsl_array(type), ";\n");
  }
  made.glsl += functions_text_.glsl;
  made.wgsl += functions_text_.wgsl;

  made.header =
      concat("// Made by ganlet-shaders from shaders/", name,
             ".comp.\n#pragma once\n\n#include <array>\n#include <cstdint>\n\n#include \"shaders/shader.h\"\n\n"
             "namespace ganlet::shaders {\n\nstruct ",
             struct_name(name), " {\n");
  for (const Field& field : uniforms_)
    made.header += concat("  ", cpp_type(field.type), " ", field.name, "{};\n");
  made.header +=
      concat("  static constexpr Shader shader{\"", name, "\", ", buffers_.size(), ", R\"shader(",
             held == Language::glsl ? made.glsl : made.wgsl, ")shader\"};\n};\n\n", "} // namespace ganlet::shaders\n");
  return made;
}

Result<Expansion> expand(std::string_view name, std::string_view source, const ReadFile& read, Language held) {
  Parser parser(read);
  GANLET_CHECK(parser.file(concat(name, ".comp"), source));
  return parser.finished(name, held);
}

} // namespace ganlet::shaders
