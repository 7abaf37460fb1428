#include "parser.h"

namespace ganlet::shaders {

namespace {

bool may_be_assigned(Role role) {
  return role == Role::variable || role == Role::output || role == Role::shared;
}

/// `value` for each element, since GLSL's arrays begin with anything.
std::string repeated(std::string_view value, int times) {
  std::string text;
  for (int i = 0; i < times; ++i)
    text += concat(i > 0 ? ", " : "", value);
  return text;
}

} // namespace

/// { ... }, with names of its own.
Result<Text> Parser::block() {
  GANLET_TRY(Text text, wanted("{"));
  scopes_.emplace_back();
  while (!sees("}")) {
    if (now().kind == TokenKind::end)
      return refuse("a '}' is missing");
    GANLET_TRY(const Text next, statement());
    text += next;
  }
  scopes_.pop_back();
  text += taken();
  return text;
}

Result<Text> Parser::statement() {
  if (sees("if") || sees("for")) {
    auto whole = sees("if") ? branch() : loop();
    returned_ = false;
    return whole;
  }
  const bool returns = sees("return");
  Text text;
  if (sees("let") || sees("var")) {
    GANLET_TRY(text, declaration(sees("let")));
  } else if (sees("return") || sees("break") || sees("continue")) {
    GANLET_TRY(text, leave());
  } else if (sees("barrier")) {
    if (!in_main_)
      return refuse("a barrier outside of main");
    const std::string space = now().space;
    taken();
    GANLET_CHECK(wanted("("));
    GANLET_CHECK(wanted(")"));
    text = {space + "barrier()", space + "workgroupBarrier()"};
  } else {
    GANLET_TRY(text, assignment());
  }
  GANLET_TRY(const Text semicolon, wanted(";"));
  text += semicolon;
  returned_ = returns;
  return text;
}

/// let NAME: TYPE = VALUE, var NAME: TYPE = VALUE, or var NAME: TYPE[N], whose elements are zero.
Result<Text> Parser::declaration(bool is_constant) {
  const std::string space = now().space;
  taken();
  GANLET_TRY(const std::string name, wanted_name("a variable"));
  GANLET_CHECK(wanted(":"));
  GANLET_TRY(const Type declared, type());
  const TypeNames& names = names_of(declared.base);
  if (declared.is_array()) {
    if (is_constant || declared.length == Type::of_any_length)
      return refuse("an array is a var of a given length");
    GANLET_CHECK(declare(name, {Role::variable, declared}));
    const std::string zero = concat(names.glsl, "(", declared.base == Base::real ? "0.0" : "0", ")");
    return Text{concat(space, names.glsl, " ", name, "_[", declared.length, "] = ", names.glsl, "[", declared.length,
                       "](", repeated(zero, declared.length), ")"),
                concat(space, "var ", name, "_: array<", names.wgsl, ", ", declared.length, ">")};
  }
  Text text{concat(space, names.glsl, " ", name, "_"),
            concat(space, is_constant ? "let " : "var ", name, "_: ", names.wgsl)};
  GANLET_TRY(const Text equals, wanted("="));
  GANLET_TRY(const Expression value, expression());
  if (value.type != declared)
    return refuse(concat("'", name, "' is ", declared.text(), ", its value ", value.type.text()));
  GANLET_CHECK(declare(name, {is_constant ? Role::let : Role::variable, declared}));
  text += equals;
  text += value.text;
  return text;
}

/// PLACE = VALUE, PLACE += VALUE and so on, PLACE++.
Result<Text> Parser::assignment() {
  const Symbol* const symbol = now().kind == TokenKind::name ? find(std::string(now().text)) : nullptr;
  if (symbol == nullptr)
    return refuse(concat("a statement can't begin with '", now().text, "'"));
  if (!may_be_assigned(symbol->role))
    return refuse(concat("'", now().text, "' can't be assigned: it is no var, output or shared"));
  GANLET_TRY(Expression to, primary());
  if (to.type.is_array())
    return refuse("an array is assigned element by element");
  if (sees("++")) {
    if (to.type.base != Base::natural && to.type.base != Base::integer)
      return refuse(concat("'++' of ", to.type.text()));
    to.text += taken();
    return to.text;
  }
  const std::string sign(now().text);
  if (sign == "=") {
    to.text += taken();
    GANLET_TRY(const Expression value, expression());
    if (value.type != to.type)
      return refuse(concat(value.type.text(), " is assigned to ", to.type.text()));
    to.text += value.text;
    return to.text;
  }
  for (const std::string_view known : {"+=", "-=", "*=", "/="})
    if (sign == known) {
      const Text changes = taken();
      GANLET_TRY(Expression value, expression());
      const Type type = to.type;
      GANLET_TRY(Expression all, arithmetic(std::move(to), changes, known.substr(0, 1), std::move(value)));
      if (all.type != type)
        return refuse(concat("'", known, "' changes ", type.text(), " into ", all.type.text()));
      return std::move(all.text);
    }
  return refuse(concat("'", sign, "' isn't an assignment of both languages"));
}

/// if (CONDITION) { } else if (CONDITION) { } else { }
Result<Text> Parser::branch() {
  Text text = taken();
  GANLET_TRY(const Text open, wanted("("));
  GANLET_TRY(const Expression condition, expression());
  if (condition.type != Type{Base::boolean})
    return refuse(concat("a condition is ", condition.type.text(), ", must be bool"));
  GANLET_TRY(const Text close, wanted(")"));
  GANLET_TRY(const Text then, block());
  for (const Text& part : {open, condition.text, close, then})
    text += part;
  if (sees("else")) {
    text += taken();
    GANLET_TRY(const Text otherwise, sees("if") ? branch() : block());
    text += otherwise;
  }
  return text;
}

/// for (var NAME: TYPE = VALUE; CONDITION; CHANGE) { }
Result<Text> Parser::loop() {
  Text text = taken();
  GANLET_TRY(const Text open, wanted("("));
  scopes_.emplace_back();
  if (!sees("var"))
    return refuse("a loop begins with a var of its own");
  GANLET_TRY(const Text first, declaration(false));
  GANLET_TRY(const Text after_first, wanted(";"));
  GANLET_TRY(const Expression condition, expression());
  if (condition.type != Type{Base::boolean})
    return refuse(concat("a condition is ", condition.type.text(), ", must be bool"));
  GANLET_TRY(const Text after_condition, wanted(";"));
  GANLET_TRY(const Text change, assignment());
  GANLET_TRY(const Text close, wanted(")"));
  ++loops_;
  GANLET_TRY(const Text body, block());
  --loops_;
  scopes_.pop_back();
  for (const Text& part : {open, first, after_first, condition.text, after_condition, change, close, body})
    text += part;
  return text;
}

Result<Text> Parser::leave() {
  if (!sees("return")) {
    if (loops_ == 0)
      return refuse(concat("'", now().text, "' outside of a loop"));
    return taken();
  }
  Text text = taken();
  if (sees(";"))
    return in_main_ ? Result<Text>(std::move(text)) : refuse("a function returns a value");
  GANLET_TRY(const Expression value, expression());
  if (in_main_ || value.type != Type{*result_})
    return refuse(concat(value.type.text(), " is returned, must be ", in_main_ ? "nothing" : names_of(*result_).glsl));
  text += value.text;
  return text;
}

} // namespace ganlet::shaders
