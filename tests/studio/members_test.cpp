// A class that many panels share must stay small enough to be understood: src/studio has none with more than 15 public
// data members.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "image/whole_file.h"

namespace ganlet::studio {
namespace {

/// C++ without comments, preprocessor lines and the contents of literals.
std::string code_of(const std::string& text) {
  std::string code;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (text.compare(at, 2, "//") == 0 || (begins_line && text[at] == '#')) {
      at = std::min(text.find('\n', at), text.size() - 1);
    } else if (text[at] == '"' || text[at] == '\'') {
      const char quote = text[at];
      while (++at < text.size() && text[at] != quote)
        at += text[at] == '\\';
      code += "0";
      continue;
    }
    code += text[at];
  }
  return code;
}

bool begins_with_word(const std::string& statement, std::string_view word) {
  return statement.starts_with(word) && (statement.size() == word.size() || !std::isalnum(statement[word.size()]));
}

/// The number of members that a statement of a class declares: `int a = f(1, 2), b{3}` declares two; functions, types
/// and constants none.
int members_in(const std::string& statement) {
  for (const std::string_view word : {"using", "static", "friend", "typedef", "enum", "template", "struct", "class"})
    if (begins_with_word(statement, word))
      return 0;
  if (statement.find("operator") != statement.npos)
    return 0;
  int members = 1, depth = 0;
  bool is_initializer = false;
  for (std::size_t at = 0; at < statement.size(); ++at) {
    const char c = statement[at];
    if (c == '(' && depth == 0 && !is_initializer)
      return 0; // a function
    is_initializer = depth == 0 && c == ',' ? false : is_initializer || c == '=' || c == '{';
    depth += c == '(' || c == '{' || c == '[' || (c == '<' && !is_initializer);
    depth -= c == ')' || c == '}' || c == ']' || (c == '>' && !is_initializer);
    members += c == ',' && depth == 0;
  }
  return statement.empty() ? 0 : members;
}

std::size_t end_of_braces(const std::string& code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    depth += (code[at] == '{') - (code[at] == '}');
    if (depth == 0)
      return at;
  }
  return code.size();
}

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(" \n"));
  text.erase(text.find_last_not_of(" \n") + 1);
  return text;
}

void count_members(const std::string& code, std::map<std::string, int>& out);

/// What lies between a class's braces.
int public_members(const std::string& body, bool is_public, std::map<std::string, int>& out) {
  int members = 0;
  std::string statement;
  for (std::size_t at = 0; at < body.size(); ++at) {
    if (body[at] == '{') {
      const std::size_t end = end_of_braces(body, at);
      const bool is_class =
          begins_with_word(trimmed(statement), "struct") || begins_with_word(trimmed(statement), "class");
      if (is_class)
        count_members(statement + body.substr(at, end + 1 - at), out);
      const bool is_function = members_in(trimmed(statement)) == 0;
      statement += "{}";
      at = end;
      if (is_function && !is_class)
        statement.clear(); // no semicolon follows
      continue;
    }
    if (body[at] != ';' && body[at] != ':') {
      statement += body[at];
      continue;
    }
    const std::string whole = trimmed(std::exchange(statement, {}));
    if (body[at] == ':' && (whole == "public" || whole == "private" || whole == "protected"))
      is_public = whole == "public";
    else if (body[at] == ':')
      statement = whole + ':';
    else if (is_public)
      members += members_in(whole);
  }
  return members;
}

/// Adds the classes of a piece of code, and those inside them.
void count_members(const std::string& code, std::map<std::string, int>& out) {
  for (const std::string keyword : {"struct ", "class "}) {
    for (std::size_t at = code.find(keyword); at != code.npos; at = code.find(keyword, at + 1)) {
      const std::size_t open = code.find_first_of("{;()=", at);
      if (open == code.npos || code[open] != '{' || (at > 0 && (std::isalnum(code[at - 1]) || code[at - 1] == '<')) ||
          (at > 5 && code.compare(at - 5, 5, "enum ") == 0))
        continue;
      const std::size_t begin = at + keyword.size(), end = end_of_braces(code, open);
      const std::string name = code.substr(begin, code.find_first_of(" :{", begin) - begin);
      out[name] = public_members(code.substr(open + 1, end - open - 1), keyword == "struct ", out);
    }
  }
}

TEST(Members, AreCounted) {
  std::map<std::string, int> counts;
  count_members(code_of(R"(
struct A : B<int, 3> {
  enum class Kind { one, two };
  struct Inner { int a, b; };
  std::map<int, std::vector<int>> x; // int y;
  int a = f(1, 2), b{3};
  std::function<void(int)> call;
  bool operator==(const A&) const = default;
  static constexpr int c = 5;
  bool d() const { return a == 1; }
 private:
  int e;
};
class C { int hidden; public: Inner shown{"{"}; };)"),
                counts);
  EXPECT_EQ(counts, (std::map<std::string, int>{{"A", 4}, {"Inner", 2}, {"C", 1}}));
}

TEST(Members, AreAtMostFifteenInEachClass) {
  constexpr int most = 15;
  std::map<std::string, int> counts;
  for (const auto& file : std::filesystem::directory_iterator(GANLET_SOURCE_DIR "/src/studio")) {
    if (file.path().extension() != ".h" && file.path().extension() != ".cpp")
      continue;
    const auto bytes = read_whole(file.path(), 1 << 20);
    ASSERT_TRUE(bytes);
    count_members(code_of({reinterpret_cast<const char*>(bytes->data()), bytes->size()}), counts);
  }
  EXPECT_GE(counts.size(), 60U);
  EXPECT_EQ(counts.at("Snapshot"), 15);
  for (const auto& [name, count] : counts)
    EXPECT_LE(count, most) << name;
}

} // namespace
} // namespace ganlet::studio
