#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "platform/platform.h"

namespace ganlet::platform {

/// Runs the background on its own thread, with a queue of messages in each direction. Destroying the object stops the
/// background's current work and ends the thread.
class BackgroundThread {
 public:
  using Make = std::function<std::unique_ptr<Background>(Send, const std::atomic<bool>* stop)>;

  /// `make` is called on the new thread. `answered` is called there after each answer, so it must be thread-safe.
  BackgroundThread(Make make, std::function<void()> answered)
      : make_(std::move(make)), answered_(std::move(answered)), thread_([this] { work_until_the_end(); }) {}
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;
  ~BackgroundThread() {
    {
      const std::scoped_lock lock(mutex_);
      ends_ = true;
    }
    wakes_.notify_all();
    thread_.join();
  }

  void send(std::vector<std::byte> message) {
    {
      const std::scoped_lock lock(mutex_);
      questions_.push_back(std::move(message));
    }
    wakes_.notify_all();
  }
  /// The answers since the last call, oldest first.
  std::vector<std::vector<std::byte>> take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(answers_, {});
  }

 private:
  void work_until_the_end() {
    const std::unique_ptr<Background> background = make_(
        [this](std::vector<std::byte> message) {
          {
            const std::scoped_lock lock(mutex_);
            answers_.push_back(std::move(message));
          }
          answered_();
        },
        &ends_);
    bool is_busy = false;
    std::unique_lock lock(mutex_);
    while (true) {
      wakes_.wait(lock, [&] { return is_busy || !questions_.empty() || ends_; });
      if (ends_)
        return;
      const std::vector<std::vector<std::byte>> questions = std::exchange(questions_, {});
      lock.unlock();
      for (const std::vector<std::byte>& question : questions)
        background->receive(question);
      is_busy = background->work();
      lock.lock();
    }
  }

  Make make_;
  std::function<void()> answered_;
  std::mutex mutex_; ///< guards the next three members, and the setting of `ends_`
  std::condition_variable wakes_;
  std::vector<std::vector<std::byte>> questions_, answers_;
  std::atomic<bool> ends_ = false;
  std::thread thread_; ///< last, so that the other members exist when it starts
};

} // namespace ganlet::platform
