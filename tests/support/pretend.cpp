#include "support/pretend.h"

#include <array>
#include <cstring>

#include "core/rng.h"
#include "core/text.h"
#include "graph/partition.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet::test {

Pretence pretence;

namespace {

std::int64_t pieces = 0;

/// Memory of the device: nobody but the program below looks into it.
class Memory final : public DeviceMemory {
 public:
  explicit Memory(std::size_t bytes) : bytes_(bytes + Tensor::slack) { ++pieces; }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() override { --pieces; }
  const void* device() const override { return &pieces; }
  std::byte* data() { return bytes_.data(); }

 private:
  std::vector<std::byte> bytes_;
};

class PretendProgram final : public Program {
 public:
  PretendProgram(Graph graph, const CompileOptions& options)
      : graph_(std::move(graph)), options_(options), rng_(pretence.seed) {
    for (Tensor& constant : graph_.constants) {
      constants_.push_back(uploaded(constant.view()));
      scales_.push_back(constant.scale);
      packed_bytes_ += static_cast<std::int64_t>(constant.bytes());
      if (!options.keep_constants)
        constant.drop_elements();
    }
  }

  const CompileOptions& options() const override { return options_; }
  const Graph& graph() const override { return graph_; }
  std::span<const double> node_milliseconds() const override { return {}; }
  ProgramBytes bytes() const override { return {0, packed_bytes_, 0}; }
  std::string_view runs_on(std::size_t) const override { return "pretend"; }

 private:
  static std::unique_ptr<Memory> uploaded(const TensorView& view) {
    auto memory = std::make_unique<Memory>(view.bytes());
    if (view.bytes() > 0)
      std::memcpy(memory->data(), view.data, view.bytes());
    return memory;
  }

  static tl::unexpected<Error> lost() { return fail(ErrorCode::device_lost, "", "the pretended device is lost"); }

  Result<void> begin(std::span<const Buffer> inputs, Budget&, std::span<const Place> wanted) override;
  Result<bool> advance(bool) override;
  void stop() override { forget(); }
  std::span<const Buffer> answers() const override { return outputs_; }

  Result<void> place_input(ValueId id, const Buffer& buffer);
  Result<void> dispatch(const Node& node);
  void finish();
  void forget() {
    memory_.clear();
    owned_.clear();
  }
  TensorView view(ValueId id) {
    return {graph_.values[id].type, shapes_[id], memory_[id]->data(),
            graph_.values[id].constant ? std::span<const float>(scales_[*graph_.values[id].constant])
                                       : std::span<const float>()};
  }

  Graph graph_;
  CompileOptions options_;
  Rng rng_;
  std::uint64_t drawn_ = 0;
  std::int64_t packed_bytes_ = 0;
  std::vector<std::unique_ptr<Memory>> constants_;
  std::vector<std::vector<float>> scales_;

  std::vector<Shape> shapes_;                    ///< by ValueId, for the batch of the run
  std::vector<Memory*> memory_;                  ///< by ValueId
  std::vector<std::unique_ptr<Memory>> owned_;   ///< of the run under way
  std::vector<std::unique_ptr<Memory>> answers_; ///< of the last run, where outputs stay on the device
  std::vector<Tensor> downloaded_;
  std::vector<Buffer> outputs_;
  std::vector<Place> wanted_;
  Budget* budget_ = nullptr; ///< of the run under way
  std::size_t next_ = 0;     ///< the node to be dispatched
  int polls_left_ = 0;       ///< until the dispatch before it is done
};

Result<void> PretendProgram::place_input(ValueId id, const Buffer& buffer) {
  if (buffer.device) {
    if (buffer.device->device() != &pieces)
      return fail(ErrorCode::invalid_argument, "", "an input is on another device");
    memory_[id] = static_cast<Memory*>(buffer.device);
    return {};
  }
  owned_.push_back(uploaded(buffer.view));
  memory_[id] = owned_.back().get();
  return {};
}

Result<void> PretendProgram::begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) {
  if (pretence.is_lost)
    return lost();
  GANLET_TRY(const std::int64_t batch, batch_of(graph_, inputs, options_.limits));
  forget();
  shapes_.clear();
  for (const Value& value : graph_.values) {
    GANLET_TRY(const Shape shape, resolve(value.shape, batch, options_.limits, value.name));
    shapes_.push_back(shape);
  }
  memory_.assign(graph_.values.size(), nullptr);
  for (std::size_t id = 0; id < graph_.values.size(); ++id)
    if (const auto constant = graph_.values[id].constant)
      memory_[id] = constants_[static_cast<std::size_t>(*constant)].get();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    GANLET_CHECK(place_input(graph_.inputs[i], inputs[i]));
  wanted_.assign(wanted.begin(), wanted.end());
  wanted_.resize(graph_.outputs.size());
  budget_ = &budget;
  next_ = 0;
  polls_left_ = static_cast<int>(rng_.below(static_cast<std::uint32_t>(pretence.most_polls + 1), drawn_++));
  return {};
}

