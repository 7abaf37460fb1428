#include "gl/program.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "gl/gl.h"
#include "graph/cost.h"

namespace ganlet::gl {

namespace {

std::size_t index_of(ValueId id) {
  return static_cast<std::size_t>(id);
}

constexpr std::int64_t aligned(std::int64_t bytes) {
  return (bytes + Device::alignment - 1) / Device::alignment * Device::alignment;
}

/// The units for packing all weights: four bytes moved are one unit.
std::int64_t packing_units(const Graph& graph) {
  std::int64_t bytes = 0;
  for (const Tensor& constant : graph.constants)
    bytes += static_cast<std::int64_t>(constant.bytes());
  return bytes / 4;
}

} // namespace

GlProgram::GlProgram(Graph graph, const CompileOptions& options, std::shared_ptr<Device> device)
    : graph_(std::move(graph)), options_(options), device_(std::move(device)), steps_(steps_of(graph_)),
      planned_(planned_graph()), constants_(graph_) {
  for (const ValueId id : graph_.outputs)
    outputs_.emplace_back().id = id;
  answers_.resize(outputs_.size());
  if (options_.profile)
    milliseconds_.resize(graph_.nodes.size());
}

GlProgram::~GlProgram() {
  const Device::Use use(*device_);
  drop_fence();
  if (!device_->is_lost())
    device_->gl().glDeleteBuffers(buffer_count, buffers_.data());
}

/// What a step reads from elsewhere lives until its last node, where the step runs.
Graph GlProgram::planned_graph() const {
  Graph planned;
  planned.values = graph_.values;
  planned.inputs = graph_.inputs;
  planned.outputs = graph_.outputs;
  for (const std::vector<std::size_t>& step : steps_) {
    Node node = graph_.nodes[step[0]];
    std::vector<ValueId> made;
    for (const std::size_t n : step) {
      if (n != step[0])
        for (const ValueId id : graph_.nodes[n].inputs)
          if (std::ranges::find(made, id) == made.end())
            node.inputs.push_back(id);
      made.push_back(graph_.nodes[n].output);
    }
    node.output = made.back();
    planned.nodes.push_back(std::move(node));
  }
  return planned;
}

Result<void> GlProgram::make_kernels() {
  const Device::Use use(*device_);
  if (device_->is_lost())
    return lost();
  device_->gl().glGenBuffers(buffer_count, buffers_.data());
  GANLET_CHECK(pack());
  for (const MadeKernel& kernel : kernels_)
    GANLET_CHECK(device_->compiled(kernel->shader()));
  GANLET_CHECK(fill(constants, constants_.bytes(), static_cast<std::int64_t>(constants_.bytes().size()), static_draw));
  constants_.forget_bytes();
  if (!options_.keep_constants)
    for (std::size_t id = 0; id < graph_.values.size(); ++id)
      if (graph_.values[id].constant &&
          std::ranges::find(graph_.outputs, static_cast<ValueId>(id)) == graph_.outputs.end())
        graph_.constants[index_of(*graph_.values[id].constant)].drop_elements();
  return {};
}

Result<void> GlProgram::pack() {
  Budget budget = options_.load_budget();
  GANLET_CHECK(budget.take(packing_units(graph_)));
  const Making making{graph_, constants_, indices_};
  for (const std::vector<std::size_t>& step : steps_) {
    kernels_.push_back(make_kernel(making, step));
    if (static_cast<std::int64_t>(constants_.bytes().size()) > options_.limits.constant_bytes)
      return fail(ErrorCode::limit_exceeded, graph_.nodes[step[0]].place,
                  concat("weights take more than ", options_.limits.constant_bytes, " bytes on the GPU"));
  }
  if (constants_.largest() > device_->most_bytes())
    return fail(ErrorCode::limit_exceeded, "graph",
                concat("weights of ", constants_.largest(), " bytes; ", printable(device_->name()), " binds at most ",
                       device_->most_bytes()));
  return {};
}

ProgramBytes GlProgram::bytes() const {
  ProgramBytes bytes{0, sizes_[constants], sizes_[arena] + sizes_[uniforms]};
  for (const Tensor& constant : graph_.constants)
    if (constant.has_elements())
      bytes.constants += static_cast<std::int64_t>(constant.bytes() + constant.scale.size() * sizeof(float));
  return bytes;
}

tl::unexpected<Error> GlProgram::lost() const {
  return fail(ErrorCode::device_lost, "gl", concat(printable(device_->name()), " was lost"));
}

/// Puts `bytes` into a buffer, which is made to have `size` bytes if it has fewer, or more than twice as many.
Result<void> GlProgram::fill(Buffers which, std::span<const std::byte> bytes, std::int64_t size, unsigned usage) {
  const Api& gl = device_->gl();
  gl.glBindBuffer(storage_buffer, buffers_[which]);
  size = std::max<std::int64_t>(size, Device::alignment);
  if (size > sizes_[which] || size < sizes_[which] / 2) {
    sizes_[which] = 0;
    gl.glBufferData(storage_buffer, size, nullptr, usage);
    if (gl.glGetError() == out_of_memory)
      return fail(ErrorCode::limit_exceeded, "gl",
                  concat(printable(device_->name()), " has no ", size, " bytes of memory left"));
    sizes_[which] = size;
  }
  if (!bytes.empty())
    gl.glBufferSubData(storage_buffer, 0, static_cast<std::ptrdiff_t>(bytes.size()), bytes.data());
  return {};
}

/// The inputs' places behind the plan, and then those of indices.
std::vector<std::int64_t> GlProgram::place_inputs(const MemoryPlan& plan, std::int64_t& bytes) const {
  std::vector<std::int64_t> offsets(graph_.values.size(), 0);
  for (const ValueId id : graph_.inputs) {
    offsets[index_of(id)] = bytes;
    bytes += aligned(4 * std::max<std::int64_t>(plan.shape[index_of(id)].elements(), 4));
  }
  return offsets;
}

Result<void> GlProgram::check_sizes(const MemoryPlan& plan, std::int64_t bytes) const {
  for (std::size_t id = 0; id < graph_.values.size(); ++id)
    if (plan.shape[id].elements() > device_->most_bytes() / 4 - 4)
      return fail(ErrorCode::limit_exceeded, concat("value '", printable(graph_.values[id].name), "'"),
                  concat(plan.shape[id].elements(), " numbers; ", printable(device_->name()), " binds at most ",
                         device_->most_bytes(), " bytes"));
  if (bytes > options_.limits.working_bytes)
    return fail(ErrorCode::limit_exceeded, "graph",
                concat("more than ", options_.limits.working_bytes, " bytes of working memory are needed"));
  return {};
}

Result<void> GlProgram::prepare(std::int64_t batch) {
  batch_ = -1;
  GANLET_TRY(const MemoryPlan plan, plan_memory(planned_, batch, options_.limits, Device::alignment));
  std::int64_t bytes = plan.bytes;
  inputs_at_ = place_inputs(plan, bytes);
  Recorder recorder(device_->slice_units(), plan, graph_, constants_, inputs_at_);
  indices_at_.clear();
  for (const IndexInput& index : indices_) {
    const std::int64_t count = std::max<std::int64_t>(plan.shape[index_of(index.input)].elements(), 4);
    indices_at_.push_back({false, bytes, (4 * count + 15) / 16 * 16});
    recorder.place_indices(indices_at_.back());
    bytes += aligned(4 * count);
  }
  GANLET_CHECK(check_sizes(plan, bytes));
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    recorder.begin_step(step, plan.units[step]);
    kernels_[step]->record(recorder);
    if (!recorder.fits())
      return fail(ErrorCode::limit_exceeded, planned_.nodes[step].place,
                  concat("too large for indices of 32 bits with a batch of ", batch));
  }
  GANLET_CHECK(fill(arena, {}, bytes, dynamic_draw));
  GANLET_CHECK(fill(uniforms, recorder.uniforms, static_cast<std::int64_t>(recorder.uniforms.size()), static_draw));
  dispatches_ = std::move(recorder.dispatches);
  units_ = plan.units;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    const TensorView view{graph_.values[index_of(output.id)].type, plan.shape[index_of(output.id)], nullptr, {}};
    output.bytes.resize(std::max<std::size_t>(view.bytes(), 1));
    output.memory.device = device_.get();
    output.memory.buffer = buffers_[arena];
    output.memory.offset = plan.offset[index_of(output.id)];
    answers_[i].view = view;
  }
  batch_ = batch;
  return {};
}

