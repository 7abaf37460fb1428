#include "support/textproto.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>

namespace ganlet::test {

namespace {

enum class Kind { integer, text, real, real64, message };

/// A field of onnx.proto. `message` is the type of what is nested in it.
struct Field {
  std::string_view owner, name;
  std::uint32_t number;
  Kind kind;
  std::string_view message = {};
};

constexpr Field fields[] = {
    {"Model", "ir_version", 1, Kind::integer},
    {"Model", "producer_name", 2, Kind::text},
    {"Model", "producer_version", 3, Kind::text},
    {"Model", "graph", 7, Kind::message, "Graph"},
    {"Model", "opset_import", 8, Kind::message, "OperatorSetId"},
    {"Model", "metadata_props", 14, Kind::message, "StringStringEntry"},
    {"Model", "functions", 25, Kind::message, "Function"},
    {"OperatorSetId", "domain", 1, Kind::text},
    {"OperatorSetId", "version", 2, Kind::integer},
    {"StringStringEntry", "key", 1, Kind::text},
    {"StringStringEntry", "value", 2, Kind::text},
    {"Function", "name", 1, Kind::text},
    {"Function", "input", 4, Kind::text},
    {"Function", "output", 5, Kind::text},
    {"Function", "attribute", 6, Kind::text},
    {"Function", "node", 7, Kind::message, "Node"},
    {"Function", "opset_import", 9, Kind::message, "OperatorSetId"},
    {"Function", "domain", 10, Kind::text},
    {"Function", "attribute_proto", 11, Kind::message, "Attribute"},
    {"Graph", "node", 1, Kind::message, "Node"},
    {"Graph", "name", 2, Kind::text},
    {"Graph", "initializer", 5, Kind::message, "Tensor"},
    {"Graph", "input", 11, Kind::message, "ValueInfo"},
    {"Graph", "output", 12, Kind::message, "ValueInfo"},
    {"Graph", "sparse_initializer", 15, Kind::message, "SparseTensor"},
    {"SparseTensor", "values", 1, Kind::message, "Tensor"},
    {"Node", "input", 1, Kind::text},
    {"Node", "output", 2, Kind::text},
    {"Node", "name", 3, Kind::text},
    {"Node", "op_type", 4, Kind::text},
    {"Node", "attribute", 5, Kind::message, "Attribute"},
    {"Node", "domain", 7, Kind::text},
    {"Attribute", "name", 1, Kind::text},
    {"Attribute", "f", 2, Kind::real},
    {"Attribute", "i", 3, Kind::integer},
    {"Attribute", "s", 4, Kind::text},
    {"Attribute", "t", 5, Kind::message, "Tensor"},
    {"Attribute", "g", 6, Kind::message, "Graph"},
    {"Attribute", "floats", 7, Kind::real},
    {"Attribute", "ints", 8, Kind::integer},
    {"Attribute", "strings", 9, Kind::text},
    {"Attribute", "tensors", 10, Kind::message, "Tensor"},
    {"Attribute", "type", 20, Kind::integer},
    {"Attribute", "ref_attr_name", 21, Kind::text},
    {"Attribute", "sparse_tensor", 22, Kind::message, "SparseTensor"},
    {"Tensor", "dims", 1, Kind::integer},
    {"Tensor", "data_type", 2, Kind::integer},
    {"Tensor", "segment", 3, Kind::message, "Segment"},
    {"Tensor", "float_data", 4, Kind::real},
    {"Tensor", "int32_data", 5, Kind::integer},
    {"Tensor", "string_data", 6, Kind::text},
    {"Tensor", "int64_data", 7, Kind::integer},
    {"Tensor", "name", 8, Kind::text},
    {"Tensor", "raw_data", 9, Kind::text},
    {"Tensor", "double_data", 10, Kind::real64},
    {"Tensor", "uint64_data", 11, Kind::integer},
    {"Tensor", "external_data", 13, Kind::message, "StringStringEntry"},
    {"Tensor", "data_location", 14, Kind::integer},
    {"Segment", "begin", 1, Kind::integer},
    {"ValueInfo", "name", 1, Kind::text},
    {"ValueInfo", "type", 2, Kind::message, "Type"},
    {"Type", "tensor_type", 1, Kind::message, "TensorType"},
    {"Type", "sequence_type", 4, Kind::message, "Sequence"},
    {"Sequence", "elem_type", 1, Kind::message, "Type"},
    {"TensorType", "elem_type", 1, Kind::integer},
    {"TensorType", "shape", 2, Kind::message, "TensorShape"},
    {"TensorShape", "dim", 1, Kind::message, "Dimension"},
    {"Dimension", "dim_value", 1, Kind::integer},
    {"Dimension", "dim_param", 2, Kind::text},
};

class Encoder {
 public:
  explicit Encoder(std::string_view text) : text_(text) {}

