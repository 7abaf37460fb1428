#include <algorithm>
#include <array>
#include <cstdlib>

#include "parser.h"

namespace ganlet::shaders {

namespace {

constexpr std::array<TypeNames, 6> type_table{
    {{Base::boolean, "bool", "bool", ""},
     {Base::integer, "int", "i32", "std::int32_t"},
     {Base::natural, "uint", "u32", "std::uint32_t"},
     {Base::real, "float", "f32", "float"},
     {Base::vector, "vec4", "vec4<f32>", "std::array<float, 4>"},
     {Base::natural_vector, "uvec4", "vec4<u32>", "std::array<std::uint32_t, 4>"}}};

/// A function that both languages have under the same name, for arguments of one type, which is the result's too.
struct BuiltIn {
  std::string_view name;
  std::size_t arguments;
  bool of_integers; ///< also of int and uint
};
constexpr std::array<BuiltIn, 14> built_ins{{{"abs", 1, true},
                                             {"ceil", 1, false},
                                             {"clamp", 3, true},
                                             {"cos", 1, false},
                                             {"exp", 1, false},
                                             {"floor", 1, false},
                                             {"fma", 3, false},
                                             {"log", 1, false},
                                             {"max", 2, true},
                                             {"min", 2, true},
                                             {"mix", 3, false},
                                             {"pow", 2, false},
                                             {"sin", 1, false},
                                             {"sqrt", 1, false}}};

bool is_whole(Base base) {
  return base == Base::integer || base == Base::natural;
}
bool is_vector(Base base) {
  return base == Base::vector || base == Base::natural_vector;
}
Base element_of(Base base) {
  return base == Base::vector ? Base::real : base == Base::natural_vector ? Base::natural : base;
}

/// Parentheses around a comparison, which WGSL could otherwise read as the brackets of a template's list.
void enclose_in_wgsl(Text& text) {
  const std::size_t start = std::min(text.wgsl.find_first_not_of(" \n"), text.wgsl.size());
  text.wgsl.insert(start, "(");
  text.wgsl += ")";
}

} // namespace

std::span<const TypeNames> types() {
  return type_table;
}

const TypeNames& names_of(Base base) {
  static constexpr TypeNames none{Base::nothing, "nothing", "", ""};
  const auto* const found = std::ranges::find(type_table, base, &TypeNames::base);
  return found == type_table.end() ? none : *found;
}

std::string Type::text() const {
  std::string text(names_of(base).glsl);
  return !is_array() ? text : length == of_any_length ? text + "[]" : concat(text, "[", length, "]");
}

Result<Expression> Parser::expression() {
  GANLET_TRY(Expression first, relation());
  for (const std::string_view sign : {"&&", "||"})
    if (sees(sign))
      return chained(std::move(first), sign, true);
  for (const std::string_view sign : {"&", "|", "^"})
    if (sees(sign))
      return chained(std::move(first), sign, false);
  return first;
}

/// a && b && c; WGSL wants parentheses where such signs are mixed, and around what stands between signs of bits.
Result<Expression> Parser::chained(Expression first, std::string_view sign, bool of_booleans) {
  const auto fits = [&](const Expression& value) {
    return !value.type.is_array() && (of_booleans ? value.type.base == Base::boolean : is_whole(value.type.base)) &&
           value.type == first.type;
  };
  if (!fits(first))
    return refuse(concat("'", sign, "' of ", first.type.text()));
  while (sees(sign)) {
    first.text += taken();
    GANLET_TRY(const Expression next, of_booleans ? relation() : unary());
    if (!fits(next))
      return refuse(concat("'", sign, "' of ", first.type.text(), " and ", next.type.text()));
    first.text += next.text;
  }
  for (const std::string_view other : {"&&", "||", "&", "|", "^", "+", "-", "*", "/", "%", "<", ">", "==", "!=", "<<"})
    if (sees(other))
      return refuse(concat("'", sign, "' and '", other, "' need parentheses in WGSL"));
  return first;
}

Result<Expression> Parser::relation() {
  GANLET_TRY(Expression a, shift());
  for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
    if (!sees(sign))
      continue;
    a.text += taken();
    GANLET_TRY(const Expression b, shift());
    const bool orders = sign != "==" && sign != "!=";
    if (a.type != b.type || a.type.is_array() || is_vector(a.type.base) || (orders && a.type.base == Base::boolean))
      return refuse(concat("'", sign, "' of ", a.type.text(), " and ", b.type.text()));
    a.text += b.text;
    enclose_in_wgsl(a.text);
    return Expression{std::move(a.text), {Base::boolean}};
  }
  return a;
}

