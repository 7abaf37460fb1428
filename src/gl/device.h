#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "gl/api.h"
#include "gpu/device.h"

namespace ganlet::gl {

using gpu::BufferId;
using gpu::Range;
using gpu::Ticket;

/// A GPU with an OpenGL context of its own, which draws on no screen.
class Device final : public gpu::Device {
 public:
  /// The GPU with this number; -1 is the first real one, or a software rasteriser if there is none. Real ones come
  /// first in the order. Opened once for a process, and again after a loss. Errors: unsupported, in a sentence.
  static Result<std::shared_ptr<Device>> open(int number);
  ~Device() override;

  bool is_lost() override;
  /// As if the driver had lost it.
  void lose() { lost_ = true; }

  Result<BufferId> allocate(std::int64_t bytes, bool is_constant) override;
  void free(BufferId buffer) override;
  void write(const Range& to, const void* data) override;
  void copy(const Range& from, const Range& to) override;
  Result<void> compile(const shaders::Shader& shader) override;
  void dispatch(const shaders::Shader& shader, const Range& uniforms, std::span<const Range> bindings,
                std::uint32_t columns, std::uint32_t rows) override;
  void read(const Range& from, std::byte* to) override;
  Ticket submit() override;
  Result<bool> is_done(Ticket ticket, bool may_block) override;
  void forget(Ticket ticket) override;
  void finish() override;

 private:
  struct Candidate {
    Handle display = nullptr;
    bool is_software = false;
  };
  struct Read {
    Range from;
    std::byte* to = nullptr;
  };
  /// Work that was submitted. Places of work that is over are used again, so that running takes no memory.
  struct Slice {
    Handle fence = nullptr; ///< null: over
    std::vector<Read> reads;
  };

  explicit Device(const Api& api) : gl_(api) { api_ = "gl"; }
  static std::vector<Candidate> candidates(const Api& api);
  static Result<std::shared_ptr<Device>> open_now(int number);
  Result<void> make_context(const Candidate& candidate);
  Result<void> look_at_limits();
  Result<unsigned> compiled(const shaders::Shader& shader) const;
  void enter() override;
  void leave() override;

  Api gl_;
  Handle display_ = nullptr;
  Handle context_ = nullptr;
  std::mutex mutex_;
  /// What the thread that has the device used before.
  Handle before_display_ = nullptr, before_context_ = nullptr, before_draw_ = nullptr, before_read_ = nullptr;
  std::atomic<bool> lost_ = false;
  std::map<std::string_view, unsigned> programs_; ///< by the shader's name
  std::vector<Read> reads_;                       ///< for the next `submit`
  std::vector<Slice> slices_;                     ///< by ticket, from 1
};

} // namespace ganlet::gl
