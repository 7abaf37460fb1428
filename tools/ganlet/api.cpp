#include "api.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "api_call.h"
#include "core/text.h"

/// Routes paths and methods, reports errors, and parses requests.
namespace ganlet::tool {

namespace {

using nlohmann::ordered_json;

/// "image" of "image/digits.png"
std::string first_word(std::string_view path) {
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  return std::string(path.substr(0, std::min(path.find('/'), path.size())));
}

int status_of(ErrorCode code) {
  switch (code) {
  case ErrorCode::invalid_argument:
  case ErrorCode::limit_exceeded:
    return 400;
  case ErrorCode::not_found:
    return 404;
  case ErrorCode::cancelled:
    return 503;
  default:
    return 500;
  }
}

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? digit_of(text[at + 1]) : -1;
    const int low = high < 0 ? -1 : digit_of(text[at + 2]);
    plain += low >= 0 ? static_cast<char>(16 * high + low) : text[at] == '+' ? ' ' : text[at];
    at += low >= 0 ? 2 : 0;
  }
  return plain;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += concat(text.empty() ? "" : ", ", word);
  return text;
}

} // namespace

ApiAnswer refused(int status, const Error& error) {
  const ordered_json document{
      {"error", {{"code", name_of(error.code())}, {"message", error.message()}, {"place", error.place()}}}};
  ApiAnswer answer{status, "application/json", {}, {}, {}};
  answer.body = document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  answer.headers.emplace_back("Cache-Control", "no-store");
  if (status == 503)
    answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

Fields parsed_query(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, std::min(text.find('&'), text.size()));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    const std::size_t equals = std::min(field.find('='), field.size());
    if (!field.empty())
      fields.emplace_back(unescaped(field.substr(0, equals)),
                          unescaped(field.substr(std::min(equals + 1, field.size()))));
  }
  return fields;
}

Api::Api(std::vector<std::filesystem::path> models, const Engine& engine, ApiLimits limits)
    : limits_(limits), pool_(std::move(models),
                             [&] {
                               LoadOptions options;
                               options.backend = &engine.backend();
                               options.compile = engine.compile_options();
                               options.compile.limits.run_units = limits.run_units;
                               return options;
                             }()),
      places_(static_cast<std::ptrdiff_t>(limits.at_once)) {
  using Answer = std::pair<std::string_view, Result<ApiAnswer> (Api::*)(const Call&)>;
  const Answer answers[] = {
      {"image", &Api::image}, {"models", &Api::models}, {"predict", &Api::predict}, {"mnist", &Api::mnist},
      {"batch", &Api::batch}, {"encode", &Api::encode}, {"openapi", &Api::openapi},
  };
  const auto* const text = reinterpret_cast<const char*>(openapi_json);
  const ordered_json document = ordered_json::parse(text, text + openapi_json_size);
  for (const auto& [path, item] : document.at("paths").items())
    for (const auto& [method, operation] : item.items()) {
      const auto* const found =
          std::ranges::find(answers, operation.at("operationId").get<std::string_view>(), &Answer::first);
      if (method == "get")
        routes_.push_back({first_word(path), {{"GET", "HEAD", "OPTIONS"}, found->second}});
      else
        routes_.push_back({first_word(path), {{"POST", "OPTIONS"}, found->second}});
    }
}

const Api::Route* Api::route_of(const std::string& path) const {
  const std::string word = first_word(path);
  const auto found = std::ranges::find(routes_, word, &std::pair<std::string, Route>::first);
  const bool fits = found != routes_.end() && (word == "image" || word == path);
  return fits ? &found->second : nullptr;
}

std::vector<std::string> Api::methods_of(const std::string& path) const {
  const Route* const route = route_of(path);
  return route == nullptr ? std::vector<std::string>() : route->methods;
}

ApiAnswer Api::answer(const ApiRequest& request) {
  const Route* const route = route_of(request.path);
  if (route == nullptr)
    return refused(404, Error(ErrorCode::not_found, "path",
                              concat("there is no api/", printable(request.path, 60),
                                     "; api/openapi.json lists what "
                                     "there is")));
  const std::string allowed = joined(route->methods);
  if (request.method == "OPTIONS") {
    ApiAnswer answer{204, {}, {{"Allow", allowed}}, {}, {}};
    if (route->methods.front() == "GET")
      answer.headers.insert(answer.headers.end(),
                            {{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", allowed}});
    return answer;
  }
  if (std::ranges::find(route->methods, request.method) == route->methods.end()) {
    ApiAnswer answer = refused(405, Error(ErrorCode::invalid_argument, "method", concat("must be ", allowed)));
    answer.headers.emplace_back("Allow", allowed);
    return answer;
  }
  if (static_cast<std::int64_t>(request.body.size()) > limits_.body_bytes)
    return refused(413, Error(ErrorCode::limit_exceeded, "body",
                              concat("has more than the ", limits_.body_bytes, " bytes that are allowed")));
  const Budget::Clock::time_point end = Budget::Clock::now() + limits_.time;
  const auto place = Place::take(places_, end);
  if (!place)
    return refused(503, Error(ErrorCode::cancelled, "", "the server is busy"));
  auto answer = (this->*route->answer)(Call{request, end});
  return answer ? std::move(*answer) : refused(status_of(answer.error().code()), answer.error());
}

} // namespace ganlet::tool
