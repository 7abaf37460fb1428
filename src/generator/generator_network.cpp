#include <algorithm>
#include <array>

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

} // namespace

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
  network->facts_ = {
      roles.latent_size, roles.label_count, roles.image_size, roles.value_range, roles.fixed_batch, 0, 0};
  network->limits_ = options.limits;
  if (has_rare_parts() && draws_once(network->program_->graph()))
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

void GeneratorNetwork::fill_labels(const ImageBatch& batch, std::int64_t rows) {
  const Graph& graph = program_->graph();
  const auto columns =
      roles_.label_is_float ? static_cast<std::size_t>(graph.values[graph.inputs[*roles_.label]].shape[1].count) : 0;
  labels_.assign(static_cast<std::size_t>(rows), 0);
  one_hot_.assign(columns * static_cast<std::size_t>(rows), 0.0F);
  for (std::size_t row = 0; row < batch.labels.size(); ++row) {
    labels_[row] = batch.labels[row];
    if (columns > 0)
      write_label(roles_, labels_[row], std::span(one_hot_).subspan(row * columns, columns));
  }
}

Result<void> GeneratorNetwork::start(const DrawRequest& request, const ImageBatch& batch, Budget& budget) {
  const std::int64_t rows = roles_.fixed_batch.value_or(batch.count);
  count_ = batch.count;
  latents_ = batch.latents;
  truncate(request.truncation, {}, latents_);
  latents_.resize(static_cast<std::size_t>(rows * roles_.latent_size)); // further rows of a fixed batch are 0
  const Graph& graph = program_->graph();
  std::array<Buffer, 2> inputs;
  GANLET_TRY(inputs[roles_.latent].view, row_view(graph, roles_.latent, rows, padded(latents_), limits_));
  if (roles_.label) {
    fill_labels(batch, rows);
    void* data = roles_.label_is_float ? static_cast<void*>(padded(one_hot_)) : labels_.data();
    GANLET_TRY(inputs[*roles_.label].view, row_view(graph, *roles_.label, rows, data, limits_));
  }
  if (has_rare_parts())
    program_->seed(batch.seeds);
  GANLET_TRY(run_, program_->start(std::span(inputs).first(graph.inputs.size()), budget, places_));
  return {};
}

Result<bool> GeneratorNetwork::advance(bool may_block) {
  GANLET_TRY(const bool done, run_->advance(may_block));
  if (done)
    take(run_->outputs()[roles_.image], count_, values_);
  return done;
}

} // namespace ganlet
