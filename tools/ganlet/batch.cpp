#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "lines.h"
#include "options.h"
#include "request_flags.h"

namespace ganlet::tool {

namespace {

constexpr std::size_t most_together = 16;
constexpr std::size_t longest_line = std::size_t{16} << 20;

struct BatchOptions {
  ModelChoice model;
  Engine engine;
  RequestFlags flags; ///< what lines leave out
};

/// What a line asks for, or what is wrong with it.
struct Wish {
  std::string key = "null";                     ///< as the line has it
  std::optional<std::vector<float>> embeddings; ///< of a picture; they are there already
  DrawRequest request;
  std::string problem;
};

/// Errors: invalid_argument, and those of decoding and encoding.
Result<std::vector<float>> embeddings_of(const Json& picture, Model& model) {
  constexpr std::string_view place = "image_bytes";
  if (!model.has_encoder())
    return fail(ErrorCode::invalid_argument, place, "this model has no encoder");
  const Json* const text = picture.find("b64");
  if (text == nullptr || text->kind != Json::Kind::string)
    return fail(ErrorCode::invalid_argument, place, "must be {\"b64\": \"...\"}");
  const auto bytes = from_base64(text->string, Base64::padded);
  if (!bytes)
    return fail(ErrorCode::invalid_argument, place, "isn't base64");
  GANLET_TRY(const Image image, decode_image(*bytes, std::string(place)));
  return model.encode(image);
}

/// Errors: invalid_argument, and those of a picture.
Result<void> read_wish(const Json& line, const DrawRequest& defaults, Model& model, Wish& wish) {
  if (const Json* const picture = line.find("image_bytes")) {
    GANLET_TRY(wish.embeddings, embeddings_of(*picture, model));
    return {};
  }
  RequestReader reader(defaults);
  for (std::size_t i = 0; i < line.names.size(); ++i) {
    if (line.names[i] == "key")
      continue;
    GANLET_TRY(const bool known, reader.set(line.names[i], line.elements[i]));
    if (!known)
      return fail(ErrorCode::invalid_argument, printable(line.names[i], 40), "is no field of a request");
  }
  GANLET_TRY(wish.request, std::move(reader).finish());
  GANLET_CHECK(model.draw(wish.request, Keep::nothing));
  return {};
}

Wish wish_of(const LineReader::Line& line, const DrawRequest& defaults, Model& model) {
  Wish wish;
  if (!line.complete) {
    wish.problem = concat("the line is longer than ", longest_line, " bytes");
    return wish;
  }
  const auto json = parse_json(line.text, "");
  if (!json || json->kind != Json::Kind::object) {
    wish.problem = json ? "the line must be a JSON object" : concat("the line ", json.error().message());
    return wish;
  }
  const Json* const key = json->find("key");
  if (key != nullptr && key->kind != Json::Kind::list && key->kind != Json::Kind::object)
    wish.key = key->source;
  if (const Result<void> read = read_wish(*json, defaults, model, wish); !read)
    wish.problem = read.error().text();
  return wish;
}

/// Whether two wishes for one image each differ in nothing but where and what: then they can be drawn together.
bool go_together(const DrawRequest& a, const DrawRequest& b) {
  DrawRequest same = b;
  same.seed = a.seed;
  same.seeds = a.seeds;
  same.latents = a.latents;
  same.label = a.label;
  same.labels = a.labels;
  return same == a && !a.text && a.count == 1;
}

/// The wishes' pictures, in their order. Errors: those of drawing.
Result<std::vector<Image>> draw(std::span<const DrawRequest> requests, Model& model) {
  std::vector<Image> pictures;
  for (std::size_t first = 0; first < requests.size();) {
    std::size_t end = first + 1;
    while (end < requests.size() && go_together(requests[first], requests[end]))
      ++end;
    DrawRequest all = requests[first];
    if (end - first > 1) {
      all.count = static_cast<std::int64_t>(end - first);
      all.columns = 1;
      all.latents.clear();
      all.labels.clear();
      all.seeds.clear();
      for (const DrawRequest& one : requests.subspan(first, end - first)) {
        GANLET_TRY(const Drawing alone, model.draw(one, Keep::nothing));
        std::ranges::copy(alone.latents(1), std::back_inserter(all.latents));
        std::ranges::copy(alone.labels(1), std::back_inserter(all.labels));
        all.seeds.push_back(one.seeds.empty() ? one.seed : one.seeds[0]);
      }
      all.label.reset();
    }
    GANLET_TRY(const Image sheet, model.picture(std::move(all)));
    const int height = sheet.height / static_cast<int>(end - first); // one below the other
    for (std::size_t i = 0; i < end - first; ++i) {
      const std::size_t bytes =
          std::size_t{4} * static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(height);
      const auto from = sheet.pixels.begin() + static_cast<std::ptrdiff_t>(i * bytes);
      pictures.push_back({sheet.width, height, {from, from + static_cast<std::ptrdiff_t>(bytes)}});
    }
    first = end;
  }
  return pictures;
}

/// Draws what can be drawn, and answers all in their order.
Result<std::string> answers(const std::vector<Wish>& wishes, Model& model) {
  std::vector<DrawRequest> requests;
  for (const Wish& wish : wishes)
    if (wish.problem.empty() && !wish.embeddings)
      requests.push_back(wish.request);
  GANLET_TRY(const std::vector<Image> pictures, draw(requests, model));
  std::string text;
  std::size_t drawn = 0;
  for (const Wish& wish : wishes) {
    text += concat("{\"key\":", wish.key);
    if (!wish.problem.empty()) {
      text += concat(",\"error\":", quoted_json(wish.problem), "}\n");
    } else if (wish.embeddings) {
      text += concat(",\"embeddings\":", nlohmann::json(*wish.embeddings).dump(), "}\n");
    } else {
      GANLET_TRY(const std::vector<std::byte> file, encode_png(pictures[drawn++]));
      text += concat(",\"prediction\":\"", to_base64(file, Base64::padded), "\"}\n");
    }
  }
  return text;
}

Result<void> batch(const BatchOptions& options) {
  const DrawRequest defaults = options.flags.request();
  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  std::signal(SIGPIPE, SIG_IGN);
  LineReader lines(STDIN_FILENO, longest_line);
  std::vector<Wish> wishes;
  while (std::optional<LineReader::Line> line = lines.next()) {
    if (!line->text.empty() || !line->complete)
      wishes.push_back(wish_of(*line, defaults, model));
    if (wishes.empty() || (wishes.size() < most_together && lines.is_ready()))
      continue;
    GANLET_TRY(const std::string text, answers(wishes, model));
    wishes.clear();
    if (const int error = write_all(STDOUT_FILENO, text); error == EPIPE)
      return {}; // the reader has had enough
    else if (error != 0)
      return fail(ErrorCode::io, "standard output", concat("can't be written: ", std::strerror(error)));
  }
  if (lines.error() != 0)
    return fail(ErrorCode::io, "standard input", concat("can't be read: ", std::strerror(lines.error())));
  return {};
}

} // namespace

void add_batch(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<BatchOptions>();
  CLI::App& command = *app.add_subcommand(
      "batch",
      "Answer JSON lines: {\"key\": .., \"seed\": .., \"label\": ..} or {\"key\": .., \"embeddings\": [..], ..} on "
      "standard\n"
      "input by {\"key\": .., \"prediction\": \"<PNG in base64>\"} on standard output, in order, as they come, and\n"
      "{\"key\": .., \"image_bytes\": {\"b64\": \"<PNG or JPEG>\"}} by its embeddings, where the model has an encoder; "
      "a line that is wrong\n"
      "by {\"key\": .., \"error\": \"..\"}");
  add_model(command, options->model);
  options->flags.add(command, {"jitter", "truncation", "cutoff", "mix", "noise", "vary", "step", "text_limit"});
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = batch(*options); });
}

} // namespace ganlet::tool
