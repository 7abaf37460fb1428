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

/// A line for each fault.
std::string text_of(const Faults& faults) {
  std::string text;
  for (const gpu::Fault& fault : faults)
    text += concat(fault.operation, " ", printable(fault.reason, 400), "\n");
  return text;
}

Faults faults_of(const std::string& text) {
  Faults faults;
  std::istringstream lines(text);
  for (gpu::Fault fault; lines >> fault.operation && lines.get() == ' ' && std::getline(lines, fault.reason);)
    faults.push_back(fault);
  return faults;
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
  Faults faults = faults_of(kept.value_or(""));
  if (!kept) {
    CompileOptions plain;
    plain.device = options.device;
    gpu::SelfCheck check(backend, plain, device->name(), evaluate, [](std::size_t) { return true; });
    for (bool done = false; !done;) {
      GANLET_TRY(done, check.advance(true));
    }
    faults = check.faults();
    keep_cached(faults_kind, key_of(*device), text_of(faults));
  }
  for (gpu::Fault& fault : faults)
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
