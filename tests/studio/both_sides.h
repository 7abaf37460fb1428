#pragma once

#include <deque>
#include <string>

#include "studio/client.h"
#include "studio/worker.h"

namespace ganlet::test {

using namespace studio;

/// A client and its worker, taking turns.
struct BothSides {
  using Messages = std::deque<std::vector<std::byte>>;
  Messages questions, answers;
  std::vector<Reply> replies; ///< that the client has taken
  Client client{[this](std::vector<std::byte> message) { questions.push_back(std::move(message)); }};
  Worker worker{[this](std::vector<std::byte> message) { answers.push_back(std::move(message)); }};

  /// The worker gets what was asked, and works for a slice.
  bool work() {
    for (; !questions.empty(); questions.pop_front())
      worker.receive(questions.front());
    return worker.work();
  }
  /// The client gets what was answered.
  void collect() {
    for (; !answers.empty(); answers.pop_front())
      if (std::optional<Reply> reply = client.receive(answers.front()))
        replies.push_back(std::move(*reply));
  }
  void finish() {
    while (work())
      collect();
    collect();
  }

  void ask(JobKind kind, Job job) { client.ask(kind, 0, std::move(job)); }
  /// Asks, and works until the answer is there.
  template <typename J> Result<typename J::Answer> answer(JobKind kind, J job) {
    ask(kind, std::move(job));
    finish();
    return std::get<Result<typename J::Answer>>(std::move(replies.back().answer));
  }
  /// The kinds of the replies, in their order.
  std::vector<JobKind> kinds() const {
    std::vector<JobKind> out;
    for (const Reply& reply : replies)
      out.push_back(reply.kind);
    return out;
  }

  /// Loads a model; null if that fails.
  std::shared_ptr<const RemoteModel> load(const std::string& path, const Engine& engine = {}) {
    std::shared_ptr<const RemoteModel> loaded = client.new_model();
    Result<ModelFacts> known = answer(JobKind::load, LoadJob{loaded->number, path, path, engine});
    replies.clear();
    if (!known)
      return nullptr;
    facts = std::move(*known);
    return loaded;
  }
  ModelFacts facts;
};

} // namespace ganlet::test
