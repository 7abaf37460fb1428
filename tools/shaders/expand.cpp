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
  made.glsl_body = glsl_body();
  made.wgsl_body = wgsl_body();
  for (const std::vector<std::uint32_t>& chosen : combinations()) {
    std::string& glsl = made.glsl_heads.emplace_back("#version 430\n");
    std::string& wgsl = made.wgsl_heads.emplace_back();
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      glsl += concat("#define ", choices_[i].name, "_ ", chosen[i], "u\n");
      wgsl += concat("const ", choices_[i].name, "_: u32 = ", chosen[i], "u;\n");
    }
    glsl += concat("#define GROUP ", group_of(chosen), "u\n");
    wgsl += concat("const GROUP: u32 = ", group_of(chosen), "u;\n");
  }
  made.header = header(name, made, held);
  return made;
}

std::vector<std::vector<std::uint32_t>> Parser::combinations() const {
  std::vector<std::vector<std::uint32_t>> all{{}};
  for (const Choice& choice : choices_) {
    std::vector<std::vector<std::uint32_t>> longer;
    for (const std::vector<std::uint32_t>& begun : all)
      for (const std::uint32_t value : choice.values) {
        longer.push_back(begun);
        longer.back().push_back(value);
      }
    all = std::move(longer);
  }
  return all;
}

int Parser::group_of(const std::vector<std::uint32_t>& chosen) const {
  std::uint32_t size = static_cast<std::uint32_t>(group_);
  for (const int times : group_times_)
    size *= chosen[static_cast<std::size_t>(times)];
  return static_cast<int>(std::min(size, 1000U));
}

std::string Parser::array_in_glsl(std::string_view name, Type type) const {
  const std::string times =
      type.times < 0 ? "" : concat("u * ", choices_[static_cast<std::size_t>(type.times)].name, "_");
  return concat(names_of(type.base).glsl, " ", name, "_",
                type.is_array() ? type.length == Type::of_any_length ? "[]" : concat("[", type.length, times, "]")
                                : "");
}

std::string Parser::array_in_wgsl(Type type) const {
  const std::string_view element = names_of(type.base).wgsl;
  const std::string times =
      type.times < 0 ? "" : concat("u * ", choices_[static_cast<std::size_t>(type.times)].name, "_");
  if (!type.is_array())
    return std::string(element);
  return type.length == Type::of_any_length ? concat("array<", element, ">")
                                            : concat("array<", element, ", ", type.length, times, ">");
}

/// What stands behind the version and the choices.
std::string Parser::glsl_body() const {
  std::string text = "#define select(no, yes, which) ((which) ? (yes) : (no))\n"
                     "#define low_half(word) (unpackHalf2x16(word).x)\n"
                     "#define high_half(word) (unpackHalf2x16(word).y)\n"
                     "layout(local_size_x = GROUP) in;\nlayout(std140, binding = 0) uniform Uniforms {\n";
  for (const Field& field : uniforms_)
    text += concat("  ", array_in_glsl(field.name, field.type), ";\n");
  text += "};\n";
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const auto& [buffer, symbol] = buffers_[i];
    text += concat("layout(std430, binding = ", i, ") ", symbol.role == Role::output ? "" : "readonly ",
                   "buffer Buffer", i, " { ", array_in_glsl(buffer, symbol.type), "; };\n");
  }
  for (const auto& [shared, type] : shared_)
    text += concat("shared ", array_in_glsl(shared, type), ";\n");
  return text + functions_text_.glsl;
}

std::string Parser::wgsl_body() const {
  std::string text = "struct Uniforms {\n";
  for (const Field& field : uniforms_)
    text += concat("  ", field.name, "_: ", array_in_wgsl(field.type), ",\n");
  text += "}\n@group(0) @binding(0) var<uniform> uniforms: Uniforms;\n";
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const auto& [buffer, symbol] = buffers_[i];
    text += concat("@group(0) @binding(", i + 1, ") var<storage, ", wgsl_access(symbol.role), "> ", buffer,
                   "_: ", array_in_wgsl(symbol.type), ";\n");
  }
  for (const auto& [shared, type] : shared_)
    text += concat("var<workgroup> ", shared, "_: ", array_in_wgsl(type), ";\n");
  for (const auto& [half, component] : {std::pair{"low_half", "x"}, std::pair{"high_half", "y"}})
    if (functions_text_.wgsl.find(half) != std::string::npos)
      text += concat("fn ", half, "(word: u32) -> f32 { return unpack2x16float(word).", component, "; }\n");
  return text + functions_text_.wgsl;
}

/// The struct of the uniforms, with the shader for each combination of the choices.
std::string Parser::header(std::string_view name, const Expansion& made, Language held) const {
  std::string text =
      concat("// Made by ganlet-shaders from shaders/", name,
             ".comp.\n#pragma once\n\n#include <array>\n#include <cstdint>\n\n#include \"shaders/shader.h\"\n\n"
             "namespace ganlet::shaders {\n\nstruct ",
             struct_name(name), " {\n");
  for (const Field& field : uniforms_)
    text += concat("  ", cpp_type(field.type), " ", field.name, "{};\n");
  const std::vector<std::string>& heads = held == Language::glsl ? made.glsl_heads : made.wgsl_heads;
  text += concat("  static constexpr std::string_view text = R\"shader(",
                 held == Language::glsl ? made.glsl_body : made.wgsl_body,
                 ")shader\";\n  static constexpr std::array<Shader, ", heads.size(), "> shaders{{\n");
  for (const std::string& head : heads)
    text += concat("      {\"", name, "\", ", buffers_.size(), ", R\"shader(", head, ")shader\", text},\n");
  text += "  }};\n";
  if (choices_.empty())
    return text + "  static constexpr const Shader& shader = shaders[0];\n};\n\n} // namespace ganlet::shaders\n";
  std::string list, index = "0";
  for (const Choice& choice : choices_) {
    list += concat(list.empty() ? "" : ", ", "std::size_t ", choice.name);
    index = index == "0" ? choice.name : concat("(", index, ") * ", choice.values.size(), " + ", choice.name);
  }
  return text + concat("  /// By the numbers of what is chosen.\n  static constexpr const Shader& shader(", list,
                       ") { return shaders[", index, "]; }\n};\n\n} // namespace ganlet::shaders\n");
}

Result<Expansion> expand(std::string_view name, std::string_view source, const ReadFile& read, Language held) {
  Parser parser(read);
  GANLET_CHECK(parser.file(concat(name, ".comp"), source));
  return parser.finished(name, held);
}

} // namespace ganlet::shaders
