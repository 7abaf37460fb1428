#include <algorithm>
#include <cstdlib>

#include "parser.h"

namespace ganlet::shaders {

Text Parser::taken() {
  const Token& token = now();
  if (token.kind != TokenKind::end)
    ++at_;
  const std::string text = token.space + std::string(token.text);
  return {text, text};
}

Result<Text> Parser::wanted(std::string_view sign) {
  if (!sees(sign))
    return refuse(concat("'", sign, "' is expected, not '", now().text, "'"));
  return taken();
}

/// Names get an underscore behind them, so that they are no words of either language.
Result<std::string> Parser::wanted_name(std::string_view what) {
  std::string name(now().text);
  if (now().kind != TokenKind::name)
    return refuse(concat("the name of ", what, " is expected, not '", name, "'"));
  if (name.front() == '_' || name.back() == '_' || name.find("__") != std::string::npos || name.starts_with("gl_"))
    return refuse(concat("'", name, "': no name begins with gl_ or an underscore, ends with one, or has two in a row"));
  taken();
  return name;
}

tl::unexpected<Error> Parser::refuse(std::string_view message) const {
  return fail(ErrorCode::invalid_argument, concat(file_, ":", now().line), message);
}

const Symbol* Parser::find(const std::string& name) const {
  for (const auto& scope : scopes_)
    if (const auto found = scope.find(name); found != scope.end())
      return &found->second;
  return nullptr;
}

/// A name is used once: what may be declared twice differs.
Result<void> Parser::declare(const std::string& name, Symbol symbol) {
  if (find(name) != nullptr || functions_.contains(name) || name == "uniforms")
    return refuse(concat("'", name, "' is declared already"));
  scopes_.back().emplace(name, symbol);
  return {};
}

Result<void> Parser::file(std::string_view name, std::string_view source) {
  auto tokens = tokens_of(name, source);
  if (!tokens)
    return tl::unexpected<Error>(std::move(tokens).error());
  const std::string outer_file = std::exchange(file_, std::string(name));
  std::vector<Token> outer_tokens = std::exchange(tokens_, std::move(*tokens));
  const std::size_t outer_at = std::exchange(at_, 0);
  const int outer_number = std::exchange(file_number_, files_++);
  while (now().kind != TokenKind::end)
    GANLET_CHECK(top());
  file_number_ = outer_number;
  file_ = outer_file;
  tokens_ = std::move(outer_tokens);
  at_ = outer_at;
  return {};
}

Result<void> Parser::top() {
  if (sees("include"))
    return include();
  if (sees("uniforms"))
    return uniforms();
  if (sees("group"))
    return group();
  if (sees("choice"))
    return choice();
  if (sees("fn"))
    return function();
  for (const auto& [word, role] : {std::pair{"constant", Role::constant},
                                   {"input", Role::input},
                                   {"output", Role::output},
                                   {"shared", Role::shared}})
    if (sees(word))
      return buffer(role);
  return refuse(concat("a declaration is expected, not '", now().text, "'"));
}

Result<void> Parser::include() {
  taken();
  if (now().kind != TokenKind::text)
    return refuse("the name of a file in quotation marks is expected");
  const std::string name(now().text.substr(1, now().text.size() - 2));
  if (files_ > 8)
    return refuse("too many files are included");
  taken();
  GANLET_CHECK(wanted(";"));
  GANLET_TRY(const std::string source, read_(name));
  return file(name, source);
}

/// Sizes and offsets are the same in std140 and in WGSL's uniform address space if vectors, and arrays of them, begin
/// at multiples of 16 bytes and arrays have no other elements.
Result<void> Parser::uniforms() {
  if (!uniforms_.empty())
    return refuse("there is one list of uniforms");
  taken();
  GANLET_CHECK(wanted("{"));
  int bytes = 0;
  while (!sees("}")) {
    GANLET_TRY(const std::string name, wanted_name("a uniform"));
    GANLET_CHECK(wanted(":"));
    GANLET_TRY(const Type type, this->type());
    const bool is_vector = type.base == Base::vector || type.base == Base::natural_vector;
    if (type.base == Base::boolean || (type.is_array() && !is_vector) || type.length == Type::of_any_length)
      return refuse(concat(type.text(), " can't be a uniform: only int, uint, float, vectors and arrays of vectors"));
    if (is_vector && bytes % 16 != 0)
      return refuse("a vector begins at a multiple of 16 bytes: put vectors first");
    bytes += (is_vector ? 16 : 4) * (type.is_array() ? type.length : 1);
    GANLET_CHECK(declare(name, {Role::uniform, type}));
    uniforms_.push_back({name, type});
    GANLET_CHECK(wanted(";"));
  }
  taken();
  return uniforms_.empty() ? Result<void>(refuse("there are no uniforms in the list")) : Result<void>();
}

/// constant NAME: TYPE[]; and so on, shared NAME: TYPE[N];
Result<void> Parser::buffer(Role role) {
  taken();
  GANLET_TRY(const std::string name, wanted_name("a buffer"));
  GANLET_CHECK(wanted(":"));
  GANLET_TRY(const Type type, this->type());
  const bool is_shared = role == Role::shared;
  if (!type.is_array() || type.base == Base::boolean || is_shared != (type.length != Type::of_any_length))
    return refuse(is_shared ? "shared memory is an array of a given length" : "a buffer is an array without a length");
  GANLET_CHECK(declare(name, {role, type}));
  if (is_shared)
    shared_.emplace_back(name, type);
  else
    buffers_.emplace_back(name, Symbol{role, type});
  GANLET_CHECK(wanted(";"));
  return {};
}

/// group 64; or a product of choices, group side * side;
Result<void> Parser::group() {
  taken();
  if (group_ != 0)
    return refuse("there is one group");
  group_ = 1;
  if (now().kind == TokenKind::number) {
    group_ = std::atoi(std::string(now().text).c_str());
    taken();
  } else {
    do {
      if (!group_times_.empty())
        taken();
      GANLET_TRY(const int times, wanted_choice());
      group_times_.push_back(times);
    } while (sees("*"));
  }
  GANLET_CHECK(wanted(";"));
  for (const std::vector<std::uint32_t>& chosen : combinations())
    if (const int size = group_of(chosen); size < 1 || size > 256)
      return refuse("a work group has 1 to 256 invocations, as many as any WebGPU has");
  return {};
}

/// choice NAME: 8u, 16u; a shader is compiled for each of these numbers.
Result<void> Parser::choice() {
  taken();
  GANLET_TRY(const std::string name, wanted_name("a choice"));
  GANLET_CHECK(wanted(":"));
  Choice made{name, {}};
  do {
    if (!made.values.empty())
      taken();
    if (now().kind != TokenKind::unsigned_number)
      return refuse("a choice is among numbers such as 8u");
    made.values.push_back(static_cast<std::uint32_t>(std::strtoul(std::string(now().text).c_str(), nullptr, 10)));
    taken();
  } while (sees(","));
  GANLET_CHECK(declare(name, {Role::choice, {Base::natural}}));
  choices_.push_back(std::move(made));
  if (combinations().size() > 16)
    return refuse("there are more than 16 combinations of choices");
  GANLET_CHECK(wanted(";"));
  return {};
}

Result<int> Parser::wanted_choice() {
  const auto found = std::ranges::find(choices_, now().text, &Choice::name);
  if (found == choices_.end())
    return refuse(concat("a choice is expected, not '", now().text, "'"));
  taken();
  return static_cast<int>(found - choices_.begin());
}

Result<Text> Parser::parameters(Function& made) {
  GANLET_TRY(Text text, wanted("("));
  while (!sees(")")) {
    if (!made.parameters.empty()) {
      GANLET_TRY(const Text comma, wanted(","));
      text += comma;
    }
    const std::string space = now().space;
    GANLET_TRY(const std::string name, wanted_name("a parameter"));
    GANLET_CHECK(wanted(":"));
    GANLET_TRY(const Type type, this->type());
    if (type.is_array())
      return refuse("an array as a parameter");
    GANLET_CHECK(declare(name, {Role::parameter, type}));
    made.parameters.push_back(type.base);
    const TypeNames& names = names_of(type.base);
    text += Text{concat(space, names.glsl, " ", name, "_"), concat(space, name, "_: ", names.wgsl)};
  }
  text += taken();
  return text;
}

/// fn NAME(NAME: TYPE, ...) -> TYPE { }, or fn main() { }, which knows its place among the work groups.
Result<void> Parser::function() {
  const int line = now().line;
  taken();
  GANLET_TRY(const std::string name, wanted_name("a function"));
  if (find(name) != nullptr || functions_.contains(name) || (name == "main" && has_main_))
    return refuse(concat("'", name, "' is declared already"));
  in_main_ = name == "main";
  has_main_ |= in_main_;
  scopes_.emplace_back();
  Function made;
  GANLET_TRY(const Text list, parameters(made));
  Text head;
  if (in_main_) {
    for (const char* known : {"group_index", "local_index", "index"})
      GANLET_CHECK(declare(known, {Role::built_in, {Base::natural}}));
    head = {"void main()",
            "@compute @workgroup_size(GROUP)\nfn main(@builtin(workgroup_id) group_id: vec3<u32>, "
            "@builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local_index: u32)"};
    if (!made.parameters.empty())
      return refuse("main has no parameters");
  } else {
    GANLET_CHECK(wanted("->"));
    GANLET_TRY(const Type type, this->type());
    if (type.is_array())
      return refuse("an array as a result");
    made.result = type.base;
    head = {concat(names_of(type.base).glsl, " ", name, "_", list.glsl),
            concat("fn ", name, "_", list.wgsl, " -> ", names_of(type.base).wgsl)};
  }
  result_ = made.result;
  GANLET_TRY(Text body, block());
  scopes_.pop_back();
  if (!in_main_ && !returned_)
    return refuse(concat("'", name, "' must end with a return"));
  if (in_main_) { // on the line of the brace, so that the lines stay
    const auto brace = [](std::string& text, std::string_view begins) { text.insert(text.find('{') + 1, begins); };
    brace(body.glsl, " uint group_index = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x, "
                     "local_index = gl_LocalInvocationIndex, index = group_index * GROUP + local_index;");
    brace(body.wgsl, " let group_index = group_id.y * groups.x + group_id.x; "
                     "let index = group_index * GROUP + local_index;");
  }
  functions_.emplace(name, std::move(made));
  functions_text_.glsl += concat("#line ", line, " ", file_number_, "\n", head.glsl, body.glsl, "\n");
  functions_text_.wgsl += concat("// ", file_, ":", line, "\n", head.wgsl, body.wgsl, "\n");
  return {};
}

} // namespace ganlet::shaders
