#include <algorithm>
#include <random>
#include <sstream>

#include <nlohmann/json.hpp>

#include "api_call.h"
#include "batch_lines.h"
#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"
#include "image/animation.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "request_flags.h"

/// The answer to each path.
namespace ganlet::tool {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view json_type = "application/json";
constexpr std::int64_t text_limit = 10; // symbols, by default

/// The request of a query or form.
struct Asked {
  DrawRequest request;
  bool is_random = true;    ///< another picture each time
  bool names_class = false; ///< whether text, label, labels or count are given
  std::optional<int> side;  ///< `size`
  std::string model = "digits";
  bool names_model = false;
};

/// Reads the fields of a request, and those in `own` ("size", "model", "value", a text). Errors: invalid_argument.
Result<Asked> asked_by(const Fields& fields, std::initializer_list<std::string_view> own, std::int64_t most_side = 0) {
  Asked asked;
  DrawRequest defaults;
  defaults.text_limit = text_limit;
  RequestReader reader(defaults);
  for (const auto& [given, value] : fields) {
    const bool is_own = std::ranges::find(own, std::string_view(given)) != own.end();
    if (is_own && given == "size") {
      const auto size = number_of(value);
      if (!size || *size < 1 || *size > static_cast<double>(most_side) || *size != static_cast<int>(*size))
        return fail(ErrorCode::invalid_argument, "size",
                    concat("must be a whole number from 1 to ", most_side, ", is '", printable(value, 40), "'"));
      asked.side = static_cast<int>(*size);
      continue;
    }
    if (is_own && given == "model") {
      asked.model = value;
      asked.names_model = true;
      continue;
    }
    if (is_own && given == "n")
      continue;
    const RequestField* const field = request_field(given);
    const std::string_view name = is_own ? "text" : field != nullptr ? field->name : std::string_view(given);
    GANLET_TRY(const bool known, reader.set(is_own ? name : given, name == "seed" ? seed_of(value) : value));
    if (!known)
      return RequestReader::unknown(given);
    const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
      return std::ranges::find(names, name) != names.end();
    };
    if (is_one_of({"seed", "seeds", "latents"}))
      asked.is_random = value == "random";
    asked.names_class |= is_one_of({"text", "label", "labels", "count"});
  }
  GANLET_TRY(asked.request, std::move(reader).finish());
  if (asked.is_random)
    asked.request.seed = std::stoull(seed_of("random"));
  return asked;
}

ApiAnswer json_answer(const ordered_json& document) {
  ApiAnswer answer{200, std::string(json_type), {{"Cache-Control", "no-store"}}, {}, {}};
  answer.body = document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return answer;
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::vector<std::byte>> encoded(const Image& picture, std::string_view format, const PictureTexts& origin) {
  if (format == "png")
    return encode_png(picture, origin);
  if (format == "webp")
    return encode_animation(std::span(&picture, 1), 1000, AnimationFormat::webp);
  return encode_jpeg(picture);
}

ApiAnswer unsupported_type(const ApiRequest& request, std::string_view wanted) {
  return refused(415, Error(ErrorCode::unsupported, "content-type",
                            concat("must be ", wanted, ", is '", printable(request.type, 60), "'")));
}

/// A batch being answered, which outlives the call. It has a place and a model only while it is worked on, and not
/// while a slow client reads.
struct BatchUnderWay {
  Places& places;
  ModelPool& pool;
  std::string model_name;
  LineLimits limits;
  DrawRequest defaults;
  std::vector<std::string> lines;
  std::size_t done = 0;

  Result<std::string> next() {
    const auto place = Place::take(places, limits.deadline); // if none is free in time, the lines say so
    GANLET_TRY(const ModelPool::Lease model, pool.open(model_name));
    std::vector<Wish> wishes;
    for (; done < lines.size() && wishes.size() < most_together; ++done)
      wishes.push_back(wish_of(lines[done], defaults, *model, limits));
    return answers(std::move(wishes), *model, limits);
  }
};

} // namespace

Result<void> Api::check_time(const Call& call) const {
  Budget time(0);
  if (!time.stop_at(call.end).check(0))
    return fail(ErrorCode::cancelled, "", concat("it took longer than ", limits_.time.count(), " ms"));
  return {};
}

Result<Image> Api::draw(Model& model, const DrawRequest& request, const Call& call) const {
  {
    GANLET_TRY(const Drawing size, model.draw(request, Keep::nothing));
    GANLET_CHECK(check_pixels(size, limits_.pixels));
  }
  Result<Image> picture = model.picture(request, call.end);
  if (!picture)
    GANLET_CHECK(check_time(call)); // else the error would say that units were used up
  return picture;
}

Result<ApiAnswer> Api::image(const Call& call) {
  const std::string& path = call.request.path;
  const std::size_t slash = std::min(path.find('/'), path.size() - 1), dot = std::min(path.rfind('.'), path.size());
  const std::string format = path.substr(std::min(dot + 1, path.size()));
  const auto* const types = format == "png"                       ? "image/png"
                            : format == "webp"                    ? "image/webp"
                            : format == "jpg" || format == "jpeg" ? "image/jpeg"
                                                                  : nullptr;
  if (types == nullptr || dot < slash)
    return fail(ErrorCode::not_found, "path", "a picture's name is a model's and .png, .webp or .jpg");
  const std::string name = path.substr(slash + 1, dot - slash - 1);
  GANLET_TRY(const ModelPool::Lease model, pool_.open(name));
  GANLET_TRY(const Asked asked, asked_by(call.request.query, {"size", "n"}, limits_.side));
  GANLET_TRY(Image picture, draw(*model, asked.request, call));
  if (asked.side)
    picture = resized(picture, *asked.side);
  GANLET_TRY(const std::vector<std::byte> file, encoded(picture, format, model->origin_of(asked.request)));
  const bool is_pinned = name.find('@') != name.npos;
  const char* const cached = asked.is_random ? "no-store"
                             : is_pinned     ? "public, max-age=31536000, immutable"
                                             : "public, max-age=86400";
  return ApiAnswer{200, types, {{"Cache-Control", cached}, {"Access-Control-Allow-Origin", "*"}}, text_of(file), {}};
}

