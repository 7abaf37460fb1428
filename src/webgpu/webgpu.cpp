#include "webgpu/webgpu.h"

#include "gpu/kernel.h"
#include "gpu/program.h"
#include "webgpu/checked.h"
#include "webgpu/device.h"

namespace ganlet::webgpu {

std::shared_ptr<Device> device() {
  static const auto opened = std::make_shared<Device>();
  return opened;
}

namespace {

Result<void> availability() {
  return {};
}

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options) {
  return gpu::compile(std::move(graph), options, device());
}

Result<void> can_run(const Graph& graph, const Node& node) {
  GANLET_CHECK(gpu::can_run(graph, node));
  if (const std::string reason = fault_of(node.operation.index()); !reason.empty())
    return fail(ErrorCode::unsupported, node.place, reason);
  return {};
}

} // namespace

const Backend backend{"webgpu", "GPUs, by WebGPU", availability, can_run, Preferences{}, compile};

} // namespace ganlet::webgpu