Result<void> GlProgram::begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) {
  GANLET_TRY(const std::int64_t batch, batch_of(graph_, inputs, options_.limits));
  const Device::Use use(*device_);
  if (device_->is_lost())
    return lost();
  drop_fence();
  if (batch != batch_)
    GANLET_CHECK(prepare(batch));
  GANLET_CHECK(check_budget(planned_, units_, budget));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    GANLET_CHECK(upload(i, inputs[i]));
  GANLET_CHECK(upload_indices(inputs));
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    const bool stays = i < wanted.size() && wanted[i] == Place::device && output.memory.offset != MemoryPlan::unplanned;
    answers_[i].device = stays ? &output.memory : nullptr;
    answers_[i].view.data = stays ? nullptr : output.bytes.data();
    const auto input = std::ranges::find(graph_.inputs, output.id);
    const Tensor* const constant = graph_.constant_of(output.id);
    if (const std::size_t bytes = answers_[i].view.bytes(); bytes > 0 && input != graph_.inputs.end()) {
      if (const Buffer& given = inputs[static_cast<std::size_t>(input - graph_.inputs.begin())]; given.view.data)
        std::memcpy(output.bytes.data(), given.view.data, bytes);
    } else if (constant && bytes > 0) {
      std::memcpy(output.bytes.data(), constant->view().data, bytes);
    }
  }
  budget_ = &budget;
  next_ = 0;
  return {};
}

