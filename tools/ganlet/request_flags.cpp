#include "request_flags.h"

#include <algorithm>
#include <random>
#include <string>

#include <CLI/Error.hpp>

namespace ganlet::tool {

namespace {

/// --text-limit
std::string flag_of(std::string_view field) {
  std::string flag = "--" + std::string(field);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

/// Further names of a flag, from earlier versions.
std::string old_flags_of(std::string_view field) {
  return field == "seed" ? ",--styles" : "";
}

bool is_in(std::string_view name, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, name) != list.end();
}

} // namespace

std::string seed_of(const std::string& text) {
  if (text == "random") {
    std::random_device entropy;
    return std::to_string(entropy());
  }
  constexpr std::string_view from = "from:";
  if (!text.starts_with(from))
    return text;
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : std::string_view(text).substr(from.size()))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return std::to_string(hash);
}

void RequestFlags::add_field(CLI::App& command, const RequestField& field) {
  const auto keep = [given = given_](std::string name) {
    return [given, name](const std::string& text) { given->emplace_back(name, text); };
  };
  const std::string name(field.name);
  if (std::holds_alternative<bool DrawRequest::*>(field.member)) {
    command.add_flag_callback(flag_of(name), [keep = keep(name)] { keep("1"); }, std::string(field.help));
    return;
  }
  const std::string type = std::holds_alternative<std::optional<std::string> DrawRequest::*>(field.member) ? "TEXT"
                           : field.name == "mix"                                                           ? "SEED:A-B"
                           : field.name == "noise" ? "fixed|off|each|SEED"
                                                   : "N";
  command.add_option_function<std::string>(flag_of(name) + old_flags_of(name), keep(name), std::string(field.help))
      ->type_name(type);
  if (name == "mix") { // the two older flags that `mix` has replaced
    command.add_option_function<std::string>("--with", keep("with"), "With --layers: the seed of --mix")
        ->type_name("SEED");
    command.add_option_function<std::string>("--layers", keep("layers"), "With --with: the layers of --mix")
        ->type_name("A-B");
  }
}

void RequestFlags::add(CLI::App& command, std::initializer_list<std::string_view> names) {
  for (const RequestField& field : request_fields())
    if (is_in(field.name, names))
      add_field(command, field);
}

void RequestFlags::add_all_but(CLI::App& command, std::initializer_list<std::string_view> left_out) {
  for (const RequestField& field : request_fields())
    if (!is_in(field.name, left_out))
      add_field(command, field);
}

DrawRequest RequestFlags::request() const {
  RequestReader reader;
  const auto refused = [](const Error& error) { return CLI::ValidationError(error.place(), error.message()); };
  for (const auto& [name, text] : *given_)
    if (const auto set = reader.set(name, name == "seed" ? seed_of(text) : text); !set)
      throw refused(set.error());
  auto request = std::move(reader).finish();
  if (!request)
    throw refused(request.error());
  return std::move(*request);
}

} // namespace ganlet::tool
