#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "studio/job.h"

/// What the interface and the worker send each other.
namespace ganlet::studio {

struct Ask {
  JobKind kind{};
  std::uint64_t task = 0; ///< tells answers apart
  Job job;
};
struct Cancel {
  JobKind kind{};
};
/// Nobody draws with the model any more.
struct Forget {
  ModelNumber model = 0;
};
using Question = std::variant<Ask, Cancel, Forget>;

struct Reply {
  JobKind kind{};
  std::uint64_t task = 0;
  bool is_last = false;          ///< of this task
  std::vector<std::byte> answer; ///< Result<Answer> of the job, as bytes
};

std::vector<std::byte> to_bytes(const Question& question);
std::vector<std::byte> to_bytes(const Reply& reply);
/// Nothing where the bytes aren't all of one message.
std::optional<Question> question_of(std::span<const std::byte> bytes);
std::optional<Reply> reply_of(std::span<const std::byte> bytes);

template <typename J> std::vector<std::byte> answer_to_bytes(const Result<typename J::Answer>& answer);
template <typename J> Result<typename J::Answer> answer_of(std::span<const std::byte> bytes);

} // namespace ganlet::studio
