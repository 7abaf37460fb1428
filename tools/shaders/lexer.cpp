#include "lexer.h"

#include <array>
#include <cstdlib>

#include "core/text.h"

namespace ganlet::shaders {

namespace {

constexpr std::array<std::string_view, 36> signs{
    "<<=", ">>=", "->", "++", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "&&", "||", "==", "!=",
    "<=",  ">=",  "+",  "-",  "*",  "/",  "%",  "&",  "|",  "^",  "<",  ">",  "=",  "!",  "~",  ".",  ",",  ";"};
constexpr std::string_view brackets = "(){}[]:";

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

class Lexer {
 public:
  Lexer(std::string_view file, std::string_view source) : file_(file), source_(source) {}

  Result<std::vector<Token>> all() {
    std::vector<Token> tokens;
    for (;;) {
      Token token;
      token.space = space();
      token.line = line_;
      const std::size_t start = at_;
      if (at_ < source_.size()) {
        GANLET_TRY(token.kind, word());
      }
      token.text = source_.substr(start, at_ - start);
      tokens.push_back(token);
      if (token.kind == TokenKind::end)
        return tokens;
    }
  }

 private:
  bool sees(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  char now() const { return at_ < source_.size() ? source_[at_] : '\0'; }

  std::string space() {
    std::string kept;
    while (at_ < source_.size()) {
      if (sees("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (now() == ' ' || now() == '\n') {
        line_ += now() == '\n' ? 1 : 0;
        kept += source_[at_++];
      } else {
        break;
      }
    }
    return kept;
  }

  Result<TokenKind> word() {
    if (is_digit(now()))
      return number();
    if (is_letter(now())) {
      while (is_letter(now()) || is_digit(now()))
        ++at_;
      return TokenKind::name;
    }
    if (now() == '"') {
      const std::size_t close = source_.find('"', at_ + 1);
      if (close == std::string_view::npos)
        return refuse("a quotation mark is missing");
      at_ = close + 1;
      return TokenKind::text;
    }
    for (const std::string_view sign : signs)
      if (sees(sign)) {
        at_ += sign.size();
        return TokenKind::sign;
      }
    if (brackets.find(now()) == std::string_view::npos)
      return refuse(concat("'", printable(std::string(1, now())), "' isn't part of both languages"));
    ++at_;
    return TokenKind::sign;
  }

  void digits() {
    while (is_digit(now()))
      ++at_;
  }

  Result<TokenKind> number() {
    const std::size_t start = at_;
    digits();
    TokenKind kind = TokenKind::number;
    if (now() == 'u') {
      ++at_;
      kind = TokenKind::unsigned_number;
    } else if (now() == '.' || now() == 'e') {
      kind = TokenKind::real_number;
      at_ += now() == '.' ? 1 : 0;
      digits();
      if (now() == 'e') {
        at_ += source_.substr(at_ + 1).starts_with('-') ? 2 : 1;
        digits();
      }
    }
    const std::string text(source_.substr(start, at_ - start));
    if (is_letter(now()) || now() == '.' || text.back() == '.' || text.back() == 'e' || text.back() == '-')
      return refuse(concat("'", text, now(), "...' is a number in one language at most: write 1, 1u or 1.0"));
    if (kind == TokenKind::real_number && !(std::strtod(text.c_str(), nullptr) <= 3.4028234e38))
      return refuse(concat(text, " is beyond float; WGSL has no infinities"));
    if (kind != TokenKind::real_number &&
        std::strtod(text.c_str(), nullptr) > (kind == TokenKind::number ? 2147483647.0 : 4294967295.0))
      return refuse(concat(text, " doesn't fit 32 bits"));
    return kind;
  }

  tl::unexpected<Error> refuse(std::string_view message) const {
    return fail(ErrorCode::invalid_argument, concat(file_, ":", line_), message);
  }

  std::string_view file_;
  std::string_view source_;
  std::size_t at_ = 0;
  int line_ = 1;
};

} // namespace

Result<std::vector<Token>> tokens_of(std::string_view file, std::string_view source) {
  return Lexer(file, source).all();
}

} // namespace ganlet::shaders
