#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gl/api.h"
#include "shaders/shader.h"

namespace ganlet::gl {

/// A GPU with an OpenGL context of its own, which draws on no screen. Programs share it, on any thread, one at a time.
class Device {
 public:
  /// Offsets of what is bound are multiples of it: WebGPU's rule, and the most that OpenGL asks for.
  static constexpr std::int64_t alignment = 256;

  /// The GPU with this number; -1 is the first real one, or a software rasteriser if there is none. Real ones come
  /// first in the order. Opened once for a process, and again after a loss. Errors: unsupported, in a sentence.
  static Result<std::shared_ptr<Device>> open(int number);

  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();

  /// While it exists, the thread has the device, and `gl` may be called.
  class Use {
   public:
    explicit Use(Device& device);
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use();

   private:
    Device& device_;
    std::lock_guard<std::mutex> lock_;
    Handle before_display_, before_context_, before_draw_, before_read_;
  };

  const Api& gl() const { return api_; }
  const std::string& name() const { return name_; }
  bool is_software() const { return is_software_; }
  /// The most bytes that a kernel may see of one buffer.
  std::int64_t most_bytes() const { return most_bytes_; }
  /// How much of a run is handed over at once, in units of a budget: about 20 ms.
  std::int64_t slice_units() const;

  /// The kernel, compiled at its first use. Errors: unsupported, with the driver's log and the shader's file as the
  /// place. To be called in a Use.
  Result<unsigned> compiled(const shaders::Shader& shader);

  /// True once the driver says so, or `lose` did. Nothing made on the device works any more then.
  bool is_lost();
  /// As if the driver had lost it.
  void lose() { lost_ = true; }

 private:
  struct Candidate {
    Handle display = nullptr;
    bool is_software = false;
  };
  explicit Device(const Api& api) : api_(api) {}
  static std::vector<Candidate> candidates(const Api& api);
  static Result<std::shared_ptr<Device>> open_now(int number);
  Result<void> make_context(const Candidate& candidate);
  Result<void> look_at_limits();

  Api api_;
  Handle display_ = nullptr;
  Handle context_ = nullptr;
  std::mutex mutex_;
  std::string name_;
  bool is_software_ = false;
  std::int64_t most_bytes_ = 0;
  std::atomic<bool> lost_ = false;
  std::map<std::string_view, unsigned> programs_; ///< by the shader's name
};

} // namespace ganlet::gl
