#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/text.h"
#include "expand.h"
#include "lexer.h"

/// The language is the overlap of GLSL 4.30 and WGSL, which shaders/README.md describes: its grammar is WGSL's, the
/// stricter one, with GLSL's names for types.
namespace ganlet::shaders {

/// The same piece of program in both languages.
struct Text {
  std::string glsl, wgsl;

  Text& operator+=(const Text& more) {
    glsl += more.glsl;
    wgsl += more.wgsl;
    return *this;
  }
  Text& operator+=(std::string_view both) {
    glsl += both;
    wgsl += both;
    return *this;
  }
};

enum class Base : std::uint8_t { nothing, boolean, integer, natural, real, vector, natural_vector };

/// A type's spelling in the source, which is GLSL's, in WGSL and in C++.
struct TypeNames {
  Base base;
  std::string_view glsl, wgsl, cpp;
};
std::span<const TypeNames> types();
const TypeNames& names_of(Base base);

struct Type {
  static constexpr int not_an_array = -1, of_any_length = 0;

  Base base = Base::nothing;
  int length = not_an_array;
  int times = -1; ///< the choice that the length is multiplied by, or -1

  bool is_array() const { return length != not_an_array; }
  bool operator==(const Type&) const = default;
  /// As the source writes it: "vec4[16]".
  std::string text() const;
};

struct Expression {
  Text text;
  Type type;
};

enum class Role : std::uint8_t { uniform, constant, input, output, shared, let, variable, parameter, built_in, choice };

struct Symbol {
  Role role = Role::let;
  Type type;
};

struct Function {
  Base result = Base::nothing;
  std::vector<Base> parameters;
};

/// Reads one file, and files that it includes, into both languages. Its methods are in expressions.cpp, statements.cpp
/// and declarations.cpp.
class Parser {
 public:
  explicit Parser(const ReadFile& read) : read_(read) {}

  Result<void> file(std::string_view name, std::string_view source);
  Result<Expansion> finished(std::string_view name, Language held) const;

 private:
  // Tokens.
  const Token& now() const { return tokens_[at_]; }
  bool sees(std::string_view text) const { return now().text == text && now().kind != TokenKind::text; }
  /// The blanks before the token and the token itself, which is passed.
  Text taken();
  Result<Text> wanted(std::string_view sign);
  Result<std::string> wanted_name(std::string_view what);
  tl::unexpected<Error> refuse(std::string_view message) const;

  // Expressions, from the loosest binding to the tightest, as in WGSL's grammar.
  Result<Expression> expression();
  Result<Expression> chained(Expression first, std::string_view sign, bool of_booleans);
  Result<Expression> relation();
  Result<Expression> shift();
  Result<Expression> sum();
  Result<Expression> product();
  Result<Expression> unary();
  Result<Expression> primary();
  Result<Expression> literal();
  Result<Expression> named();
  Result<Expression> call(const std::string& name);
  struct Callee {
    Text name;
    Base result;
  };
  Result<Callee> callee_of(const std::string& name, std::span<const Type> given) const;
  Result<void> with_postfix(Expression& value);
  Result<Expression> arithmetic(Expression a, const Text& sign, std::string_view which, Expression b) const;
  Result<Type> type();

  // Statements.
  Result<Text> block();
  Result<Text> statement();
  Result<Text> declaration(bool is_constant);
  Result<Text> assignment();
  Result<Text> branch();
  Result<Text> loop();
  Result<Text> leave();

  // What stands at the outermost level.
  Result<void> top();
  Result<void> include();
  Result<void> uniforms();
  Result<void> buffer(Role role);
  Result<void> group();
  Result<void> choice();
  /// The number of the choice that the next token names, which is passed.
  Result<int> wanted_choice();
  Result<void> function();
  Result<Text> parameters(Function& made);

  Result<void> declare(const std::string& name, Symbol symbol);
  const Symbol* find(const std::string& name) const;

  const ReadFile& read_;
  std::string file_;
  int file_number_ = 0; ///< 0 is the shader's, the next ones are of files that it includes
  int files_ = 0;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;

  std::vector<std::map<std::string, Symbol>> scopes_{1};
  std::map<std::string, Function> functions_;
  std::optional<Base> result_; ///< of the function being read
  bool in_main_ = false;
  bool has_main_ = false;
  bool returned_ = false; ///< the last statement was a return
  int loops_ = 0;

  // Of the expansion.
  std::string glsl_body() const;
  std::string wgsl_body() const;
  std::string array_in_glsl(std::string_view name, Type type) const;
  std::string array_in_wgsl(Type type) const;
  std::string header(std::string_view name, const Expansion& made, Language held) const;
  int group_of(const std::vector<std::uint32_t>& chosen) const;
  /// Of the choices, the first of each in the first one; the last choice changes fastest.
  std::vector<std::vector<std::uint32_t>> combinations() const;

  struct Field {
    std::string name;
    Type type;
  };
  /// A number that is known when the shader is compiled: one of these.
  struct Choice {
    std::string name;
    std::vector<std::uint32_t> values;
  };
  std::vector<Field> uniforms_;
  std::vector<std::pair<std::string, Symbol>> buffers_;
  std::vector<std::pair<std::string, Type>> shared_;
  std::vector<Choice> choices_;
  int group_ = 0;
  std::vector<int> group_times_; ///< choices
  Text functions_text_;
};

} // namespace ganlet::shaders
