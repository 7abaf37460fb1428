#include <algorithm>

#include "core/channels.h"
#include "core/text.h"
#include "generator/image_network.h"
#include "generator/row_buffer.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

/// Whether there are random numbers that all pictures of a run would share: then each has a run of its own.
bool draws_once(const Graph& graph) {
  return graph.has_batch() && std::ranges::any_of(graph.nodes, [](const Node& node) {
           const auto* const random = std::get_if<op::Random>(&node.operation);
           return random && random->axis < 0;
         });
}

/// Whether pictures of one run would get the same number for an input without a batch, though it isn't constant.
bool shares_numbers(const Roles& roles) {
  std::int64_t column = roles.own_latent_size;
  for (const FurtherInput& further : roles.further) {
    if (further.is_shared && !range_at(roles.latent_ranges, column).is_constant())
      return true;
    column += further.size;
  }
  return false;
}

} // namespace

Result<void> ImageNetwork::take_range(const std::optional<ValueRange>& range) {
  facts_.range = range.value_or(ValueRange{});
  lacks_range_ = !range && is_channel_count(facts_.image.channels);
  if (lacks_range_ && !has_rare_parts())
    return needs_rare_parts();
  return {};
}

void ImageNetwork::take(const Buffer& output, std::int64_t count, std::vector<float>& scratch) {
  on_device_ = output.device;
  images_ = {};
  if (on_device_ == nullptr)
    images_ = channels_last(output.view.as<const float>(), count, facts_.image, is_channels_last(), scratch);
}

Result<std::unique_ptr<GeneratorNetwork>> GeneratorNetwork::make(Graph graph, const ModelDescription& description,
                                                                 const Backend& backend,
                                                                 const CompileOptions& options) {
  auto network = std::make_unique<GeneratorNetwork>();
  GANLET_TRY(network->roles_, find_roles(graph, description));
  GANLET_TRY(network->program_, backend.compile(std::move(graph), options));
  const Roles& roles = network->roles_;
  network->facts_ = {roles.latent_size, roles.label_count, roles.image_size, ValueRange{}, roles.fixed_batch, 0, 0, 0};
  GANLET_CHECK(network->take_range(roles.value_range));
  network->limits_ = options.limits;
  if (has_rare_parts() && (draws_once(network->program_->graph()) || shares_numbers(roles)))
    network->facts_.fixed_batch = network->roles_.fixed_batch = 1;
  return network;
}

Result<void> GeneratorNetwork::check(const DrawRequest& request) const {
  const std::string_view styled = request.mix                     ? "mix"
                                  : request.cutoff                ? "cutoff"
                                  : request.noise != Noise{}      ? "noise"
                                  : !request.style_shifts.empty() ? "style_shifts"
                                                                  : "";
  if (!styled.empty())
    return fail(ErrorCode::invalid_argument, styled,
                "this model isn't style-based: it has no mapping and synthesis networks");
  return {};
}

Result<void> GeneratorNetwork::start(const DrawRequest& request, const ImageBatch& batch, Budget& budget) {
  count_ = batch.count;
  if (has_rare_parts() && !roles_.latent_ranges.empty()) // distribution functions take that long
    GANLET_CHECK(budget.take(64 * static_cast<std::int64_t>(batch.latents.size())));
  inputs_.latents = batch.latents;
  truncate(request.truncation, {}, inputs_.latents);
  GANLET_TRY(const std::span<const Buffer> inputs,
             inputs_.views(program_->graph(), roles_, roles_.fixed_batch.value_or(count_), batch.labels, limits_));
  if (has_rare_parts())
    program_->seed(batch.seeds);
  GANLET_TRY(run_, program_->start(inputs, budget, places_));
  return {};
}

Result<bool> GeneratorNetwork::advance(bool may_block) {
  GANLET_TRY(const bool done, run_->advance(may_block));
  if (done)
    take(run_->outputs()[roles_.image], count_, values_);
  return done;
}

} // namespace ganlet