Result<void> PretendProgram::dispatch(const Node& node) {
  if (pretence.is_lost_at && --*pretence.is_lost_at < 0)
    pretence.is_lost = true;
  if (pretence.is_lost)
    return lost();
  if (pretence.fails_at && --*pretence.fails_at < 0) {
    pretence.fails_at.reset();
    return fail(ErrorCode::unsupported, node.place, "the pretended dispatch failed");
  }
  std::vector<TensorView> inputs;
  for (const ValueId id : node.inputs)
    inputs.push_back(id == no_value ? TensorView{} : view(id));
  const TensorView shape_only{graph_.values[node.output].type, shapes_[node.output], nullptr, {}};
  owned_.push_back(std::make_unique<Memory>(shape_only.bytes()));
  memory_[node.output] = owned_.back().get();
  if (auto done = reference::evaluate(node.operation, inputs, view(node.output), *budget_); !done)
    return tl::unexpected<Error>(std::move(done).error().within(node.place));
  return {};
}

void PretendProgram::finish() {
  outputs_.clear();
  downloaded_.clear();
  downloaded_.reserve(graph_.outputs.size());
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const TensorView made = view(graph_.outputs[i]);
    if (wanted_[i] == Place::device) {
      outputs_.push_back({{made.type, made.shape, nullptr, {}}, memory_[graph_.outputs[i]]});
      continue;
    }
    Tensor& tensor = downloaded_.emplace_back(made.type, made.shape);
    if (made.bytes() > 0)
      std::memcpy(tensor.view().data, made.data, made.bytes());
    outputs_.push_back({tensor.view(), nullptr});
  }
  answers_ = std::move(owned_);
  forget();
}

Result<bool> PretendProgram::advance(bool) {
  while (polls_left_ == 0) {
    if (next_ == graph_.nodes.size()) {
      finish();
      return true;
    }
    if (auto done = dispatch(graph_.nodes[next_++]); !done) {
      forget();
      return tl::unexpected<Error>(std::move(done).error());
    }
    polls_left_ = static_cast<int>(rng_.below(static_cast<std::uint32_t>(pretence.most_polls + 1), drawn_++));
  }
  --polls_left_;
  return false;
}

/// By the operation's name, so that a seed takes one half of all that there are. Seeds of pictures stay on the host.
Result<void> runs(const Graph&, const Node& node) {
  if (std::holds_alternative<op::Random>(node.operation))
    return fail(ErrorCode::unsupported, node.place, "random numbers are drawn on the host");
  std::uint64_t hash = 14695981039346656037U ^ pretence.seed; // FNV-1a
  for (const char letter : op::names_of(node.operation).name)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
  if ((hash >> 32) % 2 != 0)
    return fail(ErrorCode::unsupported, node.place, "the seed says so");
  return {};
}

Result<std::unique_ptr<Program>> compile_on_device(Graph graph, const CompileOptions& options) {
  return std::unique_ptr<Program>(std::make_unique<PretendProgram>(std::move(graph), options));
}

Result<void> is_available() {
  return {};
}

} // namespace

std::int64_t pretended_pieces() {
  return pieces;
}

const Backend pretended_device{"pretend", "for tests", is_available, runs, Preferences{}, compile_on_device};

const Backend pretend{
    "pretend", "for tests", is_available, runs, Preferences{}, [](Graph graph, const CompileOptions& options) {
      static constexpr std::array<const Backend*, 2> order{&pretended_device, &reference::backend};
      return compile_parts(std::move(graph), order, options);
    }};

const Backend pretend_before_xnn{
    "pretend", "for tests", is_available, runs, Preferences{}, [](Graph graph, const CompileOptions& options) {
      static constexpr std::array<const Backend*, 2> order{&pretended_device, &xnn::backend};
      return compile_parts(std::move(graph), order, options);
    }};

} // namespace ganlet::test
