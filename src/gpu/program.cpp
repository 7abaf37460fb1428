#include "gpu/program.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "graph/cost.h"

namespace ganlet::gpu {

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

GpuProgram::GpuProgram(Graph graph, const CompileOptions& options, std::shared_ptr<Device> device)
    : graph_(std::move(graph)), options_(options), device_(std::move(device)), steps_(steps_of(graph_)),
      planned_(planned_graph()), constants_(graph_) {
  for (const ValueId id : graph_.outputs)
    outputs_.emplace_back().id = id;
  answers_.resize(outputs_.size());
  if (options_.profile)
    milliseconds_.resize(graph_.nodes.size());
}

GpuProgram::~GpuProgram() {
  const Device::Use use(*device_);
  drop_slice();
  for (Block& block : blocks_)
    release(block);
  release(uniforms_);
}

/// What a step reads from elsewhere lives until its last node, where the step runs.
Graph GpuProgram::planned_graph() const {
  Graph planned;
  planned.values = graph_.values;
  for (Value& value : planned.values)
    if (value.type == DataType::boolean)
      value.type = DataType::float32; // as kernels have it
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

Result<void> GpuProgram::make_kernels() {
  const Device::Use use(*device_);
  if (device_->is_lost())
    return lost();
  GANLET_CHECK(pack());
  for (const MadeKernel& kernel : kernels_)
    GANLET_CHECK(device_->compile(kernel->shader()));
  for (const Memory memory : {Memory::weights, Memory::values})
    GANLET_CHECK(fill(block(memory), constants_.bytes(memory)));
  constants_.forget_bytes();
  if (!options_.keep_constants)
    for (std::size_t id = 0; id < graph_.values.size(); ++id)
      if (graph_.values[id].constant &&
          std::ranges::find(graph_.outputs, static_cast<ValueId>(id)) == graph_.outputs.end())
        graph_.constants[index_of(*graph_.values[id].constant)].drop_elements();
  return {};
}

Result<void> GpuProgram::pack() {
  Budget budget = options_.load_budget();
  GANLET_CHECK(budget.take(packing_units(graph_)));
  const Tuning tuning{device_->tile_speeds(), !device_->is_software(), device_->most_bytes(), options_.kernels};
  const Making making{graph_, constants_, indices_, tuning};
  for (const std::vector<std::size_t>& step : steps_) {
    kernels_.push_back(make_kernel(making, step));
    if (constants_.all_bytes() > options_.limits.constant_bytes)
      return fail(ErrorCode::limit_exceeded, graph_.nodes[step[0]].place,
                  concat("weights take more than ", options_.limits.constant_bytes, " bytes on the GPU"));
  }
  if (constants_.largest() > device_->most_bytes())
    return fail(ErrorCode::limit_exceeded, "graph",
                concat("weights of ", constants_.largest(), " bytes; ", printable(device_->name()), " binds at most ",
                       device_->most_bytes()));
  return {};
}

ProgramBytes GpuProgram::bytes() const {
  const auto held = [&](Memory memory) { return blocks_[static_cast<std::size_t>(memory)].bytes; };
  ProgramBytes bytes{0, held(Memory::weights) + held(Memory::values), held(Memory::arena) + uniforms_.bytes};
  for (const Tensor& constant : graph_.constants)
    if (constant.has_elements())
      bytes.constants += static_cast<std::int64_t>(constant.bytes() + constant.scale.size() * sizeof(float));
  return bytes;
}

tl::unexpected<Error> GpuProgram::lost() const {
  return fail(ErrorCode::device_lost, device_->api(), concat(printable(device_->name()), " was lost"));
}

/// Makes a new block if it has fewer bytes, or more than twice as many.
Result<void> GpuProgram::reserve(Block& block, std::int64_t bytes, bool is_constant) {
  bytes = std::max(aligned(bytes), Device::alignment);
  if (bytes <= block.bytes && bytes >= block.bytes / 2)
    return {};
  release(block);
  GANLET_TRY(block.buffer, device_->allocate(bytes, is_constant));
  block.bytes = bytes;
  return {};
}

Result<void> GpuProgram::fill(Block& block, std::span<const std::byte> bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  GANLET_CHECK(reserve(block, size, true));
  if (size > 0)
    device_->write({block.buffer, 0, size}, bytes.data());
  return {};
}

void GpuProgram::release(Block& block) {
  if (block.buffer != 0)
    device_->free(block.buffer);
  block = {};
}

/// The inputs' places behind the plan, and then those of indices.
Recorder::Places GpuProgram::place_inputs(const MemoryPlan& plan) const {
  Recorder::Places places;
  places.end = plan.bytes;
  places.inputs.resize(graph_.values.size());
  const auto place = [&](ValueId id) {
    const std::int64_t count = std::max<std::int64_t>(plan.shape[index_of(id)].elements(), 4);
    const Binding placed{Memory::arena, places.end, (4 * count + 15) / 16 * 16};
    places.end += aligned(4 * count);
    return placed;
  };
  for (const ValueId id : graph_.inputs)
    places.inputs[index_of(id)] = place(id).offset;
  for (const IndexInput& index : indices_)
    places.indices.push_back(place(index.input));
  return places;
}

Result<void> GpuProgram::check_values(const MemoryPlan& plan) const {
  for (std::size_t id = 0; id < graph_.values.size(); ++id)
    if (plan.shape[id].elements() > device_->most_bytes() / 4 - 4)
      return fail(ErrorCode::limit_exceeded, concat("value '", printable(graph_.values[id].name), "'"),
                  concat(plan.shape[id].elements(), " numbers; ", printable(device_->name()), " binds at most ",
                         device_->most_bytes(), " bytes"));
  return {};
}

Result<void> GpuProgram::record(Recorder& recorder, const MemoryPlan& plan, std::int64_t batch) {
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    recorder.begin_step(step, plan.units[step]);
    kernels_[step]->record(recorder);
    if (!recorder.fits())
      return fail(ErrorCode::limit_exceeded, planned_.nodes[step].place,
                  concat("too large for indices of 32 bits with a batch of ", batch));
  }
  if (recorder.arena_bytes() > options_.limits.working_bytes)
    return fail(ErrorCode::limit_exceeded, "graph",
                concat("more than ", options_.limits.working_bytes, " bytes of working memory are needed"));
  for (const Dispatch& dispatch : recorder.dispatches)
    GANLET_CHECK(device_->compile(*dispatch.shader));
  return {};
}

Result<void> GpuProgram::prepare(std::int64_t batch) {
  batch_ = -1;
  GANLET_TRY(const MemoryPlan plan, plan_memory(planned_, batch, options_.limits, Device::alignment));
  GANLET_CHECK(check_values(plan));
  places_ = place_inputs(plan);
  Recorder recorder(device_->slice_units(), plan, graph_, constants_, places_);
  GANLET_CHECK(record(recorder, plan, batch));
  GANLET_CHECK(reserve(block(Memory::arena), recorder.arena_bytes(), false));
  GANLET_CHECK(fill(uniforms_, recorder.uniforms));
  dispatches_ = std::move(recorder.dispatches);
  work_.assign(graph_.nodes.size(), {});
  for (std::size_t step = 0; step < recorder.work.size(); ++step)
    work_[steps_[step][0]] = recorder.work[step];
  units_ = plan.units;
  place_outputs(plan);
  batch_ = batch;
  return {};
}

void GpuProgram::place_outputs(const MemoryPlan& plan) {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    const std::size_t id = index_of(output.id);
    const TensorView view{graph_.values[id].type, plan.shape[id], nullptr, {}};
    const std::int64_t bytes =
        view.type == DataType::boolean ? 4 * view.shape.elements() : static_cast<std::int64_t>(view.bytes());
    output.bytes.resize(static_cast<std::size_t>(std::max<std::int64_t>(bytes, 1)));
    output.memory.owner = device_.get();
    output.memory.range = {};
    if (plan.offset[id] != MemoryPlan::unplanned)
      output.memory.range = {block(Memory::arena).buffer, plan.offset[id], bytes};
    answers_[i].view = view;
  }
}

