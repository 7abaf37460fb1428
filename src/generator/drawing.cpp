#include "generator/drawing.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "generator/row_buffer.h"

namespace ganlet {

namespace {

tl::unexpected<Error> wrong(std::string_view place, std::string_view message) {
  return fail(ErrorCode::invalid_argument, place, message);
}

bool is_digit(std::string_view symbol) {
  return symbol.size() == 1 && symbol[0] >= '0' && symbol[0] <= '9';
}

Result<void> check_label(std::int64_t label, std::int64_t count) {
  if (count == 0)
    return wrong("label", "this model has no classes");
  if (label < 0 || label >= count)
    return wrong("label", concat("must be 0 to ", count - 1, ", is ", label));
  return {};
}

} // namespace

std::vector<std::string_view> symbols_of(std::string_view text) {
  std::vector<std::string_view> symbols;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (text[end] & 0xC0) == 0x80)
      ++end;
    symbols.push_back(text.substr(at, end - at));
    at = end;
  }
  return symbols;
}

Result<Drawing> Drawing::begin(std::shared_ptr<ImageNetwork> network, const std::vector<std::string>& labels,
                               Distribution distribution, DrawRequest request, Keep keep, const Limits& limits) {
  Drawing drawing;
  drawing.network_ = std::move(network);
  drawing.distribution_ = distribution;
  drawing.request_ = std::move(request);
  const ImageFacts& facts = drawing.facts();
  drawing.batch_ = facts.fixed_batch.value_or(drawing.batch_);
  drawing.count_ = drawing.request_.count;
  if (drawing.request_.text)
    GANLET_CHECK(drawing.resolve_text(labels));
  GANLET_CHECK(drawing.check(limits));
  if (keep == Keep::picture)
    GANLET_CHECK(drawing.make_picture(limits));
  return drawing;
}

Result<void> check_text(std::string_view text, std::int64_t limit, bool writes_letters) {
  const std::vector<std::string_view> symbols = symbols_of(text);
  if (static_cast<std::int64_t>(symbols.size()) > limit)
    return wrong("", concat("Request too long. Max ", limit, " digits."));
  if (symbols.empty() || (!writes_letters && !std::ranges::all_of(symbols, is_digit)))
    return wrong("", "Request invalid. Should only contain digits (0-9).");
  return {};
}

/// Turns the text into labels.
Result<void> Drawing::resolve_text(const std::vector<std::string>& labels) {
  const bool writes_letters = std::ranges::any_of(
      labels, [](const std::string& name) { return symbols_of(name).size() == 1 && !is_digit(name); });
  GANLET_CHECK(check_text(*request_.text, request_.text_limit, writes_letters));
  const std::vector<std::string_view> symbols = symbols_of(*request_.text);
  request_.labels.clear();
  for (const std::string_view symbol : symbols) {
    const auto found = std::ranges::find(labels, symbol);
    if (facts().label_count == 0 || found == labels.end())
      return wrong("text", facts().label_count == 0
                               ? "this model has no classes, so it can't draw a given digit"
                               : concat("this model has no class named '", printable(symbol), "'"));
    request_.labels.push_back(found - labels.begin());
  }
  count_ = static_cast<std::int64_t>(symbols.size());
  return {};
}

