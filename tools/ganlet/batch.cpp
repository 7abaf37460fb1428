#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <memory>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "core/base64.h"
#include "core/text.h"
#include "generator/latent.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "lines.h"
#include "options.h"

namespace ganlet::tool {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_together = 16;
constexpr std::size_t longest_line = std::size_t{16} << 20;

struct BatchOptions {
  ModelChoice model;
  Engine engine;
  float truncation = 1;
};

/// A line's wish: its latent and class, or what is wrong with it.
struct Wish {
  Json key;
  bool asks_for_latent = false; ///< of a picture; it's there already
  std::vector<float> latent;
  std::int64_t label = 0;
  std::string problem;
};

/// Errors: invalid_argument, and those of decoding and encoding.
Result<std::vector<float>> latent_of(const Json& picture, Encoder* encoder) {
  constexpr std::string_view place = "image_bytes";
  if (encoder == nullptr)
    return fail(ErrorCode::invalid_argument, place, "this model has no encoder");
  if (!picture.is_object() || !picture.contains("b64") || !picture["b64"].is_string())
    return fail(ErrorCode::invalid_argument, place, "must be {\"b64\": \"...\"}");
  const auto bytes = from_base64(picture["b64"].get_ref<const std::string&>(), Base64::padded);
  if (!bytes)
    return fail(ErrorCode::invalid_argument, place, "isn't base64");
  GANLET_TRY(const Image image, decode_image(*bytes, std::string(place)));
  return encoder->encode(image);
}

/// Errors: invalid_argument, and those of a picture.
Result<void> read_wish(const Json& line, const Generator& generator, Encoder* encoder, Wish& wish) {
  const auto wrong = [](std::string_view place, std::string_view message) {
    return fail(ErrorCode::invalid_argument, place, message);
  };
  wish.latent.resize(static_cast<std::size_t>(generator.latent_size()));
  if (line.contains("image_bytes")) {
    wish.asks_for_latent = true;
    GANLET_TRY(wish.latent, latent_of(line["image_bytes"], encoder));
    return {};
  }
  if (line.contains("embeddings")) {
    const Json& numbers = line["embeddings"];
    if (!numbers.is_array() || numbers.size() != wish.latent.size())
      return wrong("embeddings", concat("must be a list of ", wish.latent.size(), " numbers"));
    for (std::size_t i = 0; i < wish.latent.size(); ++i) {
      if (!numbers[i].is_number())
        return wrong(concat("embeddings[", i, "]"), "must be a number");
      wish.latent[i] = numbers[i].get<float>();
      if (!(std::fabs(wish.latent[i]) < 1e30F))
        return wrong(concat("embeddings[", i, "]"), "must be a number within 1e30");
    }
  } else if (line.contains("seed")) {
    if (!line["seed"].is_number_unsigned())
      return wrong("seed", "must be a whole number from 0 to 18446744073709551615");
    fill_latent(line["seed"].get<std::uint64_t>(), generator.description().distribution, wish.latent);
  } else {
    return wrong("", "neither embeddings nor a seed is given");
  }
  if (!line.contains("label"))
    return {};
  if (!line["label"].is_number_integer())
    return wrong("label", "must be a whole number");
  wish.label = line["label"].get<std::int64_t>();
  if (wish.label < 0 || wish.label >= generator.label_count())
    return wrong("label", generator.label_count() == 0
                              ? "this model has no classes"
                              : concat("must be 0 to ", generator.label_count() - 1, ", is ", wish.label));
  return {};
}

Wish wish_of(const LineReader::Line& line, const Generator& generator, Encoder* encoder) {
  Wish wish;
  if (!line.complete) {
    wish.problem = concat("the line is longer than ", longest_line, " bytes");
    return wish;
  }
  const Json json = Json::parse(line.text, nullptr, false);
  if (!json.is_object()) {
    wish.problem = json.is_discarded() ? "the line is not JSON" : "the line must be a JSON object";
    return wish;
  }
  if (json.contains("key") && json["key"].is_primitive())
    wish.key = json["key"];
  if (const Result<void> read = read_wish(json, generator, encoder, wish); !read)
    wish.problem = read.error().text();
  return wish;
}

/// Draws what can be drawn, and answers all in their order.
Result<std::string> answers(const std::vector<Wish>& wishes, TruncatingGenerator& generator, float truncation) {
  std::vector<float> latents;
  std::vector<std::int64_t> labels;
  for (const Wish& wish : wishes)
    if (wish.problem.empty() && !wish.asks_for_latent) {
      latents.insert(latents.end(), wish.latent.begin(), wish.latent.end());
      labels.push_back(wish.label);
    }
  std::vector<Image> images;
  if (!labels.empty()) {
    Request request;
    request.count = static_cast<std::int64_t>(labels.size());
    request.latents = latents;
    request.truncation = truncation;
    if (generator.generator().label_count() > 0)
      request.labels = labels;
    GANLET_TRY(images, generator.generate(request));
  }
  std::string text;
  std::size_t drawn = 0;
  for (const Wish& wish : wishes) {
    Json answer{{"key", wish.key}};
    if (wish.problem.empty() && wish.asks_for_latent) {
      answer["embeddings"] = wish.latent;
    } else if (wish.problem.empty()) {
      GANLET_TRY(const std::vector<std::byte> file, encode_png(images[drawn++]));
      answer["prediction"] = to_base64(file, Base64::padded);
    } else {
      answer["error"] = wish.problem;
    }
    text += answer.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return text;
}

Result<void> batch(const BatchOptions& options) {
  const LoadOptions load = load_options(options.model, options.engine);
  GANLET_TRY(TruncatingGenerator generator, load_truncating_generator(options.model.name, load, options.truncation));
  Result<Encoder> encoder = load_encoder(options.model.name, load);
  if (!encoder && encoder.error().code() != ErrorCode::not_found)
    return tl::unexpected(std::move(encoder).error());
  std::signal(SIGPIPE, SIG_IGN);
  LineReader lines(STDIN_FILENO, longest_line);
  std::vector<Wish> wishes;
  while (std::optional<LineReader::Line> line = lines.next()) {
    if (!line->text.empty() || !line->complete)
      wishes.push_back(wish_of(*line, generator.generator(), encoder ? &*encoder : nullptr));
    if (wishes.empty() || (wishes.size() < most_together && lines.is_ready()))
      continue;
    GANLET_TRY(const std::string text, answers(wishes, generator, options.truncation));
    wishes.clear();
    if (const int error = write_all(STDOUT_FILENO, text); error == EPIPE)
      return {}; // the reader has had enough
    else if (error != 0)
      return fail(ErrorCode::io, "standard output", concat("can't be written: ", std::strerror(error)));
  }
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
  command.add_option("--truncation", options->truncation, "0 (all alike) to 1 (full variety)")
      ->type_name("PSI")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = batch(*options); });
}

} // namespace ganlet::tool