Result<Expression> Parser::shift() {
  GANLET_TRY(Expression a, sum());
  if (!sees("<<") && !sees(">>"))
    return a;
  a.text += taken();
  GANLET_TRY(const Expression b, unary());
  if (a.type.is_array() || !is_whole(a.type.base) || b.type != Type{Base::natural})
    return refuse(concat("a shift of ", a.type.text(), " by ", b.type.text(), ", which must be uint"));
  if (sees("+") || sees("-") || sees("<<") || sees(">>") || sees("*") || sees("/"))
    return refuse("a shift and another operation need parentheses in WGSL");
  a.text += b.text;
  return a;
}

Result<Expression> Parser::sum() {
  GANLET_TRY(Expression a, product());
  while (sees("+") || sees("-")) {
    const std::string_view which = now().text;
    const Text sign = taken();
    GANLET_TRY(Expression b, product());
    GANLET_TRY(a, arithmetic(std::move(a), sign, which, std::move(b)));
  }
  return a;
}

Result<Expression> Parser::product() {
  GANLET_TRY(Expression a, unary());
  while (sees("*") || sees("/") || sees("%")) {
    const std::string_view which = now().text;
    const Text sign = taken();
    GANLET_TRY(Expression b, unary());
    GANLET_TRY(a, arithmetic(std::move(a), sign, which, std::move(b)));
  }
  return a;
}

Result<Expression> Parser::arithmetic(Expression a, const Text& sign, std::string_view which, Expression b) const {
  const bool scales = is_vector(a.type.base) != is_vector(b.type.base) && which != "%" &&
                      element_of(a.type.base) == element_of(b.type.base);
  if (a.type.is_array() || b.type.is_array() || a.type.base == Base::boolean || a.type.base == Base::nothing ||
      (a.type != b.type && !scales))
    return refuse(concat("'", which, "' of ", a.type.text(), " and ", b.type.text(), ": neither converts by itself"));
  if (which == "%" && a.type.base != Base::natural)
    return refuse(concat("'%' of ", a.type.text(), ", which GLSL ",
                         a.type.base == Base::integer ? "leaves open below 0" : "lacks"));
  a.text += sign;
  a.text += b.text;
  a.type = is_vector(a.type.base) ? a.type : b.type;
  return a;
}

Result<Expression> Parser::unary() {
  for (const std::string_view sign : {"-", "!", "~"}) {
    if (!sees(sign))
      continue;
    Text text = taken();
    GANLET_TRY(Expression value, unary());
    const Base base = value.type.base;
    const bool fits = sign == "!"   ? base == Base::boolean
                      : sign == "~" ? is_whole(base)
                                    : base == Base::integer || base == Base::real || base == Base::vector;
    if (!fits || value.type.is_array())
      return refuse(concat("'", sign, "' of ", value.type.text()));
    text += value.text;
    return Expression{std::move(text), value.type};
  }
  return primary();
}

Result<Expression> Parser::primary() {
  Expression value;
  if (sees("(")) {
    value.text = taken();
    GANLET_TRY(const Expression inside, expression());
    value.text += inside.text;
    value.type = inside.type;
    GANLET_TRY(const Text close, wanted(")"));
    value.text += close;
  } else if (now().kind == TokenKind::name) {
    GANLET_TRY(value, named());
  } else {
    GANLET_TRY(value, literal());
  }
  GANLET_CHECK(with_postfix(value));
  return value;
}

Result<Expression> Parser::literal() {
  switch (now().kind) {
  case TokenKind::number:
    return Expression{taken(), {Base::integer}};
  case TokenKind::unsigned_number:
    return Expression{taken(), {Base::natural}};
  case TokenKind::real_number:
    return Expression{taken(), {Base::real}};
  default:
    return refuse(concat("a value is expected, not '", now().text, "'"));
  }
}

Result<Expression> Parser::named() {
  const std::string name(now().text), space = now().space;
  if (name == "true" || name == "false")
    return Expression{taken(), {Base::boolean}};
  if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == "(")
    return call(name);
  const Symbol* const symbol = find(name);
  if (symbol == nullptr)
    return refuse(concat("'", name, "' isn't declared"));
  taken();
  if (symbol->role == Role::built_in)
    return Expression{{space + name, space + name}, symbol->type};
  const std::string in_wgsl = symbol->role == Role::uniform ? concat("uniforms.", name, "_") : name + "_";
  return Expression{{space + name + "_", space + in_wgsl}, symbol->type};
}