Result<void> Drawing::check(const Limits& limits) {
  if (count_ < 1)
    return wrong("count", concat("must be at least 1, is ", count_));
  if (count_ > limits.tensor_elements)
    return fail(ErrorCode::limit_exceeded, "count",
                concat("must be at most ", limits.tensor_elements, ", is ", count_));
  if (request_.label && !request_.text)
    GANLET_CHECK(check_label(*request_.label, facts().label_count));
  const auto fits = [&](std::size_t given) { return given == 0 || static_cast<std::int64_t>(given) == count_; };
  if (!fits(request_.labels.size()))
    return wrong("labels", concat("are ", request_.labels.size(), " for ", count_, " images"));
  for (const std::int64_t label : request_.labels)
    GANLET_CHECK(check_label(label, facts().label_count));
  if (!fits(request_.seeds.size()))
    return wrong("seeds", concat("are ", request_.seeds.size(), " for ", count_, " images"));
  if (!(request_.truncation >= 0 && request_.truncation <= 1))
    return wrong("truncation", concat("must be 0 to 1, is ", double{request_.truncation}));
  if (!(request_.jitter >= 0 && request_.jitter <= 1))
    return wrong("jitter", concat("must be 0 to 1, is ", double{request_.jitter}));
  if (request_.columns < 0)
    return wrong("columns", concat("must be at least 1, is ", request_.columns));
  const auto given = static_cast<std::int64_t>(request_.latents.size());
  const std::int64_t size = facts().latent_size;
  if (given != 0 && given != count_ * size && !(is_one_hand() && given == size))
    return wrong("latents",
                 concat("are ", given, " numbers; ", count_, " images of this model take ", count_, " x ", size));
  const auto shifts = static_cast<std::int64_t>(request_.style_shifts.size());
  if (shifts != 0 && shifts != facts().style_size && shifts != count_ * facts().style_size && facts().style_layers > 0)
    return wrong("style_shifts", concat("are ", shifts, " numbers; ", count_, " images of this model take ", count_,
                                        " x ", facts().style_size));
  const auto finite = [](const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  };
  if (!finite(request_.latents))
    return wrong("latents", "must be finite numbers");
  if (!finite(request_.style_shifts))
    return wrong("style_shifts", "must be finite numbers");
  GANLET_CHECK(network_->check(request_));
  columns_ = request_.columns > 0 ? request_.columns : request_.text ? count_ : square_columns(count_);
  columns_ = std::min(columns_, count_);
  return {};
}

Result<void> Drawing::make_picture(const Limits& limits) {
  const ImageSize& size = facts().image;
  const std::int64_t most =
      std::max<std::int64_t>(1, limits.tensor_elements / (std::int64_t{size.width} * size.height));
  const std::int64_t rows = (count_ + columns_ - 1) / columns_;
  if (count_ > most)
    return fail(
        ErrorCode::limit_exceeded, "count",
        concat("must be at most ", most, " images of ", size.width, " x ", size.height, " at once, is ", count_));
  if (rows * columns_ > most)
    return fail(ErrorCode::limit_exceeded, "columns",
                concat("leave room for ", rows * columns_, " images; at most ", most, " of ", size.width, " x ",
                       size.height, " are drawn at once"));
  picture_.width = size.width * static_cast<int>(columns_);
  picture_.height = size.height * static_cast<int>(rows);
  picture_.pixels.resize(std::size_t{4} * static_cast<std::size_t>(picture_.width) *
                         static_cast<std::size_t>(picture_.height));
  return {};
}

std::uint64_t Drawing::seed_of(std::int64_t index) const {
  if (!request_.seeds.empty())
    return request_.seeds[static_cast<std::size_t>(index)];
  return request_.seed + (is_one_hand() ? 0 : static_cast<std::uint64_t>(index));
}

std::int64_t Drawing::label_of(std::int64_t index) const {
  if (!request_.labels.empty())
    return request_.labels[static_cast<std::size_t>(index)];
  return request_.label ? *request_.label : index % facts().label_count;
}

void Drawing::append_latent(std::int64_t index, std::vector<float>& out) const {
  const auto size = static_cast<std::size_t>(facts().latent_size), at = static_cast<std::size_t>(index);
  out.resize(out.size() + size);
  const std::span<float> latent = std::span(out).last(size);
  if (request_.latents.empty())
    fill_latent(seed_of(index), distribution_, latent);
  else
    std::ranges::copy(std::span(request_.latents).subspan(request_.latents.size() == size ? 0 : at * size, size),
                      latent.begin());
  if (is_one_hand())
    jitter(request_.jitter, request_.seed, at, distribution_, latent);
}

std::vector<float> Drawing::latents(std::int64_t count) const {
  std::vector<float> latents;
  for (std::int64_t i = 0; i < std::min(count, count_); ++i)
    append_latent(i, latents);
  return latents;
}

