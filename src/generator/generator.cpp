#include "generator/generator.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

#include "core/text.h"
#include "generator/read_graph.h"

namespace ganlet {

namespace {

/// The view of a buffer as an input of the graph whose batch is `rows`.
Result<TensorView> input_view(const Graph& graph, std::size_t input, std::int64_t rows, void* data,
                              const Limits& limits) {
  const Value& value = graph.values[graph.inputs[input]];
  GANLET_TRY(const Shape shape, resolve(value.shape, rows, limits, value.name));
  return TensorView{value.type, shape, data, {}};
}

} // namespace

Result<void> check_digits(std::string_view text, std::int64_t limit) {
  // Counted as a reader counts: UTF-8's continuation bytes belong to the character before them.
  const auto length = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  if (length > limit)
    return fail(ErrorCode::invalid_argument, "", concat("Request too long. Max ", limit, " digits."));
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    return fail(ErrorCode::invalid_argument, "", "Request invalid. Should only contain digits (0-9).");
  return {};
}

Result<Generator> Generator::load(std::span<const std::byte> onnx, ModelDescription description, const Backend& backend,
                                  const CompileOptions& options) {
  GANLET_TRY(Graph graph, read_graph(onnx, options.limits));
  Generator generator;
  GANLET_TRY(generator.roles_, find_roles(graph, description));
  GANLET_TRY(generator.program_, backend.compile(std::move(graph), options));
  if (description.labels.empty())
    for (std::int64_t label = 0; label < generator.roles_.label_count; ++label)
      description.labels.push_back(std::to_string(label));
  generator.description_ = std::move(description);
  generator.limits_ = options.limits;
  generator.batch_ = generator.roles_.fixed_batch.value_or(generator.batch_);
  return generator;
}

std::optional<std::int64_t> Generator::class_of_digit(char digit) const {
  const auto found = std::ranges::find(description_.labels, std::string_view(&digit, 1));
  if (found == description_.labels.end())
    return std::nullopt;
  return found - description_.labels.begin();
}

Result<void> Generator::check_text(const Request& request) const {
  GANLET_CHECK(check_digits(*request.text, request.text_limit));
  for (const char digit : *request.text)
    if (!class_of_digit(digit))
      return fail(ErrorCode::invalid_argument, "text",
                  label_count() == 0 ? "this model has no classes, so it can't draw a given digit"
                                     : concat("this model has no class named '", digit, "'"));
  return {};
}

Result<void> Generator::check_latents(const Request& request, std::int64_t count) const {
  const auto given = static_cast<std::int64_t>(request.latents.size());
  const bool one_for_all = request.text && !request.vary;
  if (given != count * latent_size() && !(one_for_all && given == latent_size()))
    return fail(ErrorCode::invalid_argument, "latents",
                concat("are ", given, " numbers; ", count, " images of this model take ", count, " x ", latent_size()));
  if (!std::ranges::all_of(request.latents, [](float value) { return std::isfinite(value); }))
    return fail(ErrorCode::invalid_argument, "latents", "must be finite numbers");
  return {};
}

Result<void> Generator::check_label(std::int64_t label) const {
  if (label_count() == 0)
    return fail(ErrorCode::invalid_argument, "label", "this model has no classes");
  if (label < 0 || label >= label_count())
    return fail(ErrorCode::invalid_argument, "label", concat("must be 0 to ", label_count() - 1, ", is ", label));
  return {};
}

Result<std::int64_t> Generator::count_of(const Request& request) const {
  if (request.text)
    GANLET_CHECK(check_text(request));
  const std::int64_t count = request.text ? static_cast<std::int64_t>(request.text->size()) : request.count;
  if (count < 1)
    return fail(ErrorCode::invalid_argument, "count", concat("must be at least 1, is ", count));
  if (count > limits_.tensor_elements)
    return fail(ErrorCode::limit_exceeded, "count",
                concat("must be at most ", limits_.tensor_elements, ", is ", count));
  if (request.label && !request.text)
    GANLET_CHECK(check_label(*request.label));
  if (!request.labels.empty() && static_cast<std::int64_t>(request.labels.size()) != count)
    return fail(ErrorCode::invalid_argument, "labels",
                concat("are ", request.labels.size(), " for ", count, " images"));
  for (const std::int64_t label : request.labels)
    GANLET_CHECK(check_label(label));
  if (!(request.truncation >= 0 && request.truncation <= 1))
    return fail(ErrorCode::invalid_argument, "truncation", concat("must be 0 to 1, is ", double{request.truncation}));
  if (!request.latents.empty())
    GANLET_CHECK(check_latents(request, count));
  return count;
}

std::int64_t Generator::class_of_image(const Request& request, std::int64_t index) const {
  if (request.text)
    return class_of_digit((*request.text)[static_cast<std::size_t>(index)]).value_or(0);
  if (!request.labels.empty())
    return request.labels[static_cast<std::size_t>(index)];
  return request.label ? *request.label : index % label_count();
}

void Generator::fill_latents(const Request& request, std::int64_t first, std::int64_t count, std::int64_t rows) {
  const auto size = static_cast<std::size_t>(latent_size());
  latents_.resize(size * static_cast<std::size_t>(rows));
  const bool one_hand = request.text && !request.vary;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::span<float> row(latents_.data() + size * static_cast<std::size_t>(i), size);
    const std::int64_t index = first + i;
    if (!request.latents.empty()) {
      const std::size_t from = request.latents.size() == size ? 0 : size * static_cast<std::size_t>(index);
      std::ranges::copy(request.latents.subspan(from, size), row.begin());
    } else {
      fill_latent(request.seed + (one_hand ? 0 : static_cast<std::uint64_t>(index)), description_.distribution, row);
    }
    truncate(request.truncation, {}, row);
  }
}

