#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/error.h"
#include "shaders/shader.h"

/// What GPUs of all APIs have in common: how networks become calls of the kernels in shaders/.
namespace ganlet::gpu {

using BufferId = std::uint32_t; ///< 0: none
using Ticket = std::uint32_t;   ///< of submitted work; 0: none

/// Some bytes of a buffer; both numbers are multiples of 4.
struct Range {
  BufferId buffer = 0;
  std::int64_t offset = 0, bytes = 0;
};

/// How fast a device computes convolutions by each kind of tile (KernelChoice::tile), compared with the first one; 0:
/// it is wrong or wasn't measured, and isn't used.
using TileSpeeds = std::array<float, 3>;

/// A GPU through one API. Work is collected until `submit`, and runs in the order in which it was asked for. Programs
/// share a device, on any thread, one at a time.
class Device {
 public:
  /// Offsets of what is bound are multiples of it: WebGPU's rule, and the most that OpenGL asks for.
  static constexpr std::int64_t alignment = 256;

  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  /// While it exists, the thread has the device, and everything below but the facts may be called.
  class Use {
   public:
    explicit Use(Device& device) : device_(device) { device_.enter(); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { device_.leave(); }

   private:
    Device& device_;
  };

  const std::string& api() const { return api_; } ///< the backend's name
  const std::string& name() const { return name_; }
  bool is_software() const { return is_software_; }
  /// The most bytes that a kernel may see of one buffer.
  std::int64_t most_bytes() const { return most_bytes_; }
  /// How much of a run is handed over at once, in units of a budget: about 20 ms.
  std::int64_t slice_units() const {
    // A software rasteriser was measured to do about 10^9 units a second on one core, a small GPU does some 10^11.
    return is_software_ ? std::int64_t{1} << 24 : std::int64_t{1} << 30;
  }

  const TileSpeeds& tile_speeds() const { return tile_speeds_; }
  /// What was measured of the device, which programs that are compiled from now on use.
  void set_tile_speeds(const TileSpeeds& speeds) { tile_speeds_ = speeds; }

  /// True once the driver says so. Nothing made on the device works any more then.
  virtual bool is_lost() = 0;

  /// `is_constant`: whether it is written once. Errors: limit_exceeded.
  virtual Result<BufferId> allocate(std::int64_t bytes, bool is_constant) = 0;
  virtual void free(BufferId buffer) = 0;
  virtual void write(const Range& to, const void* data) = 0;
  /// Between different buffers; sizes are equal.
  virtual void copy(const Range& from, const Range& to) = 0;

  /// Compiles a kernel at its first use. Errors: unsupported, with the driver's log and the shader's file as the place.
  /// A driver may tell of them only when work is done.
  virtual Result<void> compile(const shaders::Shader& shader) = 0;
  /// One call of a kernel that has been compiled: `bindings` are as many as it has.
  virtual void dispatch(const shaders::Shader& shader, const Range& uniforms, std::span<const Range> bindings,
                        std::uint32_t columns, std::uint32_t rows) = 0;
  /// Writes bytes of a buffer to `to` when the work that is submitted next is done.
  virtual void read(const Range& from, std::byte* to) = 0;

  virtual Ticket submit() = 0;
  /// Whether that work is done. With `may_block` it waits a little. The ticket is void when it is done, and after an
  /// error: device_lost; unsupported or limit_exceeded if the driver refused some of it, and nothing was read.
  virtual Result<bool> is_done(Ticket ticket, bool may_block) = 0;
  /// The work may go on, but what it was to read isn't written any more.
  virtual void forget(Ticket ticket) = 0;
  /// Waits for all that was asked for, where a build may wait; for measuring.
  virtual void finish() = 0;
  /// Whether the device measures when its work is done.
  virtual bool has_clock() const { return false; }
  /// Notes, as number `moment`, when the work that was asked for before is done.
  virtual void note_time(std::size_t) {}
  /// When that was, once work behind it is done.
  virtual std::int64_t nanoseconds(std::size_t) { return 0; }

 protected:
  virtual void enter() {}
  virtual void leave() {}

  std::string api_, name_;
  bool is_software_ = false;
  std::int64_t most_bytes_ = 0;
  TileSpeeds tile_speeds_{1, 0, 0};
};

} // namespace ganlet::gpu
