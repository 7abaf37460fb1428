#include "graph/program.h"

#include <cassert>
#include <utility>

namespace ganlet {

Run& Run::operator=(Run&& other) noexcept {
  if (this != &other) {
    cancel();
    program_ = std::exchange(other.program_, nullptr);
    number_ = other.number_;
  }
  return *this;
}

Result<bool> Run::poll() {
  assert(program_);
  return program_->advance_run(number_, false);
}

Result<bool> Run::advance(bool may_block) {
  if (!may_block)
    return poll();
  GANLET_CHECK(finish());
  return true;
}

void Run::cancel() {
  if (program_)
    program_->cancel_run(number_);
}

std::span<const Buffer> Run::outputs() const {
  assert(program_ && program_->number_ == number_ && program_->state_ == Program::State::done);
  return program_->answers();
}

Result<Run> Program::start(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) {
  cancel_run(number_);
  state_ = State::idle;
  ++number_;
  GANLET_CHECK(begin(inputs, budget, wanted));
  state_ = State::running;
  return Run(*this, number_);
}

Result<bool> Program::advance_run(std::uint64_t number, bool may_block) {
  if (number != number_ || state_ == State::idle)
    return fail(ErrorCode::cancelled, "", "the run has ended");
  if (state_ == State::done)
    return true;
  auto done = advance(may_block);
  if (!done)
    state_ = State::idle;
  else if (*done)
    state_ = State::done;
  return done;
}

void Program::cancel_run(std::uint64_t number) {
  if (number != number_ || state_ != State::running)
    return;
  stop();
  state_ = State::idle;
}

Result<std::span<const TensorView>> Program::run(std::span<const TensorView> inputs) {
  Budget budget = options().run_budget();
  return run(inputs, budget);
}

Result<std::span<const TensorView>> Program::run(std::span<const TensorView> inputs, Budget& budget) {
  given_.clear();
  for (const TensorView& input : inputs)
    given_.push_back({input, nullptr});
  GANLET_TRY(Run run, start(given_, budget));
  GANLET_CHECK(run.finish());
  answered_.clear();
  for (const Buffer& output : run.outputs())
    answered_.push_back(output.view);
  return std::span<const TensorView>(answered_);
}

} // namespace ganlet
