// The language of the kernels: what it becomes in GLSL and in WGSL, and that everything else is refused at its line.

#include "expand.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace ganlet::shaders {
namespace {

Result<std::string> no_files(const std::string& name) {
  return fail(ErrorCode::not_found, name, "there are no files");
}

/// A shader whose main, on line 5, has this body.
std::string shader_of(std::string_view body, std::string_view declarations = "") {
  return "uniforms { count: uint; low: float; }\ninput x: float[];\noutput y: float[]; group 64;\n" +
         std::string(declarations) + "\nfn main() { " + std::string(body) + " }\n";
}

Expansion expanded(std::string_view source) {
  auto made = expand("test", source, no_files);
  EXPECT_TRUE(made) << made.error().text();
  return made ? std::move(*made) : Expansion{};
}

TEST(Expand, WritesDeclarationsInBothLanguages) {
  const Expansion made = expanded("uniforms { offsets: uvec4[2]; count: uint; low: float; }\nconstant w: vec4[];\n"
                                  "input x: float[];\noutput y: float[];\nshared sums: float[64];\ngroup 64;\n"
                                  "fn main() { y[index] = x[index] * w[count].x + low; }\n");
  for (const std::string part :
       {"layout(std140, binding = 0) uniform Uniforms {\n  uvec4 offsets_[2];\n  uint count_;\n  float low_;\n};",
        "layout(std430, binding = 0) readonly buffer Buffer0 { vec4 w_[]; };",
        "layout(std430, binding = 1) readonly buffer Buffer1 { float x_[]; };",
        "layout(std430, binding = 2) buffer Buffer2 { float y_[]; };", "shared float sums_[64];",
        "y_[index] = x_[index] * w_[count_].x + low_;"})
    EXPECT_NE(made.glsl().find(part), std::string::npos) << part << "\nin\n" << made.glsl();
  for (const std::string part :
       {"struct Uniforms {\n  offsets_: array<vec4<u32>, 2>,\n  count_: u32,\n  low_: f32,\n}",
        "@group(0) @binding(0) var<uniform> uniforms: Uniforms;",
        "@group(0) @binding(1) var<storage, read> w_: array<vec4<f32>>;",
        "@group(0) @binding(2) var<storage, read_write> x_: array<f32>;",
        "@group(0) @binding(3) var<storage, read_write> y_: array<f32>;", "var<workgroup> sums_: array<f32, 64>;",
        "y_[index] = x_[index] * w_[uniforms.count_].x + uniforms.low_;"})
    EXPECT_NE(made.wgsl().find(part), std::string::npos) << part << "\nin\n" << made.wgsl();
  EXPECT_NE(made.header.find("struct Test {\n  std::array<std::array<std::uint32_t, 4>, 2> offsets{};\n"
                             "  std::uint32_t count{};\n  float low{};\n"),
            std::string::npos)
      << made.header;
  EXPECT_NE(made.header.find("{\"test\", 3, R\"shader(#version 430\n#define GROUP 64u\n)shader\", text},"),
            std::string::npos);
}

struct Pair {
  std::string_view source, glsl, wgsl;
};

TEST(Expand, WritesStatementsInBothLanguages) {
  for (const Pair& pair :
       {Pair{"let n: int = 1 + int(count);", "int n_ = 1 + int(count_);", "let n_: i32 = 1 + i32(uniforms.count_);"},
        Pair{"var v: vec4 = vec4(low); v.y = 2.0;", "vec4 v_ = vec4(low_); v_.y = 2.0;",
             "var v_: vec4<f32> = vec4<f32>(uniforms.low_); v_.y = 2.0;"},
        Pair{"var a: float[2]; a[0u] = 1.0;", "float a_[2] = float[2](float(0.0), float(0.0)); a_[0u] = 1.0;",
             "var a_: array<f32, 2>; a_[0u] = 1.0;"},
        Pair{"for (var i: uint = 0u; i < count; i++) { y[i] = low; }",
             "for (uint i_ = 0u; i_ < count_; i_++) { y_[i_] = low_; }",
             "for (var i_: u32 = 0u; (i_ < uniforms.count_); i_++) { y_[i_] = uniforms.low_; }"},
        Pair{"if (index >= count || low == 0.0) { return; } else { barrier(); }",
             "if (index >= count_ || low_ == 0.0) { return; } else { barrier(); }",
             "if ((index >= uniforms.count_) || (uniforms.low_ == 0.0)) { return; } else { workgroupBarrier(); }"},
        Pair{"y[0u] = select(low, -low, low < 0.0);", "y_[0u] = select(low_, -low_, low_ < 0.0);",
             "y_[0u] = select(uniforms.low_, -uniforms.low_, (uniforms.low_ < 0.0));"},
        Pair{"let m: uint = (count >> 2u) & 3u; // rest", "uint m_ = (count_ >> 2u) & 3u;",
             "let m_: u32 = (uniforms.count_ >> 2u) & 3u;"}}) {
    const Expansion made = expanded(shader_of(std::string(pair.source) + "\n"));
    EXPECT_NE(made.glsl().find(pair.glsl), std::string::npos) << pair.glsl << "\nin\n" << made.glsl();
    EXPECT_NE(made.wgsl().find(pair.wgsl), std::string::npos) << pair.wgsl << "\nin\n" << made.wgsl();
  }
}

/// A driver's message about line n is about line n of the source.
TEST(Expand, KeepsLines) {
  const Expansion made = expanded(shader_of("\n\n  y[0u] = low;\n"));
  const std::size_t start = made.glsl().find("#line 5 0\n");
  ASSERT_NE(start, std::string::npos) << made.glsl();
  const std::string before = made.glsl().substr(start, made.glsl().find("y_[0u]") - start);
  EXPECT_EQ(std::ranges::count(before, '\n'), 3); // of #line itself, and two
}

TEST(Expand, FunctionsOfIncludedFilesHaveTheirNumber) {
  const ReadFile read = [](const std::string& name) -> Result<std::string> {
    EXPECT_EQ(name, "half.comp");
    return std::string("// half\nfn half(a: float) -> float { return a / 2.0; }\n");
  };
  const auto made = expand("test", "include \"half.comp\";\n" + shader_of("y[0u] = half(low);"), read);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_NE(made->glsl().find("#line 2 1\nfloat half_(float a_) { return a_ / 2.0; }"), std::string::npos)
      << made->glsl();
  EXPECT_NE(made->wgsl().find("// half.comp:2\nfn half_(a_: f32) -> f32 { return a_ / 2.0; }"), std::string::npos);
  EXPECT_NE(made->wgsl().find("y_[0u] = half_(uniforms.low_);"), std::string::npos);
}

TEST(Expand, WritesAShaderForEachCombinationOfChoices) {
  const Expansion made = expanded("choice side: 8u, 16u; choice kind: 0u, 1u, 2u; uniforms { count: uint; }\n"
                                  "constant w: uint[]; output y: float[]; shared sums: vec4[4 * side];\n"
                                  "group side * side;\n"
                                  "fn main() { if (kind == 1u) { y[0u] = low_half(w[0u]); return; }\n"
                                  "y[index % side] = uintBitsToFloat(w[0u]); }\n");
  ASSERT_EQ(made.glsl_heads.size(), 6U);
  EXPECT_EQ(made.glsl_heads[0], "#version 430\n#define side_ 8u\n#define kind_ 0u\n#define GROUP 64u\n");
  EXPECT_EQ(made.wgsl_heads[5], "const side_: u32 = 16u;\nconst kind_: u32 = 2u;\nconst GROUP: u32 = 256u;\n");
  EXPECT_NE(made.glsl().find("shared vec4 sums_[4u * side_];"), std::string::npos) << made.glsl();
  EXPECT_NE(made.wgsl().find("var<workgroup> sums_: array<vec4<f32>, 4u * side_>;"), std::string::npos);
  EXPECT_NE(made.glsl().find("y_[index % side_] = uintBitsToFloat(w_[0u]);"), std::string::npos);
  EXPECT_NE(made.wgsl().find("y_[index % side_] = bitcast<f32>(w_[0u]);"), std::string::npos);
  EXPECT_NE(made.wgsl().find("fn low_half(word: u32) -> f32 { return unpack2x16float(word).x; }"), std::string::npos);
  EXPECT_EQ(made.wgsl().find("fn high_half"), std::string::npos);
  EXPECT_NE(made.header.find("static constexpr const Shader& shader(std::size_t side, std::size_t kind) { "
                             "return shaders[(side) * 3 + kind]; }"),
            std::string::npos)
      << made.header;
}

struct Refusal {
  std::string_view body, message;
};

TEST(Expand, RefusesWhatLiesOutsideOfTheOverlap) {
  for (const Refusal& refused : {
           Refusal{"y[0u] = low > 0.0 ? low : 0.0;", "'?' isn't part of both languages"},
           Refusal{"let a: float = 1;", "'a' is float, its value int"},
           Refusal{"let a: uint = count + 1;", "'+' of uint and int: neither converts by itself"},
           Refusal{"let a: float = 1.0f;", "'1.0f...' is a number in one language at most: write 1, 1u or 1.0"},
           Refusal{"let a: float = 1.;", "'1.;...' is a number in one language at most: write 1, 1u or 1.0"},
           Refusal{"let a: float = 1e39;", "1e39 is beyond float; WGSL has no infinities"},
           Refusal{"let a: uint = 4294967296u;", "4294967296u doesn't fit 32 bits"},
           Refusal{"let a: float = low % 2.0;", "'%' of float, which GLSL lacks"},
           Refusal{"let a: int = int(count) % 2;", "'%' of int, which GLSL leaves open below 0"},
           Refusal{"let a: bool = low > 0.0 && low < 1.0 || true;", "'&&' and '||' need parentheses in WGSL"},
           Refusal{"let a: uint = count & 1u + 1u;", "'&' and '+' need parentheses in WGSL"},
           Refusal{"let a: uint = count << 1;", "a shift of uint by int, which must be uint"},
           Refusal{"let a: uint = count << 1u << 1u;", "a shift and another operation need parentheses in WGSL"},
           Refusal{"if (count) { }", "a condition is uint, must be bool"},
           Refusal{"if (count == 0u) return;", "'{' is expected, not 'return'"},
           Refusal{"y[0] = low;", "an index is int, must be uint"},
           Refusal{"var v: vec4 = vec4(0.0); v.xy = v.zw;", "'.xy': one of .x, .y, .z and .w of a vector is meant"},
           Refusal{"let a: double = 1.0;", "'double' is no type of both languages"},
           Refusal{"let a: float = texture(low);",
                   "'texture' isn't a function of both languages, nor one declared above"},
           Refusal{"let a: float = mod(low, 2.0);", "'mod' isn't a function of both languages, nor one declared above"},
           Refusal{"let a: float = max(low, count);", "'max' takes 2 arguments of one type"},
           Refusal{"let a: float = sqrt(low, low);", "'sqrt' takes 1 arguments of one type"},
           Refusal{"let a: float = z;", "'z' isn't declared"},
           Refusal{"let gl_a: float = 1.0;",
                   "'gl_a': no name begins with gl_ or an underscore, ends with one, or has two in a row"},
           Refusal{"let x: float = 1.0;", "'x' is declared already"},
           Refusal{"let a: float = 1.0; a = 2.0;", "'a' can't be assigned: it is no var, output or shared"},
           Refusal{"x[0u] = 1.0;", "'x' can't be assigned: it is no var, output or shared"},
           Refusal{"count++;", "'count' can't be assigned: it is no var, output or shared"},
           Refusal{"var a: uint = 0u; a = low;", "float is assigned to uint"},
           Refusal{"var a: uint = 0u; --a;", "a statement can't begin with '-'"},
           Refusal{"var a: float = 0.0; a++;", "'++' of float"},
           Refusal{"var a: uint = 0u; a <<= 1u;", "'<<=' isn't an assignment of both languages"},
           Refusal{"for (; count > 0u;) { }", "a loop begins with a var of its own"},
           Refusal{"while (true) { }", "a statement can't begin with 'while'"},
           Refusal{"break;", "'break' outside of a loop"},
           Refusal{"return low;", "float is returned, must be nothing"},
           Refusal{"let a: bool = low == low == true;", "';' is expected, not '=='"},
           Refusal{"let a: float[4];", "an array is a var of a given length"},
           Refusal{"var a: float;", "'=' is expected, not ';'"},
       }) {
    const auto made = expand("test", shader_of(refused.body), no_files);
    ASSERT_FALSE(made) << refused.body;
    EXPECT_EQ(made.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(made.error().text(), "test.comp:5: " + std::string(refused.message)) << refused.body;
  }
}

TEST(Expand, RefusesDeclarationsOutsideOfTheOverlap) {
  for (const Refusal& refused : {
           Refusal{"uniforms { a: uint; v: vec4; }",
                   "test.comp:1: a vector begins at a multiple of 16 bytes: put vectors first"},
           Refusal{"uniforms { a: float[4]; }",
                   "test.comp:1: float[4] can't be a uniform: only int, uint, float, vectors "
                   "and arrays of vectors"},
           Refusal{"uniforms { a: bool; }",
                   "test.comp:1: bool can't be a uniform: only int, uint, float, vectors and arrays of vectors"},
           Refusal{"\ninput a: float[4];", "test.comp:2: a buffer is an array without a length"},
           Refusal{"shared a: float[];", "test.comp:1: shared memory is an array of a given length"},
           Refusal{"group 1024;", "test.comp:1: a work group has 1 to 256 invocations, as many as any WebGPU has"},
           Refusal{"group side;", "test.comp:1: a choice is expected, not 'side'"},
           Refusal{"choice side: 8, 16;", "test.comp:1: a choice is among numbers such as 8u"},
           Refusal{"choice side: 8u, 32u;\ngroup side * side;",
                   "test.comp:2: a work group has 1 to 256 invocations, as many as any WebGPU has"},
           Refusal{"choice a: 1u, 2u, 3u, 4u, 5u;\nchoice b: 1u, 2u, 3u, 4u;",
                   "test.comp:2: there are more than 16 combinations of choices"},
           Refusal{"shared a: float[4 * side];", "test.comp:1: a choice is expected, not 'side'"},
           Refusal{"fn f(a: float) -> float { let b: float = a; }", "test.comp:1: 'f' must end with a return"},
           Refusal{"fn f() -> float { barrier(); return 1.0; }", "test.comp:1: a barrier outside of main"},
           Refusal{"fn f() -> uint { return index; }", "test.comp:1: 'index' isn't declared"},
           Refusal{"fn f(a: float) -> float { return f(a); }",
                   "test.comp:1: 'f' isn't a function of both languages, nor one declared above"},
           Refusal{"#version 430", "test.comp:1: '#' isn't part of both languages"},
           Refusal{"include \"missing.comp\";", "missing.comp: there are no files"},
           Refusal{"void main() { }", "test.comp:1: a declaration is expected, not 'void'"},
           Refusal{"uniforms { a: uint; }\nfn main() { ", "test.comp:2: a '}' is missing"},
           Refusal{"uniforms { a: uint; } group 64; fn main() { }", "test.comp: there is no output"},
           Refusal{"", "test.comp: there is no fn main()"},
       }) {
    const auto made = expand("test", refused.body, no_files);
    ASSERT_FALSE(made) << refused.body;
    EXPECT_EQ(made.error().text(), refused.message);
  }
}

/// Names that are words of one language or another don't get in the way.
TEST(Expand, NamesMayBeReservedWords) {
  const Expansion made = expanded(shader_of("let sample: float = low; let fn1: float = sample; y[0u] = fn1;"));
  EXPECT_NE(made.glsl().find("float sample_ = low_;"), std::string::npos);
  EXPECT_NE(made.wgsl().find("let sample_: f32 = uniforms.low_;"), std::string::npos);
}

} // namespace
} // namespace ganlet::shaders
