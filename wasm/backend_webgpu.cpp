#include <array>

#include "backend.h"
#include "graph/partition.h"
#include "reference/reference.h"
#include "webgpu/webgpu.h"
#include "xnn/xnn.h"

namespace ganlet::c {

namespace {

/// What the GPU can't run, or runs wrongly, goes to XNNPACK.
Result<std::unique_ptr<Program>> compile_parts_of(Graph graph, const CompileOptions& options) {
  static constexpr std::array<const Backend*, 2> order{&webgpu::backend, &xnn::backend};
  return compile_parts(std::move(graph), order, options);
}

Result<std::unique_ptr<Program>> compile_with_help(Graph graph, const CompileOptions& options) {
  return webgpu::compile_checked(std::move(graph), options, compile_parts_of, reference::evaluate);
}

} // namespace

const Backend& backend() {
  static const Backend with_help{"webgpu",
                                 "GPUs, by WebGPU; what they can't run, xnn does",
                                 webgpu::backend.is_available,
                                 webgpu::backend.can_run,
                                 webgpu::backend.prefers,
                                 compile_with_help};
  return with_help;
}

} // namespace ganlet::c