Result<void> GlProgram::upload(std::size_t index, const Buffer& input) {
  const Api& gl = device_->gl();
  const ValueId id = graph_.inputs[index];
  if (graph_.values[index_of(id)].type != DataType::float32 || input.view.bytes() == 0)
    return {}; // indices are uploaded by their readers
  const auto bytes = static_cast<std::ptrdiff_t>(input.view.bytes());
  if (!input.device) {
    gl.glBindBuffer(storage_buffer, buffers_[arena]);
    gl.glBufferSubData(storage_buffer, inputs_at_[index_of(id)], bytes, input.view.data);
    return {};
  }
  const auto* const memory = dynamic_cast<const ArenaMemory*>(input.device);
  if (memory == nullptr || memory->device != device_.get())
    return fail(ErrorCode::invalid_argument, concat("input '", printable(graph_.values[index_of(id)].name), "'"),
                "lies on another device");
  gl.glBindBuffer(copy_read_buffer, memory->buffer);
  gl.glBindBuffer(copy_write_buffer, buffers_[arena]);
  gl.glMemoryBarrier(buffer_update_barrier);
  gl.glCopyBufferSubData(copy_read_buffer, copy_write_buffer, memory->offset, inputs_at_[index_of(id)], bytes);
  return {};
}

/// A Gather's indices are checked as the reference does.
Result<void> GlProgram::upload_indices(std::span<const Buffer> inputs) {
  const Api& gl = device_->gl();
  for (std::size_t i = 0; i < indices_.size(); ++i) {
    const IndexInput& index = indices_[i];
    const auto at = std::ranges::find(graph_.inputs, index.input) - graph_.inputs.begin();
    index_words_.clear();
    for (const std::int64_t given : inputs[static_cast<std::size_t>(at)].view.as<std::int64_t>()) {
      index_words_.push_back(Indices::word_of(given, index.size));
      if (index_words_.back() == Indices::outside &&
          std::holds_alternative<op::Gather>(graph_.nodes[index.node].operation))
        return fail(ErrorCode::invalid_argument, graph_.nodes[index.node].place,
                    concat("index ", given, " is outside an axis of size ", index.size));
    }
    gl.glBindBuffer(storage_buffer, buffers_[arena]);
    gl.glBufferSubData(storage_buffer, indices_at_[i].offset, static_cast<std::ptrdiff_t>(4 * index_words_.size()),
                       index_words_.data());
  }
  return {};
}

Result<bool> GlProgram::advance(bool may_block) {
  const Device::Use use(*device_);
  if (device_->is_lost()) {
    drop_fence();
    return lost();
  }
  for (;;) {
    GANLET_TRY(const bool done, is_slice_done(may_block));
    if (!done)
      return false;
    if (next_ == dispatches_.size()) {
      finish();
      return device_->is_lost() ? Result<bool>(lost()) : Result<bool>(true);
    }
    GANLET_CHECK(submit_slice());
    if (!may_block)
      return false; // a software rasteriser computes while it is handed the work: one slice is enough for a poll
  }
}

