#include "webgpu/webgpu.h"

#include "gpu/kernel.h"
#include "gpu/program.h"
#include "webgpu/device.h"

namespace ganlet::webgpu {

namespace {

/// The one that JavaScript has opened, for as long as the program runs.
std::shared_ptr<Device> device() {
  static const auto opened = std::make_shared<Device>();
  return opened;
}

Result<void> availability() {
  return {};
}

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options) {
  return gpu::compile(std::move(graph), options, device());
}

} // namespace

const Backend backend{"webgpu", "GPUs, by WebGPU", availability, gpu::can_run, Preferences{}, compile};

} // namespace ganlet::webgpu