std::vector<std::int64_t> Drawing::labels(std::int64_t count) const {
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < std::min(count, count_) && facts().label_count > 0; ++i)
    labels.push_back(label_of(i));
  return labels;
}

ImageBatch Drawing::batch_of(std::int64_t first, std::int64_t count) const {
  ImageBatch batch{count, {}, {}, {}, {}};
  const auto style = static_cast<std::size_t>(facts().style_size);
  for (std::int64_t index = first; index < first + count; ++index) {
    append_latent(index, batch.latents);
    if (facts().label_count > 0)
      batch.labels.push_back(label_of(index));
    batch.seeds.push_back(seed_of(index));
    if (!request_.style_shifts.empty()) {
      const std::size_t at = request_.style_shifts.size() == style ? 0 : static_cast<std::size_t>(index) * style;
      const std::span<const float> shift = std::span(request_.style_shifts).subspan(at, style);
      batch.style_shifts.insert(batch.style_shifts.end(), shift.begin(), shift.end());
    }
  }
  return batch;
}

void Drawing::place(const Images& images) {
  const ImageSize& size = facts().image;
  const std::size_t each = images.values.size() / static_cast<std::size_t>(images.count);
  const std::size_t row_bytes = std::size_t{4} * static_cast<std::size_t>(picture_.width);
  for (std::int64_t i = 0; i < images.count; ++i) {
    const std::int64_t index = images.first + i;
    const Image image =
        picture_of(images.values.subspan(static_cast<std::size_t>(i) * each, each), size, facts().range);
    std::uint8_t* to = picture_.pixels.data() + static_cast<std::size_t>(index / columns_ * image.height) * row_bytes +
                       static_cast<std::size_t>(index % columns_ * image.width) * 4;
    for (int y = 0; y < image.height; ++y, to += row_bytes)
      std::ranges::copy(image.row(y), to);
  }
}

Result<Drawing::Images> Drawing::step(std::int64_t most) {
  Budget budget = network_->program().options().run_budget();
  return step(most, budget);
}

Result<Drawing::Images> Drawing::step(std::int64_t most, Budget& budget) {
  GANLET_CHECK(advance(most, budget, true));
  return images_;
}

Result<bool> Drawing::poll(std::int64_t most) {
  if (!polled_)
    polled_.reset(new Polled{network_, network_->program().options().run_budget()});
  Result<bool> done = advance(most, polled_->budget, false);
  if (!done || *done)
    polled_.reset();
  return done;
}

Result<bool> Drawing::advance(std::int64_t most, Budget& budget, bool may_block) {
  for (;;) {
    if (is_cancelled_)
      return fail(ErrorCode::cancelled, "", "stopped on request");
    Result<bool> done = true;
    if (!is_started_) {
      images_ = {drawn_, std::min({batch_, left(), std::max<std::int64_t>(1, most)}), {}};
      if (images_.count == 0)
        return true;
      if (auto started = network_->start(request_, batch_of(images_.first, images_.count), budget); !started)
        done = tl::unexpected(std::move(started).error());
    }
    if (done)
      done = network_->advance(may_block);
    is_started_ = done && !*done;
    if (is_started_)
      return false;
    if (!done && done.error().code() == ErrorCode::limit_exceeded && !facts().fixed_batch && batch_ > 1) {
      batch_ = std::max<std::int64_t>(1, images_.count / 2); // a large network: fewer images at a time need less memory
      if (images_.count > 1)
        continue;
    }
    if (!done)
      return done;
    images_.values = network_->images();
    if (!picture_.pixels.empty())
      place(images_);
    drawn_ += images_.count;
    return true;
  }
}

Result<void> Drawing::finish(Budget::Clock::time_point deadline) {
  while (!is_done()) {
    Budget budget = network_->program().options().run_budget().stop_at(deadline);
    GANLET_CHECK(step(batch_, budget));
  }
  return {};
}

} // namespace ganlet
