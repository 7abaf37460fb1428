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
      client.receive(answers.front());
  }
  void finish() {
    while (work())
      collect();
    collect();
  }

  /// Loads a model; nothing where that fails.
  std::shared_ptr<const RemoteModel> load(const std::string& path, const Engine& engine = {}) {
    std::shared_ptr<const RemoteModel> loaded = client.new_model();
    client.ask(JobKind::load, LoadJob{loaded->number, path, path, engine}, [&](Result<ModelFacts> known) {
      if (known)
        facts = std::move(*known);
      else
        loaded.reset();
    });
    finish();
    return loaded;
  }
  ModelFacts facts;
};

} // namespace ganlet::test