Result<void> GpuProgram::begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) {
  GANLET_TRY(const std::int64_t batch, batch_of(graph_, inputs, options_.limits));
  const Device::Use use(*device_);
  if (device_->is_lost())
    return lost();
  drop_slice();
  if (batch != batch_)
    GANLET_CHECK(prepare(batch));
  GANLET_CHECK(check_budget(planned_, units_, budget));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    GANLET_CHECK(upload(i, inputs[i]));
  GANLET_CHECK(upload_indices(inputs));
  answer(inputs, wanted);
  budget_ = &budget;
  next_ = 0;
  return {};
}

/// Says where the outputs will be, and copies those that no dispatch writes.
void GpuProgram::answer(std::span<const Buffer> inputs, std::span<const Place> wanted) {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    const bool stays = i < wanted.size() && wanted[i] == Place::device && output.memory.range.buffer != 0;
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
}

Result<void> GpuProgram::upload(std::size_t index, const Buffer& input) {
  const ValueId id = graph_.inputs[index];
  const DataType type = graph_.values[index_of(id)].type;
  if ((type != DataType::float32 && type != DataType::boolean) || input.view.bytes() == 0)
    return {}; // indices are uploaded by their readers
  const Range to{block(Memory::arena).buffer, places_.inputs[index_of(id)], 4 * input.view.shape.elements()};
  if (!input.device && type == DataType::boolean) {
    const auto given = input.view.as<std::uint8_t>();
    truths_.assign(given.begin(), given.end());
    device_->write(to, truths_.data());
    return {};
  }
  if (!input.device) {
    device_->write(to, input.view.data);
    return {};
  }
  if (input.device->device() != device_.get())
    return fail(ErrorCode::invalid_argument, concat("input '", printable(graph_.values[index_of(id)].name), "'"),
                "lies on another device");
  device_->copy(static_cast<const ArenaMemory*>(input.device)->range, to);
  return {};
}