Result<ApiAnswer> Api::models(const Call&) {
  GANLET_TRY(const std::vector<ModelFolder> models, pool_.list());
  ordered_json document = ordered_json::array();
  for (const ModelFolder& folder : models) {
    const ModelDescription& about = folder.description;
    ordered_json one{{"id", about.id},           {"title", about.title},
                     {"version", about.version}, {"description", about.summary},
                     {"license", about.license}, {"labels", about.labels}};
    if (about.image_size)
      one["image"] = {{"width", about.image_size->width},
                      {"height", about.image_size->height},
                      {"channels", about.image_size->channels}};
    one["encoder"] = about.find_part("encoder") != nullptr;
    document.push_back(std::move(one));
  }
  return json_answer(document);
}

Result<ApiAnswer> Api::predict(const Call& call) {
  GANLET_TRY(Asked asked, asked_by(call.request.query, {}));
  GANLET_TRY(const ModelPool::Lease model, pool_.open("digits"));
  if (!asked.names_class && !model->labels().empty())
    asked.request.label = static_cast<std::int64_t>(std::random_device()() % model->labels().size());
  GANLET_TRY(const Image picture, draw(*model, asked.request, call));
  return ApiAnswer{200, std::string(json_type), {{"Cache-Control", "no-store"}}, json_rows(picture, 1), {}};
}

Result<ApiAnswer> Api::mnist(const Call& call) {
  constexpr std::string_view form = "application/x-www-form-urlencoded", parts = "multipart/form-data";
  if (call.request.type != form && call.request.type != parts)
    return unsupported_type(call.request, concat(form, " or ", parts));
  const auto said = [](const Error& error) {
    ApiAnswer answer = json_answer({{"message", error.place().empty() ? error.message() : error.text()}});
    answer.status = 400;
    return answer;
  };
  auto asked = asked_by(call.request.form, {"value"});
  if (!asked)
    return said(asked.error());
  asked->request.text = asked->request.text.value_or(""); // an empty text is refused with the same message
  asked->request.text_limit = text_limit;
  GANLET_TRY(const ModelPool::Lease model, pool_.open("digits"));
  const Result<Image> picture = draw(*model, asked->request, call);
  if (!picture && picture.error().code() == ErrorCode::invalid_argument)
    return said(picture.error());
  if (!picture)
    return fail(picture.error().code(), picture.error().place(), picture.error().message());
  GANLET_TRY(const std::vector<std::byte> file, encode_jpeg(*picture));
  return json_answer({{"message", "Image generated successfully"}, {"img", to_base64(file, Base64::padded)}});
}

Result<ApiAnswer> Api::batch(const Call& call) {
  const std::string& type = call.request.type;
  const std::initializer_list<std::string_view> types{"", "application/x-ndjson", "application/jsonl",
                                                      "application/json", "text/plain"};
  if (std::ranges::find(types, std::string_view(type)) == types.end())
    return unsupported_type(call.request, "application/x-ndjson");
  GANLET_TRY(Asked asked, asked_by(call.request.query, {"model"}));
  if (asked.is_random)
    asked.request.seed = 0; // lines have seeds of their own
  GANLET_CHECK(pool_.open(asked.model));
  std::vector<std::string> lines;
  std::istringstream body(call.request.body);
  for (std::string line; std::getline(body, line);) {
    if (line.ends_with('\r'))
      line.pop_back();
    if (!line.empty())
      lines.push_back(std::move(line));
  }
  if (static_cast<std::int64_t>(lines.size()) > limits_.lines)
    return refused(413, Error(ErrorCode::limit_exceeded, "body",
                              concat("has ", lines.size(), " lines; at most ", limits_.lines, " are allowed")));
  auto under_way = std::make_shared<BatchUnderWay>(BatchUnderWay{
      places_, pool_, asked.model, {limits_.pixels, call.end}, std::move(asked.request), std::move(lines), 0});
  return ApiAnswer{
      200, "application/x-ndjson", {{"Cache-Control", "no-store"}}, {}, [under_way = std::move(under_way)] {
        return under_way->next();
      }};
}

Result<ApiAnswer> Api::encode(const Call& call) {
  if (call.request.type != "image/png" && call.request.type != "image/jpeg")
    return unsupported_type(call.request, "image/png or image/jpeg");
  GANLET_TRY(const Asked asked, asked_by(call.request.query, {"model"}));
  if (!asked.names_model)
    return fail(ErrorCode::invalid_argument, "model", "is missing: a model with an encoder");
  GANLET_TRY(const ModelPool::Lease model, pool_.open(asked.model));
  if (!model->has_encoder())
    return fail(ErrorCode::invalid_argument, "model", concat(model->description().id, " has no encoder"));
  const Result<Image> picture = decode_image(std::as_bytes(std::span(call.request.body)), "body");
  if (!picture)
    return refused(400, picture.error());
  GANLET_CHECK(check_time(call));
  GANLET_TRY(const std::vector<float> latent, model->encode(*picture));
  return json_answer({{"model", model->description().id}, {"latent", latent}});
}

Result<ApiAnswer> Api::openapi(const Call&) {
  const auto* const text = reinterpret_cast<const char*>(openapi_json);
  return ApiAnswer{200, std::string(json_type), {{"Cache-Control", "no-cache"}}, {text, openapi_json_size}, {}};
}

} // namespace ganlet::tool
