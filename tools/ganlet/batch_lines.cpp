#include "batch_lines.h"

#include <algorithm>
#include <iterator>
#include <span>

#include <nlohmann/json.hpp>

#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/image_writer.h"

namespace ganlet::tool {

namespace {

/// Errors: limit_exceeded.
Result<void> check_time(const LineLimits& limits) {
  if (Budget::Clock::now() > limits.deadline)
    return fail(ErrorCode::limit_exceeded, "", "the batch took longer than is allowed");
  return {};
}

/// Errors: invalid_argument, and those of decoding and encoding.
Result<std::vector<float>> embeddings_of(const Json& picture, Model& model) {
  if (!model.has_encoder())
    return fail(ErrorCode::invalid_argument, "image_bytes", "this model has no encoder");
  GANLET_TRY(const Image image, picture_in(picture));
  return model.encode(image);
}

/// Errors: invalid_argument, limit_exceeded, and those of a picture.
Result<void> read_wish(const Json& line, const DrawRequest& defaults, Model& model, const LineLimits& limits,
                       Wish& wish) {
  GANLET_CHECK(check_time(limits));
  if (const Json* const picture = line.find("image_bytes")) {
    GANLET_TRY(wish.embeddings, embeddings_of(*picture, model));
    return {};
  }
  RequestReader reader(defaults);
  GANLET_CHECK(reader.set_all(line, "key"));
  GANLET_TRY(wish.request, std::move(reader).finish());
  GANLET_TRY(const Drawing drawing, model.draw(wish.request, Keep::nothing));
  return check_pixels(drawing, limits.pixels);
}

} // namespace

Result<Json> read_line(std::string_view line, std::string& key) {
  auto json = parse_json(line, "");
  if (!json || json->kind != Json::Kind::object)
    return fail(ErrorCode::invalid_argument, "",
                json ? "the line must be a JSON object" : concat("the line ", json.error().message()));
  if (const Json* const given = json->find("key");
      given != nullptr && given->kind != Json::Kind::list && given->kind != Json::Kind::object)
    key = given->source;
  return json;
}

Result<Image> picture_in(const Json& image_bytes) {
  constexpr std::string_view place = "image_bytes";
  const Json* const text = image_bytes.find("b64");
  if (text == nullptr || text->kind != Json::Kind::string)
    return fail(ErrorCode::invalid_argument, place, "must be {\"b64\": \"...\"}");
  const auto bytes = from_base64(text->string, Base64::padded);
  if (!bytes)
    return fail(ErrorCode::invalid_argument, place, "isn't base64");
  return decode_image(*bytes, std::string(place));
}

Error too_long_a_line() {
  return Error(ErrorCode::limit_exceeded, "", concat("the line is longer than ", longest_line, " bytes"));
}

std::string answer_with(std::string_view key, const Error& problem) {
  return concat("{\"key\":", key, ",\"error\":", quoted_json(problem.text()), ",\"code\":\"", name_of(problem.code()),
                "\",\"place\":", quoted_json(problem.place()), "}\n");
}

Result<std::string> answer_with(std::string_view key, const Image& picture, const PictureTexts& origin) {
  GANLET_TRY(const std::vector<std::byte> file, encode_png(picture, origin));
  return concat("{\"key\":", key, ",\"prediction\":\"", to_base64(file, Base64::padded), "\"}\n");
}

Result<void> check_pixels(const Drawing& drawing, std::int64_t most_pixels) {
  const ImageSize& size = drawing.facts().image;
  const std::int64_t columns = drawing.columns(), rows = (drawing.count() + columns - 1) / columns;
  if (columns * size.width > most_pixels / (rows * size.height))
    return fail(ErrorCode::limit_exceeded, "count",
                concat("gives ", columns * size.width, " x ", rows * size.height, " pixels; at most ", most_pixels,
                       " are allowed"));
  return {};
}

Wish wish_of(std::string_view line, const DrawRequest& defaults, Model& model, const LineLimits& limits) {
  Wish wish;
  Result<Json> json = read_line(line, wish.key);
  if (Result<void> read =
          json ? read_wish(*json, defaults, model, limits, wish) : tl::unexpected(std::move(json).error());
      !read)
    wish.problem = std::move(read).error();
  return wish;
}

namespace {

/// Whether two requests for one image each differ only in latent and class, so that they can be drawn together.
bool go_together(const DrawRequest& a, const DrawRequest& b) {
  DrawRequest same = b;
  same.seed = a.seed;
  same.seeds = a.seeds;
  same.latents = a.latents;
  same.label = a.label;
  same.labels = a.labels;
  return same == a && !a.text && a.count == 1;
}

/// The pictures of the requests, in order. Errors: those of drawing.
Result<std::vector<Image>> draw(std::span<const DrawRequest> requests, Model& model, const LineLimits& limits) {
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
    GANLET_TRY(const Image sheet, model.picture(std::move(all), limits.deadline));
    const int height = sheet.height / static_cast<int>(end - first); // pictures are one below the other
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

} // namespace

Result<std::string> answers(std::vector<Wish> wishes, Model& model, const LineLimits& limits) {
  const auto is_to_draw = [](const Wish& wish) { return !wish.problem && !wish.embeddings; };
  std::vector<DrawRequest> requests;
  for (const Wish& wish : wishes)
    if (is_to_draw(wish))
      requests.push_back(wish.request);
  const Result<std::vector<Image>> pictures = draw(requests, model, limits);
  if (!pictures) {
    const Result<void> in_time = check_time(limits);
    const Error& problem = in_time ? pictures.error() : in_time.error();
    for (Wish& wish : wishes)
      if (is_to_draw(wish))
        wish.problem = Error(problem.code(), problem.place(), problem.message());
  }
  std::string text;
  std::size_t drawn = 0;
  for (const Wish& wish : wishes) {
    if (wish.problem) {
      text += answer_with(wish.key, *wish.problem);
    } else if (wish.embeddings) {
      text += concat("{\"key\":", wish.key, ",\"embeddings\":", nlohmann::json(*wish.embeddings).dump(), "}\n");
    } else {
      GANLET_TRY(const std::string answer, answer_with(wish.key, (*pictures)[drawn++], model.origin_of(wish.request)));
      text += answer;
    }
  }
  return text;
}

} // namespace ganlet::tool