Result<Expression> Parser::call(const std::string& name) {
  const std::string space = now().space;
  taken();
  GANLET_TRY(Text list, wanted("("));
  std::vector<Type> given;
  while (!sees(")")) {
    if (!given.empty()) {
      GANLET_TRY(const Text comma, wanted(","));
      list += comma;
    }
    GANLET_TRY(const Expression argument, expression());
    if (argument.type.is_array())
      return refuse("an array as an argument");
    list += argument.text;
    given.push_back(argument.type);
  }
  list += taken();
  GANLET_TRY(const Callee callee, callee_of(name, given));
  Expression value{{space + callee.name.glsl, space + callee.name.wgsl}, {callee.result}};
  value.text += list;
  return value;
}

Result<Parser::Callee> Parser::callee_of(const std::string& name, std::span<const Type> given) const {
  const auto all_are = [&](auto&& fits) {
    return std::ranges::all_of(given, [&](const Type& type) { return fits(type.base); });
  };
  for (const TypeNames& type : type_table) {
    if (type.glsl != name)
      continue;
    const Base element = element_of(type.base);
    const bool fits = is_vector(type.base) ? (given.size() == 1 || given.size() == 4) &&
                                                 all_are([&](Base base) { return base == element; })
                                           : given.size() == 1 && !is_vector(given[0].base);
    if (!fits)
      return refuse(concat("'", name, "' is made from one scalar, a vector also from four of its type"));
    return Callee{{std::string(type.glsl), std::string(type.wgsl)}, type.base};
  }
  const Text same{name, name};
  if (name == "select" && given.size() == 3 && given[0] == given[1] && given[2].base == Base::boolean)
    return Callee{same, given[0].base};
  if (name == "uintBitsToFloat" && given.size() == 1 && given[0] == Type{Base::natural})
    return Callee{{name, "bitcast<f32>"}, Base::real};
  if ((name == "low_half" || name == "high_half") && given.size() == 1 && given[0] == Type{Base::natural})
    return Callee{same, Base::real};
  if (name == "dot" && given.size() == 2 && all_are([](Base base) { return base == Base::vector; }))
    return Callee{same, Base::real};
  if (const auto* const known = std::ranges::find(built_ins, name, &BuiltIn::name); known != built_ins.end()) {
    const auto fits = [&](Base base) {
      return base == given[0].base &&
             (base == Base::real || base == Base::vector || (known->of_integers && is_whole(base)));
    };
    if (given.size() != known->arguments || !all_are(fits))
      return refuse(concat("'", name, "' takes ", known->arguments, " arguments of one type"));
    return Callee{same, given[0].base};
  }
  const auto known = functions_.find(name);
  if (known == functions_.end())
    return refuse(concat("'", name, "' isn't a function of both languages, nor one declared above"));
  if (!std::ranges::equal(given, known->second.parameters, {}, &Type::base))
    return refuse(concat("'", name, "' is called with other types than it takes"));
  return Callee{{name + "_", name + "_"}, known->second.result};
}

/// Indices, and components of vectors.
Result<void> Parser::with_postfix(Expression& value) {
  while (sees("[") || sees(".")) {
    const bool is_component = sees(".");
    if (!is_vector(value.type.base) && !(value.type.is_array() && !is_component))
      return refuse(concat("'", now().text, "' behind ", value.type.text()));
    value.text += taken();
    if (is_component) {
      if (value.type.is_array() || now().text.size() != 1 || std::string_view("xyzw").find(now().text[0]) > 3)
        return refuse(concat("'.", now().text, "': one of .x, .y, .z and .w of a vector is meant"));
      value.text += taken();
    } else {
      GANLET_TRY(const Expression index, expression());
      if (index.type != Type{Base::natural})
        return refuse(concat("an index is ", index.type.text(), ", must be uint"));
      GANLET_TRY(const Text close, wanted("]"));
      value.text += index.text;
      value.text += close;
    }
    value.type = value.type.is_array() ? Type{value.type.base} : Type{element_of(value.type.base)};
  }
  return {};
}

Result<Type> Parser::type() {
  const auto* const found = std::ranges::find(type_table, now().text, &TypeNames::glsl);
  if (found == type_table.end())
    return refuse(concat("'", now().text, "' is no type of both languages"));
  taken();
  Type type{found->base};
  if (sees("[")) {
    taken();
    type.length = Type::of_any_length;
    if (!sees("]")) {
      if (now().kind != TokenKind::number)
        return refuse("the length of an array is a number such as 16");
      type.length = std::atoi(std::string(now().text).c_str());
      if (type.length < 1 || type.length > 65536)
        return refuse("an array has 1 to 65536 elements");
      taken();
    }
    if (sees("*") && type.length != Type::of_any_length) {
      taken();
      GANLET_TRY(type.times, wanted_choice());
    }
    GANLET_CHECK(wanted("]"));
  }
  return type;
}

} // namespace ganlet::shaders