Result<bool> GlProgram::is_slice_done(bool may_block) {
  constexpr std::uint64_t look = 20'000'000; // nanoseconds, after which a stop flag is looked at
  if (fence_ == nullptr)
    return true;
  const unsigned status = device_->gl().glClientWaitSync(fence_, flush_commands, may_block ? look : 0);
  if (status == timeout_expired) {
    if (auto stopped = budget_->check(0); !stopped) {
      drop_fence();
      return tl::unexpected<Error>(std::move(stopped).error());
    }
    return false;
  }
  drop_fence();
  if (status == wait_failed)
    device_->lose();
  if (device_->is_lost())
    return lost();
  return true;
}

/// Submits as many dispatches as take some 20 ms.
Result<void> GlProgram::submit_slice() {
  using Clock = std::chrono::steady_clock;
  const Api& gl = device_->gl();
  std::int64_t units = 0;
  if (next_ == 0)
    std::ranges::fill(milliseconds_, 0);
  while (next_ < dispatches_.size() && (units == 0 || units + dispatches_[next_].units <= device_->slice_units())) {
    const Dispatch& dispatch = dispatches_[next_];
    if (auto taken = budget_->take(dispatch.units); !taken)
      return tl::unexpected<Error>(std::move(taken).error().within(planned_.nodes[dispatch.step].place));
    units += std::max<std::int64_t>(dispatch.units, 1);
    const Clock::time_point start = options_.profile ? Clock::now() : Clock::time_point{};
    submit(dispatch);
    ++next_;
    if (options_.profile) {
      gl.glFinish();
      milliseconds_[steps_[dispatch.step][0]] +=
          std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
  }
  fence_ = gl.glFenceSync(commands_complete, 0);
  gl.glFlush();
  return {};
}

void GlProgram::submit(const Dispatch& dispatch) {
  const Api& gl = device_->gl();
  gl.glUseProgram(*device_->compiled(*dispatch.shader)); // which has been compiled before
  gl.glBindBufferRange(uniform_buffer, 0, buffers_[uniforms], dispatch.uniforms, dispatch.uniform_bytes);
  for (unsigned i = 0; i < dispatch.shader->bindings; ++i) {
    const Binding& binding = dispatch.bindings[i];
    gl.glBindBufferRange(storage_buffer, i, buffers_[binding.is_constant ? constants : arena], binding.offset,
                         binding.bytes);
  }
  gl.glDispatchCompute(dispatch.columns, dispatch.rows, 1);
  gl.glMemoryBarrier(storage_barrier);
}

/// Reads back the outputs that don't stay.
void GlProgram::finish() {
  const Api& gl = device_->gl();
  gl.glMemoryBarrier(buffer_update_barrier);
  gl.glBindBuffer(storage_buffer, buffers_[arena]);
  for (std::size_t i = 0; i < outputs_.size(); ++i)
    if (!answers_[i].device && outputs_[i].memory.offset != MemoryPlan::unplanned && answers_[i].view.bytes() > 0)
      gl.glGetBufferSubData(storage_buffer, outputs_[i].memory.offset,
                            static_cast<std::ptrdiff_t>(answers_[i].view.bytes()), outputs_[i].bytes.data());
}

void GlProgram::stop() {
  const Device::Use use(*device_);
  drop_fence();
}

void GlProgram::drop_fence() {
  if (fence_ != nullptr)
    device_->gl().glDeleteSync(fence_);
  fence_ = nullptr;
}

namespace {

Result<void> availability() {
  GANLET_CHECK(Device::open(-1));
  return {};
}

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options) {
  GANLET_TRY(std::shared_ptr<Device> device, Device::open(options.device));
  auto program = std::make_unique<GlProgram>(std::move(graph), options, std::move(device));
  GANLET_CHECK(program->make_kernels());
  return program;
}

} // namespace

void pretend_loss(int device) {
  if (auto opened = Device::open(device))
    (*opened)->lose();
}

const Backend backend{"gl", "GPUs, by OpenGL 4.3", availability, can_run, Preferences{}, compile};

} // namespace ganlet::gl
