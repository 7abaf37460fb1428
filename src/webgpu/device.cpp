#include "webgpu/device.h"

#include <array>
#include <cstring>

#include "core/text.h"

namespace {

/// In the order in which webgpu.js writes them.
struct Facts {
  std::uint32_t is_software = 0, most_binding = 0, most_buffer = 0;
};

struct Words {
  std::uint32_t buffer = 0, offset = 0, bytes = 0;
};

/// What `ganlet_gpu_progress` says of a ticket.
enum class Progress : std::uint32_t { pending, done, lost, refused, out_of_memory };

} // namespace

// All that is asked of WebGPU. Text goes by address and length; texts are written with a NUL, and cut to `size`.
extern "C" {
#define GANLET_GPU(name) __attribute__((import_module("env"), import_name("ganlet_gpu_" #name))) ganlet_gpu_##name
void GANLET_GPU(describe)(Facts* facts, char* name, std::size_t size);
void GANLET_GPU(problem)(char* text, std::size_t size);
std::uint32_t GANLET_GPU(is_lost)();
std::uint32_t GANLET_GPU(allocate)(std::uint32_t bytes);
void GANLET_GPU(free)(std::uint32_t buffer);
void GANLET_GPU(write)(std::uint32_t buffer, std::uint32_t offset, const void* data, std::uint32_t bytes);
void GANLET_GPU(copy)(const Words* from, const Words* to);
std::uint32_t GANLET_GPU(compile)(const char* name, std::size_t name_size, const char* code, std::size_t code_size);
void GANLET_GPU(dispatch)(std::uint32_t pipeline, const Words* ranges, std::size_t count, std::uint32_t columns,
                          std::uint32_t rows);
void GANLET_GPU(read)(const Words* from, std::byte* to);
std::uint32_t GANLET_GPU(submit)();
Progress GANLET_GPU(progress)(std::uint32_t ticket);
void GANLET_GPU(forget)(std::uint32_t ticket);
#undef GANLET_GPU
}

namespace ganlet::webgpu {

namespace {

/// Sizes have been compared with limits below 2^32.
Words words_of(const Range& range) {
  return {range.buffer, static_cast<std::uint32_t>(range.offset), static_cast<std::uint32_t>(range.bytes)};
}

} // namespace

Device::Device() {
  api_ = "webgpu";
  Facts facts;
  std::array<char, 200> name{};
  ganlet_gpu_describe(&facts, name.data(), name.size());
  name_ = name.data();
  is_software_ = facts.is_software != 0;
  most_bytes_ = facts.most_binding;
  most_buffer_bytes_ = facts.most_buffer;
}

bool Device::is_lost() {
  return ganlet_gpu_is_lost() != 0;
}

Result<BufferId> Device::allocate(std::int64_t bytes, bool) {
  if (bytes > most_buffer_bytes_)
    return fail(ErrorCode::limit_exceeded, api_,
                concat(bytes, " bytes in a buffer; ", printable(name_), " has at most ", most_buffer_bytes_));
  return ganlet_gpu_allocate(static_cast<std::uint32_t>(bytes));
}

void Device::free(BufferId buffer) {
  ganlet_gpu_free(buffer);
}

void Device::write(const Range& to, const void* data) {
  ganlet_gpu_write(to.buffer, static_cast<std::uint32_t>(to.offset), data, static_cast<std::uint32_t>(to.bytes));
}

void Device::copy(const Range& from, const Range& to) {
  const Words source = words_of(from), target = words_of(to);
  ganlet_gpu_copy(&source, &target);
}

/// What is wrong with a shader is told by the work that uses it.
Result<void> Device::compile(const shaders::Shader& shader) {
  if (pipelines_.contains(&shader))
    return {};
  const std::string text = concat(shader.head, shader.body);
  pipelines_[&shader] = ganlet_gpu_compile(shader.name.data(), shader.name.size(), text.data(), text.size());
  return {};
}

void Device::dispatch(const shaders::Shader& shader, const Range& uniforms, std::span<const Range> bindings,
                      std::uint32_t columns, std::uint32_t rows) {
  std::array<Words, 8> ranges{words_of(uniforms)};
  for (std::size_t i = 0; i < bindings.size(); ++i)
    ranges[i + 1] = words_of(bindings[i]);
  ganlet_gpu_dispatch(pipelines_.find(&shader)->second, ranges.data(), bindings.size() + 1, columns, rows);
}

void Device::read(const Range& from, std::byte* to) {
  const Words source = words_of(from);
  ganlet_gpu_read(&source, to);
}

Ticket Device::submit() {
  return ganlet_gpu_submit();
}

Result<bool> Device::is_done(Ticket ticket, bool) {
  const Progress progress = ganlet_gpu_progress(ticket);
  std::array<char, 400> problem{};
  switch (progress) {
  case Progress::pending:
    return false;
  case Progress::done:
    return true;
  case Progress::lost:
    return fail(ErrorCode::device_lost, api_, concat(printable(name_), " was lost"));
  case Progress::out_of_memory:
    return fail(ErrorCode::limit_exceeded, api_, concat(printable(name_), " has no memory left"));
  case Progress::refused:
    break;
  }
  ganlet_gpu_problem(problem.data(), problem.size());
  return fail(ErrorCode::unsupported, api_,
              concat(printable(name_), " refused the work: ", printable(problem.data(), 400)));
}

void Device::forget(Ticket ticket) {
  ganlet_gpu_forget(ticket);
}

} // namespace ganlet::webgpu
