#include "gl/checked.h"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>

#include "core/text.h"
#include "core/user_cache.h"
#include "gl/device.h"
#include "gl/gl.h"
#include "gpu/self_check.h"
#include "gpu/tile_check.h"

namespace ganlet::gl {

namespace {

using Faults = std::vector<gpu::Fault>;

struct Checked {
  std::mutex mutex;
  std::set<int> devices;                       ///< by the numbers that were asked for
  std::map<std::size_t, std::string> faults{}; ///< of all of them, by operation
};
Checked& checked() {
  static Checked all;
  return all;
}

constexpr std::string_view faults_kind = "gpu"; // of what is kept

std::string key_of(const Device& device) {
  return concat(device.driver(), "\n", gpu::kernels_digest());
}

/// What was found of a device.
struct Found {
  gpu::TileSpeeds speeds{1, 0, 0};
  Faults faults;
};

/// The speeds, and a line for each fault.
std::string text_of(const Found& found) {
  std::string text = concat(found.speeds[0], " ", found.speeds[1], " ", found.speeds[2], "\n");
  for (const gpu::Fault& fault : found.faults)
    text += concat(fault.operation, " ", printable(fault.reason, 400), "\n");
  return text;
}

Found found_in(const std::string& text) {
  Found found;
  std::istringstream lines(text);
  gpu::TileSpeeds speeds{};
  if (lines >> speeds[0] >> speeds[1] >> speeds[2])
    found.speeds = speeds;
  for (gpu::Fault fault; lines >> fault.operation && lines.get() == ' ' && std::getline(lines, fault.reason);)
    found.faults.push_back(fault);
  return found;
}

/// Compares what a device computes with `evaluate`, and measures what there is to choose on a real one.
Result<Found> look_at(const Device& device, const CompileOptions& options, Evaluate evaluate) {
  CompileOptions plain;
  plain.device = options.device;
  const auto finish = [](auto& check) -> Result<void> {
    for (bool done = false; !done;) {
      GANLET_TRY(done, check.advance(true));
    }
    return {};
  };
  gpu::SelfCheck check(backend, plain, device.name(), evaluate, [](std::size_t) { return true; });
  GANLET_CHECK(finish(check));
  Found found{{1, 0, 0}, check.faults()};
  if (!device.is_software()) {
    gpu::TileCheck tiles(backend, plain, device.name(), evaluate);
    GANLET_CHECK(finish(tiles));
    found.speeds = tiles.speeds();
  }
  return found;
}

} // namespace

std::string fault_of(std::size_t operation) {
  const std::lock_guard lock(checked().mutex);
  const auto found = checked().faults.find(operation);
  return found == checked().faults.end() ? "" : found->second;
}

Result<void> check_device(const CompileOptions& options, Evaluate evaluate) {
  const std::lock_guard lock(checked().mutex);
  if (checked().devices.contains(options.device))
    return {};
  GANLET_TRY(const std::shared_ptr<Device> device, Device::open(options.device));
  const std::optional<std::string> kept = cached(faults_kind, key_of(*device));
  Found found = found_in(kept.value_or(""));
  if (!kept) {
    GANLET_TRY(found, look_at(*device, options, evaluate));
    keep_cached(faults_kind, key_of(*device), text_of(found));
  }
  device->set_tile_speeds(found.speeds);
  for (gpu::Fault& fault : found.faults)
    checked().faults.emplace(fault.operation, std::move(fault.reason));
  checked().devices.insert(options.device);
  return {};
}

Result<bool> computes_rightly(const CompileOptions& options, Evaluate evaluate) {
  GANLET_CHECK(check_device(options, evaluate));
  const std::lock_guard lock(checked().mutex);
  return checked().faults.empty();
}

void pretend_fault(int device, const std::string& kernel) {
  const std::lock_guard lock(checked().mutex);
  checked().devices.clear();
  checked().faults.clear();
  if (auto opened = Device::open(device))
    (*opened)->pretend_fault(kernel);
}

} // namespace ganlet::gl
