#include "backends/automatic.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <sstream>

#include "backends/backends.h"
#include "core/text.h"
#include "core/user_cache.h"
#include "gl/gl.h"
#include "graph/sample_inputs.h"
#include "reference/reference.h"

namespace ganlet {

namespace {

using Clock = std::chrono::steady_clock;

/// The least time of a few runs, after one in which memory is planned and kernels are compiled.
Result<double> milliseconds_of(Program& program, std::int64_t wanted) {
  constexpr double enough = 60;
  constexpr int most_runs = 8;
  const std::int64_t batch = program.graph().has_batch() ? wanted : 1;
  GANLET_TRY(const std::vector<Tensor> inputs, sample_inputs(program.graph(), batch, 0));
  const std::vector<TensorView> views = views_of(inputs);
  GANLET_CHECK(program.run(views));
  double least = std::numeric_limits<double>::max(), all = 0;
  for (int run = 0; run < most_runs && all < enough; ++run) {
    const Clock::time_point start = Clock::now();
    GANLET_CHECK(program.run(views));
    const double took = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    least = std::min(least, took);
    all += took;
  }
  return least / static_cast<double>(batch);
}

Result<Pace> measured(const Contested& network, const Backend& gpu) {
  GANLET_TRY(const Backend* const processor, backend_named(default_backend));
  Pace pace;
  GANLET_TRY(Program* const on_gpu, network.program(gpu));
  GANLET_TRY(pace.on_gpu, milliseconds_of(*on_gpu, network.batch));
  GANLET_TRY(Program* const on_processor, network.program(*processor));
  // As many as a drawing takes at once there, which stay in its cache.
  GANLET_TRY(pace.on_processor, milliseconds_of(*on_processor, std::min<std::int64_t>(network.batch, 16)));
  return pace;
}

} // namespace

Result<Pace> pace_of(const Contested& network) {
  GANLET_TRY(const gl::DeviceFacts device, gl::describe(network.options));
  if (device.is_software)
    return fail(ErrorCode::unsupported, "backend", concat(device.name, " is no GPU, but stands in for one"));
  GANLET_TRY(const Backend* const gpu, backend_named("gl"));
  GANLET_TRY(const bool is_right, gl::computes_rightly(network.options, reference::evaluate));
  if (!is_right)
    return fail(ErrorCode::unsupported, "backend", concat(device.name, " computes wrongly"));
  const std::string key = concat(device.driver, "\n", device.kernels, "\n", network.digest, "\n", network.batch, "\n",
                                 network.options.threads);
  if (const auto kept = cached("pace", key)) {
    Pace pace;
    if (std::istringstream(*kept) >> pace.on_processor >> pace.on_gpu)
      return pace;
  }
  GANLET_TRY(const Pace pace, measured(network, *gpu));
  keep_cached("pace", key, concat(pace.on_processor, " ", pace.on_gpu, "\n"));
  return pace;
}

} // namespace ganlet
