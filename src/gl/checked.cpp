#include "gl/checked.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>

#include "core/sha256.h"
#include "core/text.h"
#include "gl/device.h"
#include "gl/gl.h"
#include "gpu/self_check.h"

namespace ganlet::gl {

namespace {

namespace fs = std::filesystem;
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

constexpr const char* first_line = "ganlet's comparison of a GPU with the reference";

/// Where the result for a driver is kept; empty if the user has no folder for caches.
fs::path file_for(const std::string& driver) {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  if ((cache == nullptr || *cache == 0) && (home == nullptr || *home == 0))
    return {};
  const std::string both = concat(driver, "\n", gpu::kernels_digest());
  const std::string digest = sha256_text(std::as_bytes(std::span(both)));
  return (cache != nullptr && *cache != 0 ? fs::path(cache) : fs::path(home) / ".cache") / "ganlet" /
         concat("gpu-", digest.substr(0, 32), ".txt");
}

/// A line for each fault, and one behind the last: a file that was cut is none.
std::optional<Faults> read_faults(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != first_line)
    return std::nullopt;
  Faults faults;
  while (std::getline(file, line) && line != "end") {
    const std::size_t space = line.find(' ');
    const std::size_t operation = std::strtoul(line.c_str(), nullptr, 10);
    if (space == std::string::npos || operation >= op::table().size())
      return std::nullopt;
    faults.push_back({operation, line.substr(space + 1)});
  }
  return line == "end" ? std::optional(std::move(faults)) : std::nullopt;
}

/// Written beside and then renamed, as several programs may do it at once. Where it fails, the next program checks too.
void write_faults(const fs::path& path, const Faults& faults) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  const fs::path beside = concat(path.string(), ".", std::to_string(std::random_device()()));
  {
    std::ofstream file(beside);
    file << first_line << '\n';
    for (const gpu::Fault& fault : faults)
      file << fault.operation << ' ' << printable(fault.reason, 400) << '\n';
    file << "end\n";
  }
  fs::rename(beside, path, ignored);
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
  const fs::path path = file_for(device->driver());
  std::optional<Faults> faults = path.empty() ? std::nullopt : read_faults(path);
  if (!faults) {
    CompileOptions plain;
    plain.device = options.device;
    GANLET_TRY(faults, gpu::find_faults(backend, plain, device->name(), evaluate));
    if (!path.empty())
      write_faults(path, *faults);
  }
  for (gpu::Fault& fault : *faults)
    checked().faults.emplace(fault.operation, std::move(fault.reason));
  checked().devices.insert(options.device);
  return {};
}

void pretend_fault(int device, const std::string& kernel) {
  const std::lock_guard lock(checked().mutex);
  checked().devices.clear();
  checked().faults.clear();
  if (auto opened = Device::open(device))
    (*opened)->pretend_fault(kernel);
}

} // namespace ganlet::gl