  std::string file() {
    std::string out = message("Model");
    if (at_ != text_.size())
      wrong("a '}' too many");
    return out;
  }

 private:
  [[noreturn]] void wrong(const std::string& what) const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    throw std::runtime_error("line " + std::to_string(line) + ": " + what);
  }

  /// The next character that isn't space, a separator or in a comment; 0 at the end.
  char peek() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (std::isspace(static_cast<unsigned char>(text_[at_])) || text_[at_] == ',')
        ++at_;
      else
        return text_[at_];
    }
    return 0;
  }

  bool take(char wanted) {
    const bool found = peek() == wanted;
    at_ += found;
    return found;
  }

  std::string word() {
    peek();
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || std::strchr("_-+.", text_[at_])))
      ++at_;
    if (at_ == start)
      wrong("a name or a number is missing");
    return std::string(text_.substr(start, at_ - start));
  }

  std::string quoted() {
    if (!take('"'))
      wrong("'\"' is missing");
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_++];
      out += c == '\\' ? escaped() : c;
    }
    if (at_ == text_.size())
      wrong("a text doesn't end");
    ++at_;
    return out;
  }

  char escaped() {
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    if (c == 'n')
      return '\n';
    if (c != 'x')
      return c;
    unsigned value = 0;
    const char* from = text_.data() + at_;
    const char* to = from + std::min<std::size_t>(2, text_.size() - at_);
    if (std::from_chars(from, to, value, 16).ptr != from + 2)
      wrong("\\x needs two digits");
    at_ += 2;
    return static_cast<char>(value);
  }

  static void varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
  }

  static void nested(std::string& out, std::uint32_t number, std::string_view value) {
    varint(out, number << 3 | 2);
    varint(out, value.size());
    out += value;
  }

  template <typename T> static void fixed(std::string& out, std::uint32_t tag, T value) {
    varint(out, tag);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  Field field(std::string_view owner) {
    const std::string name = word();
    if (std::isdigit(static_cast<unsigned char>(name[0])))
      return {owner, "", static_cast<std::uint32_t>(std::stoul(name)), Kind::integer};
    const auto found =
        std::ranges::find_if(fields, [&](const Field& it) { return it.owner == owner && it.name == name; });
    if (found == std::end(fields))
      wrong(std::string(owner) + " has no field " + name);
    return *found;
  }

  void value(std::string& out, const Field& field) {
    if (peek() == '"')
      nested(out, field.number, quoted());
    else if (field.kind == Kind::real)
      fixed(out, field.number << 3 | 5, std::stof(word()));
    else if (field.kind == Kind::real64)
      fixed(out, field.number << 3 | 1, std::stod(word()));
    else {
      varint(out, field.number << 3);
      varint(out, static_cast<std::uint64_t>(std::stoll(word())));
    }
  }

  std::string message(std::string_view type) {
    std::string out;
    while (peek() != 0 && peek() != '}') {
      if (text_.substr(at_).starts_with("bytes:")) {
        at_ += 6;
        out += quoted();
        continue;
      }
      const Field field = this->field(type);
      if (take('{')) {
        nested(out, field.number, message(field.message));
        if (!take('}'))
          wrong("'}' is missing");
      } else if (!take(':')) {
        wrong("':' or '{' is missing");
      } else if (take('[')) {
        while (!take(']'))
          value(out, field);
      } else {
        value(out, field);
      }
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

} // namespace

std::vector<std::byte> onnx_from_text(std::string_view text) {
  const std::string bytes = Encoder(text).file();
  std::vector<std::byte> out(bytes.size());
  std::ranges::transform(bytes, out.begin(), [](char c) { return static_cast<std::byte>(c); });
  return out;
}

} // namespace ganlet::test
