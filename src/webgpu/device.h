#pragma once

#include <map>
#include <string_view>

#include "gpu/device.h"

namespace ganlet::webgpu {

using gpu::BufferId;
using gpu::Range;
using gpu::Ticket;

/// The GPU that wasm/webgpu.js has opened.
class Device final : public gpu::Device {
 public:
  Device();

  bool is_lost() override;
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
  void finish() override {} // a page may not wait

 private:
  std::int64_t most_buffer_bytes_ = 0;
  std::map<const shaders::Shader*, std::uint32_t> pipelines_;
};

/// The one that JavaScript has opened, for as long as the program runs.
std::shared_ptr<Device> device();

} // namespace ganlet::webgpu
