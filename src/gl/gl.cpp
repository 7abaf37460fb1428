#include "gl/gl.h"

#include "core/text.h"
#include "gl/checked.h"
#include "gl/device.h"
#include "gl/window_picture.h"
#include "gpu/kernel.h"
#include "gpu/program.h"
#include "gpu/self_check.h"

namespace ganlet::gl {

namespace {

Result<void> availability() {
  GANLET_CHECK(Device::open(-1));
  return {};
}

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options) {
  GANLET_TRY(std::shared_ptr<Device> device, Device::open(options.device));
  return gpu::compile(std::move(graph), options, std::move(device));
}

Result<void> can_run(const Graph& graph, const Node& node) {
  GANLET_CHECK(gpu::can_run(graph, node));
  if (const std::string reason = fault_of(node.operation.index()); !reason.empty())
    return fail(ErrorCode::unsupported, node.place, reason);
  return {};
}

Result<std::unique_ptr<DevicePicture>> make_picture(const CompileOptions& options) {
  GANLET_TRY(std::shared_ptr<Device> device, Device::open(options.device));
  return std::make_unique<WindowPicture>(std::move(device));
}

} // namespace

Result<void> share_current_context() {
  return Device::share_current_context();
}

Result<DeviceFacts> describe(const CompileOptions& options) {
  GANLET_TRY(const std::shared_ptr<Device> device, Device::open(options.device));
  return DeviceFacts{printable(device->name()), device->driver(),        gpu::kernels_digest(),
                     device->is_software(),     device->kept_programs(), device->tile_speeds()};
}

void pretend_software(int device, bool is_software) {
  if (auto opened = Device::open(device))
    (*opened)->pretend_software(is_software);
}

void pretend_loss(int device) {
  if (auto opened = Device::open(device))
    (*opened)->lose();
}

const Backend backend{"gl", "GPUs, by OpenGL 4.3", availability, can_run, Preferences{}, compile, make_picture};

} // namespace ganlet::gl
