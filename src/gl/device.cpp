#include "gl/device.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/text.h"
#include "core/user_cache.h"
#include "graph/compile_options.h"

namespace ganlet::gl {

namespace {

constexpr std::string_view programs_kind = "kernel"; // of what is kept

bool has(const char* extensions, std::string_view name) {
  return extensions != nullptr && std::string_view(extensions).find(name) != std::string_view::npos;
}

bool is_software_renderer(std::string_view name) {
  return std::ranges::any_of(std::array{"llvmpipe", "softpipe", "swrast", "SwiftShader"},
                             [&](std::string_view known) { return name.find(known) != std::string_view::npos; });
}

} // namespace

/// Devices that have been opened. They stay, because each would compile its shaders again; and they aren't destroyed at
/// the end of the process, when the driver may have been unloaded.
struct Device::Opened {
  std::mutex mutex;
  std::map<int, std::shared_ptr<Device>> devices; ///< by the number that was asked for
  std::optional<Candidate> window;                ///< whose context is shared
};

Device::Opened& Device::opened() {
  static Opened* const all = new Opened;
  return *all;
}

Result<std::shared_ptr<Device>> Device::open(int number) {
  const std::lock_guard lock(opened().mutex);
  std::shared_ptr<Device>& device = opened().devices[number];
  if (device && !device->lost_)
    return device;
  const std::shared_ptr<Device> lost = std::exchange(device, nullptr);
  GANLET_TRY(device, open_now(number));
  if (lost)
    device->set_tile_speeds(lost->tile_speeds());
  return device;
}

Result<void> Device::share_current_context() {
  GANLET_TRY(const Api api, load_egl());
  const Candidate window{api.eglGetCurrentDisplay(), false, api.eglGetCurrentContext()};
  if (window.shared == nullptr)
    return fail(ErrorCode::unsupported, "gl", "the window's OpenGL isn't EGL's, so that nothing else can share it");
  {
    const std::lock_guard lock(opened().mutex);
    opened().window = window;
    opened().devices.erase(CompileOptions::of_window);
  }
  GANLET_CHECK(open(CompileOptions::of_window));
  return {};
}

/// Displays of devices, those of real ones first; where devices can't be listed, Mesa's surfaceless display and the
/// default one.
std::vector<Device::Candidate> Device::candidates(const Api& api) {
  std::vector<Candidate> found;
  const char* const extensions = api.eglQueryString(nullptr, egl::extensions);
  if (api.eglQueryDevicesEXT && api.eglGetPlatformDisplayEXT && has(extensions, "EGL_EXT_platform_device")) {
    std::array<Handle, 64> devices{};
    int count = 0;
    if (!api.eglQueryDevicesEXT(static_cast<int>(devices.size()), devices.data(), &count))
      count = 0;
    for (int i = 0; i < count; ++i) {
      const char* const of_device =
          api.eglQueryDeviceStringEXT ? api.eglQueryDeviceStringEXT(devices[i], egl::extensions) : nullptr;
      const Handle display = api.eglGetPlatformDisplayEXT(egl::platform_device, devices[i], nullptr);
      if (display != nullptr)
        found.push_back({display, has(of_device, "EGL_MESA_device_software")});
    }
    std::ranges::stable_sort(found, {}, &Candidate::is_software);
  }
  if (found.empty() && api.eglGetPlatformDisplayEXT && has(extensions, "EGL_MESA_platform_surfaceless"))
    if (const Handle display = api.eglGetPlatformDisplayEXT(egl::platform_surfaceless, nullptr, nullptr))
      found.push_back({display, false});
  if (found.empty())
    if (const Handle display = api.eglGetDisplay(nullptr))
      found.push_back({display, false});
  return found;
}

/// What a number stands for, the best first.
Result<std::vector<Device::Candidate>> Device::candidates_for(const Api& api, int number) {
  if (number == CompileOptions::of_window) {
    if (!opened().window)
      return fail(ErrorCode::unsupported, "gl", "there is no window whose OpenGL is shared");
    return std::vector{*opened().window};
  }
  std::vector<Candidate> all = candidates(api);
  if (number < 0)
    return all;
  const auto at = static_cast<std::size_t>(number);
  if (at >= all.size())
    return fail(ErrorCode::unsupported, "gl",
                concat("there is no GPU ", number, "; EGL finds ", all.size(), ", counted from 0"));
  return std::vector{all[at]};
}

Result<std::shared_ptr<Device>> Device::open_now(int number) {
  GANLET_TRY(const Api api, load_egl());
  GANLET_TRY(const std::vector<Candidate> all, candidates_for(api, number));
  Error reason(ErrorCode::unsupported, "gl", "EGL finds no GPU and no software rasteriser");
  for (const Candidate& candidate : all) {
    std::shared_ptr<Device> device(new Device(api));
    auto made = device->make_context(candidate);
    if (made)
      return device;
    reason = std::move(made).error();
  }
  return tl::unexpected<Error>(std::move(reason));
}

/// The config of the context that is shared; else none, where that is allowed.
Result<Handle> Device::config_for(const Candidate& candidate, const char* extensions) const {
  Handle config = nullptr;
  if (candidate.shared == nullptr && has(extensions, "EGL_KHR_no_config_context"))
    return config;
  std::vector<int> wanted{egl::renderable_type, egl::opengl_bit, egl::surface_type, egl::pbuffer_bit, egl::none};
  int id = 0, count = 0;
  if (candidate.shared != nullptr && gl_.eglQueryContext(display_, candidate.shared, egl::config_id, &id))
    wanted = {egl::config_id, id, egl::none};
  if (!gl_.eglChooseConfig(display_, wanted.data(), &config, 1, &count) || count == 0)
    return fail(ErrorCode::unsupported, "gl", "the driver has no OpenGL");
  return config;
}

Result<void> Device::make_context(const Candidate& candidate) {
  display_ = candidate.display;
  int major = 0, minor = 0;
  if (!gl_.eglInitialize(display_, &major, &minor))
    return fail(ErrorCode::unsupported, "gl", "EGL can't open the GPU's display");
  const char* const extensions = gl_.eglQueryString(display_, egl::extensions);
  if (!has(extensions, "EGL_KHR_surfaceless_context") || !gl_.eglBindAPI(egl::opengl_api))
    return fail(ErrorCode::unsupported, "gl", "the driver has no OpenGL without a window");
  GANLET_TRY(const Handle config, config_for(candidate, extensions));
  std::vector<int> attributes{egl::major_version, 4, egl::minor_version, 3, egl::profile_mask, egl::core_profile};
  // Contexts that share must be told of resets in the same way, which a window's usually isn't.
  if (candidate.shared == nullptr && has(extensions, "EGL_EXT_create_context_robustness"))
    attributes.insert(attributes.end(), {egl::reset_strategy, egl::lose_on_reset});
  attributes.push_back(egl::none);
  context_ = gl_.eglCreateContext(display_, config, candidate.shared, attributes.data());
  if (context_ == nullptr)
    return fail(ErrorCode::unsupported, "gl", "the driver has no OpenGL 4.3, whose compute shaders are needed");
  const Use use(*this);
  if (lost_)
    return fail(ErrorCode::unsupported, "gl", "the driver can't use OpenGL without a window");
  GANLET_CHECK(load_gl(gl_));
  const unsigned char* const name = gl_.glGetString(renderer);
  name_ = name == nullptr ? "" : reinterpret_cast<const char*>(name);
  const unsigned char* const of_driver = gl_.glGetString(version);
  driver_ = concat(name_, ", ", of_driver == nullptr ? "" : reinterpret_cast<const char*>(of_driver));
  is_software_ = candidate.is_software || is_software_renderer(name_);
  return look_at_limits();
}

Result<void> Device::look_at_limits() {
  constexpr int most_bindings = 6;
  int buffers = 0, of_storage = 0, of_uniforms = 0;
  gl_.glGetIntegerv(most_storage_buffers, &buffers);
  gl_.glGetIntegerv(storage_alignment, &of_storage);
  gl_.glGetIntegerv(uniform_alignment, &of_uniforms);
  gl_.glGetInteger64v(most_storage_bytes, &most_bytes_);
  int formats = 0, bits = 0;
  gl_.glGetIntegerv(binary_formats, &formats);
  gl_.glGetQueryiv(timestamp, counter_bits, &bits);
  has_binaries_ = formats > 0;
  has_clock_ = bits > 0;
  // Indices are of 32 bits.
  most_bytes_ = std::min(most_bytes_, std::int64_t{1} << 31);
  if (buffers < most_bindings || of_storage < 1 || of_uniforms < 1 || alignment % of_storage != 0 ||
      alignment % of_uniforms != 0)
    return fail(ErrorCode::unsupported, "gl",
                concat(printable(name_), " binds ", buffers, " buffers, at multiples of ", of_storage, " and ",
                       of_uniforms, " bytes; ", most_bindings, " at multiples of ", alignment, " are needed"));
  return {};
}

Device::~Device() {
  if (context_ != nullptr)
    gl_.eglDestroyContext(display_, context_); // and what was made in it
}

void Device::enter() {
  mutex_.lock();
  before_display_ = gl_.eglGetCurrentDisplay();
  before_context_ = gl_.eglGetCurrentContext();
  before_draw_ = gl_.eglGetCurrentSurface(egl::draw);
  before_read_ = gl_.eglGetCurrentSurface(egl::read);
  gl_.eglBindAPI(egl::opengl_api);
  if (!gl_.eglMakeCurrent(display_, nullptr, nullptr, context_))
    lost_ = true;
}

void Device::leave() {
  if (before_context_ != nullptr)
    gl_.eglMakeCurrent(before_display_, before_draw_, before_read_, before_context_);
  else
    gl_.eglMakeCurrent(display_, nullptr, nullptr, nullptr);
  mutex_.unlock();
}

bool Device::is_lost() {
  if (!lost_ && gl_.glGetGraphicsResetStatus && gl_.glGetGraphicsResetStatus() != 0)
    lost_ = true;
  return lost_;
}

Result<BufferId> Device::allocate(std::int64_t bytes, bool is_constant) {
  unsigned buffer = 0;
  gl_.glGenBuffers(1, &buffer);
  gl_.glBindBuffer(storage_buffer, buffer);
  gl_.glBufferData(storage_buffer, bytes, nullptr, is_constant ? static_draw : dynamic_draw);
  if (gl_.glGetError() == out_of_memory) {
    free(buffer);
    return fail(ErrorCode::limit_exceeded, "gl", concat(printable(name_), " has no ", bytes, " bytes of memory left"));
  }
  return buffer;
}

void Device::free(BufferId buffer) {
  if (!is_lost())
    gl_.glDeleteBuffers(1, &buffer);
}

void Device::write(const Range& to, const void* data) {
  gl_.glBindBuffer(storage_buffer, to.buffer);
  gl_.glBufferSubData(storage_buffer, to.offset, to.bytes, data);
}

void Device::copy(const Range& from, const Range& to) {
  gl_.glBindBuffer(copy_read_buffer, from.buffer);
  gl_.glBindBuffer(copy_write_buffer, to.buffer);
  gl_.glMemoryBarrier(buffer_update_barrier);
  gl_.glCopyBufferSubData(copy_read_buffer, copy_write_buffer, from.offset, to.offset, to.bytes);
}

Result<void> Device::compile(const shaders::Shader& shader) {
  if (programs_.contains(&shader))
    return {};
  if (const std::optional<unsigned> kept = kept_program(shader)) {
    programs_[&shader] = *kept;
    ++kept_programs_;
    return {};
  }
  GANLET_TRY(const unsigned program, compiled(shader));
  programs_[&shader] = program;
  keep_program(shader, program);
  return {};
}

std::string Device::kept_key(const shaders::Shader& shader) const {
  return concat(driver_, "\n", shader.head, shader.body);
}

/// A program as the driver gave it before: its format, of 4 bytes, and then what only the driver can read. The driver
/// refuses what another version of it has made.
std::optional<unsigned> Device::kept_program(const shaders::Shader& shader) {
  if (!has_binaries_)
    return std::nullopt;
  const std::optional<std::string> kept = cached(programs_kind, kept_key(shader));
  unsigned format = 0;
  if (!kept || kept->size() <= sizeof format)
    return std::nullopt;
  std::memcpy(&format, kept->data(), sizeof format);
  const unsigned program = gl_.glCreateProgram();
  gl_.glProgramBinary(program, format, kept->data() + sizeof format, static_cast<int>(kept->size() - sizeof format));
  int status = 0;
  gl_.glGetProgramiv(program, link_status, &status);
  gl_.glGetError(); // what was refused
  if (status)
    return program;
  gl_.glDeleteProgram(program);
  return std::nullopt;
}

void Device::keep_program(const shaders::Shader& shader, unsigned program) const {
  int length = 0;
  if (has_binaries_)
    gl_.glGetProgramiv(program, binary_length, &length);
  if (length <= 0)
    return;
  unsigned format = 0;
  std::string content(sizeof format + static_cast<std::size_t>(length), '\0');
  gl_.glGetProgramBinary(program, length, &length, &format, content.data() + sizeof format);
  std::memcpy(content.data(), &format, sizeof format);
  content.resize(sizeof format + static_cast<std::size_t>(length));
  if (gl_.glGetError() == 0)
    keep_cached(programs_kind, kept_key(shader), content);
}

Result<unsigned> Device::compiled(const shaders::Shader& shader) const {
  const auto refused = [&](std::string_view what, std::string log) {
    return fail(ErrorCode::unsupported, concat("shaders/", shader.name, ".comp"),
                concat(what, " by ", printable(name_), ": ", printable(log, 400)));
  };
  const unsigned made = gl_.glCreateShader(compute_shader);
  const std::array<const char*, 2> texts{shader.head.data(), shader.body.data()};
  const std::array<int, 2> sizes{static_cast<int>(shader.head.size()), static_cast<int>(shader.body.size())};
  gl_.glShaderSource(made, 2, texts.data(), sizes.data());
  gl_.glCompileShader(made);
  int status = 0, length = 0;
  gl_.glGetShaderiv(made, compile_status, &status);
  if (!status) {
    gl_.glGetShaderiv(made, info_log_length, &length);
    std::string log(static_cast<std::size_t>(std::max(length, 1)), '\0');
    gl_.glGetShaderInfoLog(made, length, nullptr, log.data());
    gl_.glDeleteShader(made);
    return refused("isn't compiled", log.c_str());
  }
  const unsigned program = gl_.glCreateProgram();
  if (has_binaries_)
    gl_.glProgramParameteri(program, binary_is_wanted, 1);
  gl_.glAttachShader(program, made);
  gl_.glLinkProgram(program);
  gl_.glDeleteShader(made);
  gl_.glGetProgramiv(program, link_status, &status);
  if (!status) {
    gl_.glGetProgramiv(program, info_log_length, &length);
    std::string log(static_cast<std::size_t>(std::max(length, 1)), '\0');
    gl_.glGetProgramInfoLog(program, length, nullptr, log.data());
    gl_.glDeleteProgram(program);
    return refused("isn't linked", log.c_str());
  }
  return program;
}

void Device::dispatch(const shaders::Shader& shader, const Range& uniforms, std::span<const Range> bindings,
                      std::uint32_t columns, std::uint32_t rows) {
  if (shader.name == broken_kernel_)
    return;
  gl_.glUseProgram(programs_.find(&shader)->second);
  gl_.glBindBufferRange(uniform_buffer, 0, uniforms.buffer, uniforms.offset, uniforms.bytes);
  for (unsigned i = 0; i < bindings.size(); ++i)
    gl_.glBindBufferRange(storage_buffer, i, bindings[i].buffer, bindings[i].offset, bindings[i].bytes);
  gl_.glDispatchCompute(columns, rows, 1);
  gl_.glMemoryBarrier(storage_barrier);
}

void Device::read(const Range& from, std::byte* to) {
  reads_.push_back({from, to});
}

Ticket Device::submit() {
  auto slice = std::ranges::find(slices_, nullptr, &Slice::fence);
  if (slice == slices_.end())
    slice = slices_.insert(slices_.end(), Slice());
  slice->fence = gl_.glFenceSync(commands_complete, 0);
  slice->reads.assign(reads_.begin(), reads_.end());
  reads_.clear();
  gl_.glFlush();
  return static_cast<Ticket>(slice - slices_.begin()) + 1;
}

Result<bool> Device::is_done(Ticket ticket, bool may_block) {
  constexpr std::uint64_t look = 20'000'000; // nanoseconds, after which the caller looks at a stop flag
  const Slice& slice = slices_[ticket - 1];
  const unsigned status = gl_.glClientWaitSync(slice.fence, flush_commands, may_block ? look : 0);
  if (status == timeout_expired)
    return false;
  if (status == wait_failed)
    lose();
  if (!is_lost() && !slice.reads.empty()) {
    gl_.glMemoryBarrier(buffer_update_barrier);
    for (const Read& read : slice.reads) {
      gl_.glBindBuffer(storage_buffer, read.from.buffer);
      gl_.glGetBufferSubData(storage_buffer, read.from.offset, read.from.bytes, read.to);
    }
  }
  forget(ticket);
  if (is_lost())
    return fail(ErrorCode::device_lost, "gl", concat(printable(name_), " was lost"));
  return true;
}

void Device::forget(Ticket ticket) {
  Slice& slice = slices_[ticket - 1];
  gl_.glDeleteSync(slice.fence);
  slice.fence = nullptr;
  slice.reads.clear();
}

void Device::finish() {
  gl_.glFinish();
}

void Device::note_time(std::size_t moment) {
  while (queries_.size() <= moment)
    gl_.glGenQueries(1, &queries_.emplace_back());
  gl_.glQueryCounter(queries_[moment], timestamp);
}

std::int64_t Device::nanoseconds(std::size_t moment) {
  std::uint64_t time = 0;
  gl_.glGetQueryObjectui64v(queries_[moment], query_result, &time);
  return static_cast<std::int64_t>(time);
}

unsigned Device::make_texture(int width, int height) {
  unsigned texture = 0;
  gl_.glGenTextures(1, &texture);
  gl_.glBindTexture(texture_2d, texture);
  gl_.glTexStorage2D(texture_2d, 1, rgba8, width, height);
  return texture;
}

void Device::free_texture(unsigned texture) {
  if (!is_lost())
    gl_.glDeleteTextures(1, &texture);
}

void Device::fill_texture(unsigned texture, int width, int height, const Range& pixels) {
  gl_.glMemoryBarrier(pixel_buffer_barrier);
  gl_.glBindBuffer(pixel_unpack_buffer, pixels.buffer);
  gl_.glBindTexture(texture_2d, texture);
  gl_.glTexSubImage2D(texture_2d, 0, 0, 0, width, height, rgba, unsigned_byte,
                      reinterpret_cast<const void*>(pixels.offset));
  gl_.glBindBuffer(pixel_unpack_buffer, 0);
}

} // namespace ganlet::gl
