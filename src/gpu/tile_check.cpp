#include "gpu/tile_check.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace ganlet::gpu {

namespace {

constexpr std::int64_t tested_side = 16, tested_channels = 64, largest_batch = 64;
constexpr ValueId tested_layers = 4;
constexpr double long_time = 5; // milliseconds

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Small numbers, of which sums of products stay small.
Tensor some_numbers(const Shape& shape) {
  Tensor tensor(DataType::float32, shape);
  int next = 0;
  for (float& number : tensor.as<float>())
    number = 0.01F * static_cast<float>(next++ % 7 - 3);
  return tensor;
}

/// Convolutions such as generators have many of, each of the result of the one before.
Graph convolutions() {
  Graph graph;
  const SymbolicShape images{{1, true}, {tested_side, false}, {tested_side, false}, {tested_channels, false}};
  for (ValueId id = 0; id <= tested_layers; ++id)
    graph.values.push_back({"images", DataType::float32, images, false, std::nullopt});
  const ValueId weights = tested_layers + 1;
  graph.values.push_back({"weights",
                          DataType::float32,
                          {{tested_channels, false}, {3, false}, {3, false}, {tested_channels, false}},
                          false,
                          0});
  graph.constants.push_back(some_numbers({tested_channels, 3, 3, tested_channels}));
  graph.inputs = {0};
  graph.outputs = {tested_layers};
  const op::Convolution operation{{{3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}}, 1, {}};
  for (ValueId id = 0; id < tested_layers; ++id)
    graph.nodes.push_back({operation, {id, weights}, id + 1, "tile check"});
  return graph;
}

} // namespace

TileCheck::TileCheck(const Backend& backend, const CompileOptions& options, std::string name, Evaluate evaluate)
    : backend_(&backend), options_(options), name_(std::move(name)), evaluate_(evaluate) {}

CompileOptions TileCheck::options_for(int tile) const {
  CompileOptions options = options_;
  options.kernels.tile = tile;
  return options;
}

TileSpeeds TileCheck::speeds() const {
  TileSpeeds speeds{1, 0, 0};
  for (std::size_t tile = 1; tile < kinds; ++tile)
    if (costs_[0] > 0 && costs_[tile] > 0)
      speeds[tile] = static_cast<float>(costs_[0] / costs_[tile]);
  return speeds;
}

/// A tile that fails isn't used.
Result<bool> TileCheck::advance(bool may_block) {
  for (; tile_ < kinds; ++tile_) {
    const Result<bool> done = advance_tile(may_block);
    if (done && !*done)
      return false;
    if (!done && done.error().code() == ErrorCode::device_lost)
      return fail(ErrorCode::device_lost, done.error().place(), done.error().message());
    check_.reset();
    run_.reset();
    program_.reset();
  }
  return true;
}

/// Whether all is known of the tile.
Result<bool> TileCheck::advance_tile(bool may_block) {
  if (!check_ && !program_)
    begin_check();
  if (check_) {
    GANLET_TRY(const bool is_checked, check_->advance(may_block));
    if (!is_checked || !check_->faults().empty())
      return is_checked;
    check_.reset();
    GANLET_TRY(program_, backend_->compile(convolutions(), options_for(tile_)));
  }
  for (;;) {
    if (!run_)
      GANLET_CHECK(begin_run());
    GANLET_TRY(const bool is_done, run_->advance(may_block));
    if (!is_done)
      return false;
    run_.reset();
    if (is_known_after(now() - began_))
      return true;
  }
}

/// Of the operations that tiles are for, also cut into parts.
void TileCheck::begin_check() {
  CompileOptions options = options_for(tile_);
  options.kernels.parts = 2;
  const auto is_tiled = [](std::size_t operation) {
    return operation == op::Any(op::Convolution{}).index() || operation == op::Any(op::TransposedConvolution{}).index();
  };
  check_.emplace(*backend_, options, name_, evaluate_, is_tiled);
  forget_runs();
}

bool TileCheck::is_large() const {
  constexpr std::array<bool, all_runs> large{false, false, true, true, false, true};
  return large[static_cast<std::size_t>(runs_)];
}

Result<void> TileCheck::begin_run() {
  const std::int64_t batch = is_large() ? large_ : large_ / 4;
  images_ = some_numbers({batch, tested_side, tested_side, tested_channels});
  const Buffer given{images_.view(), nullptr};
  budget_ = options_.run_budget();
  const Place wanted = Place::device; // so that nothing is read back
  GANLET_TRY(run_, program_->start(std::span(&given, 1), budget_, std::span(&wanted, 1)));
  began_ = now(); // the images are there
  return {};
}

/// The difference of a large and a small batch is what the work costs without handing it over; a device that takes
/// long for a small one needs no other. Batches grow until the large one is worth measuring.
bool TileCheck::is_known_after(double milliseconds) {
  double& best = is_large() ? best_large_ : best_small_;
  if (runs_ != 0 && runs_ != 2) // those make buffers, and compile
    best = std::min(best, milliseconds);
  ++runs_;
  const bool is_slow = runs_ == 2 && best_small_ > long_time;
  if (!is_slow && runs_ < all_runs)
    return false;
  if (!is_slow && tile_ == 0 && large_ < largest_batch && best_large_ < 1.5 * best_small_) {
    large_ *= 4;
    forget_runs();
    return false;
  }
  costs_[static_cast<std::size_t>(tile_)] =
      is_slow ? best_small_ / static_cast<double>(large_ / 4)
              : std::max(best_large_ - best_small_, 1e-3) / static_cast<double>(large_ - large_ / 4);
  return true;
}

void TileCheck::forget_runs() {
  runs_ = 0;
  best_small_ = best_large_ = std::numeric_limits<double>::infinity();
}

} // namespace ganlet::gpu
