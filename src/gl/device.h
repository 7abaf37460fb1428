#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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
  /// From now on the number `CompileOptions::of_window` is the GPU of the OpenGL context that this thread uses, and
  /// shares its textures. The context must be there as long as the device. Errors: unsupported, in a sentence.
  static Result<void> share_current_context();
  ~Device() override;

  bool is_lost() override;
  /// As if the driver had lost it.
  void lose() { lost_ = true; }
  /// As if this kernel computed nothing; none if the name is empty.
  void pretend_fault(std::string kernel) { broken_kernel_ = std::move(kernel); }
  void pretend_software(bool is_software) { is_software_ = is_software; }
  /// How many of its programs were found in the user's folder for caches.
  int kept_programs() const { return kept_programs_; }
  /// The GPU and the version of its driver.
  const std::string& driver() const { return driver_; }

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
  bool has_clock() const override { return has_clock_; }
  void note_time(std::size_t moment) override;
  std::int64_t nanoseconds(std::size_t moment) override;

  /// An RGBA texture of the contexts that share.
  unsigned make_texture(int width, int height);
  void free_texture(unsigned texture);
  /// Fills a texture with the pixels that kernels have written.
  void fill_texture(unsigned texture, int width, int height, const Range& pixels);

 private:
  struct Candidate {
    Handle display = nullptr;
    bool is_software = false;
    Handle shared = nullptr; ///< a context whose textures are shared
  };
  struct Opened;
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
  static Opened& opened();
  static std::vector<Candidate> candidates(const Api& api);
  static Result<std::vector<Candidate>> candidates_for(const Api& api, int number);
  static Result<std::shared_ptr<Device>> open_now(int number);
  Result<Handle> config_for(const Candidate& candidate, const char* extensions) const;
  Result<void> make_context(const Candidate& candidate);
  Result<void> look_at_limits();
  std::string kept_key(const shaders::Shader& shader) const;
  std::optional<unsigned> kept_program(const shaders::Shader& shader);
  void keep_program(const shaders::Shader& shader, unsigned program) const;
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
  std::string driver_, broken_kernel_;
  std::map<const shaders::Shader*, unsigned> programs_;
  int kept_programs_ = 0; ///< those that needn't be compiled
  bool has_clock_ = false, has_binaries_ = false;
  std::vector<unsigned> queries_; ///< by moment
  std::vector<Read> reads_;       ///< for the next `submit`
  std::vector<Slice> slices_;     ///< by ticket, from 1
};

} // namespace ganlet::gl
