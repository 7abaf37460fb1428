#include "generator/json_reader.h"

#include "core/text.h"

namespace ganlet {

JsonValue JsonValue::within(const nlohmann::json& value, std::string path) const {
  JsonValue inner(value, file_);
  inner.path_ = std::move(path);
  return inner;
}

tl::unexpected<Error> JsonValue::error(std::string message) const {
  return fail(ErrorCode::corrupt, path_.empty() ? file_ : concat(file_, ": ", path_), std::move(message));
}

Result<std::optional<JsonValue>> JsonValue::optional_member(std::string_view name) const {
  if (!value_->is_object())
    return error("must be an object");
  const auto found = value_->find(name);
  if (found == value_->end() || found->is_null())
    return std::nullopt;
  return within(*found, concat(path_, path_.empty() ? "" : ".", printable(name)));
}

Result<JsonValue> JsonValue::member(std::string_view name) const {
  GANLET_TRY(const std::optional<JsonValue> found, optional_member(name));
  if (!found)
    return within(*value_, concat(path_, path_.empty() ? "" : ".", name)).error("is missing");
  return *found;
}

Result<std::vector<std::pair<std::string, JsonValue>>> JsonValue::members() const {
  if (!value_->is_object())
    return error("must be an object");
  std::vector<std::pair<std::string, JsonValue>> all;
  for (const auto& [name, value] : value_->items())
    all.emplace_back(name, within(value, concat(path_, path_.empty() ? "" : ".", printable(name))));
  return all;
}

Result<std::vector<JsonValue>> JsonValue::elements() const {
  if (!value_->is_array())
    return error("must be a list");
  std::vector<JsonValue> all;
  for (std::size_t i = 0; i < value_->size(); ++i)
    all.push_back(within((*value_)[i], concat(path_, "[", i, "]")));
  return all;
}

Result<std::string> JsonValue::string() const {
  if (!value_->is_string())
    return error("must be a string");
  return value_->get<std::string>();
}

Result<std::int64_t> JsonValue::integer(std::int64_t low, std::int64_t high) const {
  const bool fits = value_->is_number_integer() &&
                    (!value_->is_number_unsigned() || value_->get<std::uint64_t>() <= std::uint64_t{INT64_MAX});
  if (!fits || value_->get<std::int64_t>() < low || value_->get<std::int64_t>() > high)
    return error(concat("must be a whole number from ", low, " to ", high));
  return value_->get<std::int64_t>();
}

Result<double> JsonValue::number() const {
  if (!value_->is_number())
    return error("must be a number");
  return value_->get<double>();
}

namespace {

/// Takes any document and keeps what is wrong with it; the library tells that only so where there are no exceptions.
class ProblemFinder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::string problem;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& found) override {
    problem = found.what();
    return false;
  }
};

} // namespace

Result<nlohmann::json> parse_json(std::span<const std::byte> bytes, const std::string& file) {
  const auto* first = reinterpret_cast<const char*>(bytes.data());
  nlohmann::json document = nlohmann::json::parse(first, first + bytes.size(), nullptr, false);
  if (!document.is_discarded())
    return document;
  ProblemFinder finder;
  nlohmann::json::sax_parse(first, first + bytes.size(), &finder);
  // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
  const std::string_view text = finder.problem;
  const std::size_t bracket = text.find("] ");
  return fail(ErrorCode::corrupt, file,
              concat("isn't JSON: ", printable(bracket == text.npos ? text : text.substr(bracket + 2), 200)));
}

} // namespace ganlet