/// A Gather's indices are checked as the reference does.
Result<void> GpuProgram::upload_indices(std::span<const Buffer> inputs) {
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
    const auto bytes = static_cast<std::int64_t>(4 * index_words_.size());
    device_->write({block(Memory::arena).buffer, places_.indices[i].offset, bytes}, index_words_.data());
  }
  return {};
}

Result<bool> GpuProgram::advance(bool may_block) {
  const Device::Use use(*device_);
  if (device_->is_lost()) {
    drop_slice();
    return lost();
  }
  for (;;) {
    GANLET_TRY(const bool done, is_slice_done(may_block));
    if (done && next_ == dispatches_.size())
      narrow_truths();
    if (!done || next_ == dispatches_.size())
      return done;
    GANLET_CHECK(submit_slice());
    if (!may_block)
      return false; // a software rasteriser computes while it is handed the work: one slice is enough for a poll
  }
}

Result<bool> GpuProgram::is_slice_done(bool may_block) {
  if (slice_ == 0)
    return true;
  Result<bool> done = device_->is_done(slice_, may_block);
  if (done && !*done) {
    if (auto stopped = budget_->check(0); !stopped) {
      drop_slice();
      return tl::unexpected<Error>(std::move(stopped).error());
    }
    return false;
  }
  slice_ = 0;
  if (done)
    take_times();
  if (!done) { // perhaps because memory ran out: the next run makes new buffers
    batch_ = -1;
    release(block(Memory::arena));
    release(uniforms_);
  }
  return done;
}

/// What the device's clock says of the slice that is done.
void GpuProgram::take_times() {
  if (!options_.profile || !device_->has_clock())
    return;
  for (std::size_t i = slice_begin_; i < next_; ++i)
    milliseconds_[steps_[dispatches_[i].step][0]] +=
        static_cast<double>(device_->nanoseconds(i + 1) - device_->nanoseconds(i)) / 1e6;
}

/// Submits as many dispatches as take some 20 ms, and behind the last one asks for the outputs.
Result<void> GpuProgram::submit_slice() {
  using Clock = std::chrono::steady_clock;
  std::int64_t units = 0;
  slice_begin_ = next_;
  if (next_ == 0)
    std::ranges::fill(milliseconds_, 0);
  while (next_ < dispatches_.size() && (units == 0 || units + dispatches_[next_].units <= device_->slice_units())) {
    const Dispatch& dispatch = dispatches_[next_];
    if (auto taken = budget_->take(dispatch.units); !taken) {
      device_->forget(device_->submit());
      return tl::unexpected<Error>(std::move(taken).error().within(planned_.nodes[dispatch.step].place));
    }
    units += std::max<std::int64_t>(dispatch.units, 1);
    const bool by_device = options_.profile && device_->has_clock();
    const Clock::time_point start = options_.profile && !by_device ? Clock::now() : Clock::time_point{};
    if (by_device && next_ == slice_begin_)
      device_->note_time(next_);
    submit(dispatch);
    ++next_;
    if (by_device) {
      device_->note_time(next_);
    } else if (options_.profile) {
      device_->finish();
      milliseconds_[steps_[dispatch.step][0]] +=
          std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
  }
  if (next_ == dispatches_.size())
    read_outputs();
  slice_ = device_->submit();
  return {};
}

void GpuProgram::submit(const Dispatch& dispatch) {
  std::array<Range, Dispatch::most_bindings> ranges;
  const std::span<Range> bound = std::span(ranges).first(dispatch.shader->bindings);
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const Binding& binding = dispatch.bindings[i];
    bound[i] = {block(binding.memory).buffer, binding.offset, binding.bytes};
  }
  device_->dispatch(*dispatch.shader, {uniforms_.buffer, dispatch.uniforms, dispatch.uniform_bytes}, bound,
                    dispatch.columns, dispatch.rows);
}

/// Reads back those that don't stay.
void GpuProgram::read_outputs() {
  for (std::size_t i = 0; i < outputs_.size(); ++i)
    if (const Range& range = outputs_[i].memory.range; !answers_[i].device && range.buffer != 0 && range.bytes > 0)
      device_->read(range, outputs_[i].bytes.data());
}

/// What was read back as floats becomes bytes.
void GpuProgram::narrow_truths() {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    if (answers_[i].view.type != DataType::boolean || answers_[i].device || output.memory.range.buffer == 0)
      continue;
    for (std::size_t at = 0; at < output.bytes.size() / 4; ++at) {
      float truth = 0;
      std::memcpy(&truth, &output.bytes[4 * at], 4);
      output.bytes[at] = std::byte{truth != 0};
    }
  }
}

void GpuProgram::stop() {
  const Device::Use use(*device_);
  drop_slice();
}

void GpuProgram::drop_slice() {
  if (slice_ != 0)
    device_->forget(slice_);
  slice_ = 0;
}

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options, std::shared_ptr<Device> device) {
  auto program = std::make_unique<GpuProgram>(std::move(graph), options, std::move(device));
  GANLET_CHECK(program->make_kernels());
  return program;
}

} // namespace ganlet::gpu