void Generator::fill_labels(const Request& request, std::int64_t first, std::int64_t count, std::int64_t rows) {
  const Graph& graph = program_->graph();
  const auto columns =
      roles_.label_is_one_hot ? static_cast<std::size_t>(graph.values[graph.inputs[*roles_.label]].shape[1].count) : 0;
  labels_.assign(static_cast<std::size_t>(rows), 0);
  one_hot_.assign(columns * static_cast<std::size_t>(rows), 0.0F);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(i);
    labels_[row] = class_of_image(request, first + i);
    if (columns > 0)
      one_hot_[row * columns + static_cast<std::size_t>(labels_[row])] = 1.0F;
  }
}

Result<TensorView> Generator::run_batch(std::int64_t rows) {
  const Graph& graph = program_->graph();
  std::array<TensorView, 2> inputs;
  GANLET_TRY(inputs[roles_.latent], input_view(graph, roles_.latent, rows, latents_.data(), limits_));
  if (roles_.label) {
    void* data = roles_.label_is_one_hot ? static_cast<void*>(one_hot_.data()) : labels_.data();
    GANLET_TRY(inputs[*roles_.label], input_view(graph, *roles_.label, rows, data, limits_));
  }
  GANLET_TRY(const std::span<const TensorView> outputs, program_->run(std::span(inputs).first(graph.inputs.size())));
  return outputs[roles_.image];
}

std::span<const float> Generator::channels_last(const TensorView& images, std::int64_t count) {
  const ImageSize& size = roles_.image_size;
  const std::size_t area = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  const auto channels = static_cast<std::size_t>(size.channels);
  const std::span<const float> values =
      images.as<const float>().first(static_cast<std::size_t>(count) * area * channels);
  if (roles_.image_is_channels_last || channels == 1)
    return values;
  values_.resize(values.size());
  for (std::size_t at = 0; at < values.size(); at += area * channels)
    for (std::size_t channel = 0; channel < channels; ++channel)
      for (std::size_t pixel = 0; pixel < area; ++pixel)
        values_[at + pixel * channels + channel] = values[at + channel * area + pixel];
  return values_;
}

Result<void> Generator::generate_values(const Request& request, const Sink& sink) {
  GANLET_TRY(const std::int64_t count, count_of(request));
  return generate_values(request, 0, count, sink);
}

Result<void> Generator::generate_values(const Request& request, std::int64_t first, std::int64_t count,
                                        const Sink& sink) {
  assert(first >= 0 && count >= 0);
  const std::int64_t end = first + count;
  while (first < end) {
    const std::int64_t now = std::min(batch_, end - first);
    const std::int64_t rows = roles_.fixed_batch.value_or(now);
    fill_latents(request, first, now, rows);
    if (roles_.label)
      fill_labels(request, first, now, rows);
    Result<TensorView> images = run_batch(rows);
    if (!images && images.error().code() == ErrorCode::limit_exceeded && !roles_.fixed_batch && batch_ > 1) {
      batch_ /= 2; // a large network: fewer images at a time need less memory
      continue;
    }
    if (!images)
      return tl::unexpected(std::move(images).error());
    if (!sink(channels_last(*images, now), first, now))
      return fail(ErrorCode::cancelled, "", "stopped on request");
    first += now;
  }
  return {};
}

Result<std::int64_t> Generator::count_of_kept(const Request& request) const {
  GANLET_TRY(const std::int64_t count, count_of(request));
  const ImageSize& size = roles_.image_size;
  const std::int64_t most =
      std::max<std::int64_t>(1, limits_.tensor_elements / (std::int64_t{size.width} * size.height));
  if (count > most)
    return fail(
        ErrorCode::limit_exceeded, "count",
        concat("must be at most ", most, " images of ", size.width, " x ", size.height, " at once, is ", count));
  return count;
}

Result<std::vector<Image>> Generator::generate(const Request& request) {
  GANLET_TRY(const std::int64_t count, count_of_kept(request));
  const ImageSize& size = roles_.image_size;
  std::vector<Image> images;
  images.reserve(static_cast<std::size_t>(count));
  GANLET_CHECK(generate_values(request, [&](std::span<const float> values, std::int64_t, std::int64_t batch) {
    const std::size_t each = values.size() / static_cast<std::size_t>(batch);
    for (std::size_t at = 0; at < values.size(); at += each)
      images.push_back(image_of(values.subspan(at, each), size.width, size.height, size.channels, roles_.value_range));
    return true;
  }));
  return images;
}

} // namespace ganlet
