#include "gl/device.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/text.h"

namespace ganlet::gl {

namespace {

bool has(const char* extensions, std::string_view name) {
  return extensions != nullptr && std::string_view(extensions).find(name) != std::string_view::npos;
}

bool is_software_renderer(std::string_view name) {
  return std::ranges::any_of(std::array{"llvmpipe", "softpipe", "swrast", "SwiftShader"},
                             [&](std::string_view known) { return name.find(known) != std::string_view::npos; });
}

/// Devices that have been opened. They stay, because each would compile its shaders again; and they aren't destroyed at
/// the end of the process, when the driver may have been unloaded.
struct Opened {
  std::mutex mutex;
  std::map<int, std::shared_ptr<Device>> devices; ///< by the number that was asked for
};
Opened& opened() {
  static Opened* const all = new Opened;
  return *all;
}

} // namespace

Result<std::shared_ptr<Device>> Device::open(int number) {
  const std::lock_guard lock(opened().mutex);
  std::shared_ptr<Device>& device = opened().devices[number];
  if (device && device->lost_)
    device.reset();
  if (!device) {
    GANLET_TRY(device, open_now(number));
  }
  return device;
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

Result<std::shared_ptr<Device>> Device::open_now(int number) {
  GANLET_TRY(const Api api, load_egl());
  const std::vector<Candidate> all = candidates(api);
  if (number >= static_cast<int>(all.size()))
    return fail(ErrorCode::unsupported, "gl",
                concat("there is no GPU ", number, "; EGL finds ", all.size(), ", counted from 0"));
  Error reason(ErrorCode::unsupported, "gl", "EGL finds no GPU and no software rasteriser");
  for (int i = std::max(number, 0); i < static_cast<int>(number < 0 ? all.size() : number + 1); ++i) {
    std::shared_ptr<Device> device(new Device(api));
    auto made = device->make_context(all[static_cast<std::size_t>(i)]);
    if (made)
      return device;
    reason = std::move(made).error();
  }
  return tl::unexpected<Error>(std::move(reason));
}

Result<void> Device::make_context(const Candidate& candidate) {
  display_ = candidate.display;
  int major = 0, minor = 0;
  if (!api_.eglInitialize(display_, &major, &minor))
    return fail(ErrorCode::unsupported, "gl", "EGL can't open the GPU's display");
  const char* const extensions = api_.eglQueryString(display_, egl::extensions);
  if (!has(extensions, "EGL_KHR_surfaceless_context") || !api_.eglBindAPI(egl::opengl_api))
    return fail(ErrorCode::unsupported, "gl", "the driver has no OpenGL without a window");
  Handle config = nullptr;
  if (!has(extensions, "EGL_KHR_no_config_context")) {
    const int wanted[] = {egl::renderable_type, egl::opengl_bit, egl::surface_type, egl::pbuffer_bit, egl::none};
    int count = 0;
    if (!api_.eglChooseConfig(display_, wanted, &config, 1, &count) || count == 0)
      return fail(ErrorCode::unsupported, "gl", "the driver has no OpenGL");
  }
  std::vector<int> attributes{egl::major_version, 4, egl::minor_version, 3, egl::profile_mask, egl::core_profile};
  if (has(extensions, "EGL_EXT_create_context_robustness"))
    attributes.insert(attributes.end(), {egl::reset_strategy, egl::lose_on_reset});
  attributes.push_back(egl::none);
  context_ = api_.eglCreateContext(display_, config, nullptr, attributes.data());
  if (context_ == nullptr)
    return fail(ErrorCode::unsupported, "gl", "the driver has no OpenGL 4.3, whose compute shaders are needed");
  const Use use(*this);
  if (lost_)
    return fail(ErrorCode::unsupported, "gl", "the driver can't use OpenGL without a window");
  GANLET_CHECK(load_gl(api_));
  const unsigned char* const name = api_.glGetString(renderer);
  name_ = name == nullptr ? "" : reinterpret_cast<const char*>(name);
  is_software_ = candidate.is_software || is_software_renderer(name_);
  return look_at_limits();
}

Result<void> Device::look_at_limits() {
  constexpr int most_bindings = 6;
  int buffers = 0, of_storage = 0, of_uniforms = 0;
  api_.glGetIntegerv(most_storage_buffers, &buffers);
  api_.glGetIntegerv(storage_alignment, &of_storage);
  api_.glGetIntegerv(uniform_alignment, &of_uniforms);
  api_.glGetInteger64v(most_storage_bytes, &most_bytes_);
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
    api_.eglDestroyContext(display_, context_); // and what was made in it
}

Device::Use::Use(Device& device)
    : device_(device), lock_(device.mutex_), before_display_(device.api_.eglGetCurrentDisplay()),
      before_context_(device.api_.eglGetCurrentContext()), before_draw_(device.api_.eglGetCurrentSurface(egl::draw)),
      before_read_(device.api_.eglGetCurrentSurface(egl::read)) {
  device.api_.eglBindAPI(egl::opengl_api);
  if (!device.api_.eglMakeCurrent(device.display_, nullptr, nullptr, device.context_))
    device.lost_ = true;
}

Device::Use::~Use() {
  if (before_context_ != nullptr)
    device_.api_.eglMakeCurrent(before_display_, before_draw_, before_read_, before_context_);
  else
    device_.api_.eglMakeCurrent(device_.display_, nullptr, nullptr, nullptr);
}

std::int64_t Device::slice_units() const {
  // A software rasteriser was measured to do about 10^9 units a second on one core, a small GPU does some 10^11.
  return is_software_ ? std::int64_t{1} << 24 : std::int64_t{1} << 30;
}

Result<unsigned> Device::compiled(const shaders::Shader& shader) {
  if (const auto found = programs_.find(shader.name); found != programs_.end())
    return found->second;
  const auto refused = [&](std::string_view what, std::string log) {
    return fail(ErrorCode::unsupported, concat("shaders/", shader.name, ".comp"),
                concat(what, " by ", printable(name_), ": ", printable(log, 400)));
  };
  const unsigned made = api_.glCreateShader(compute_shader);
  const char* const text = shader.glsl.data();
  const int size = static_cast<int>(shader.glsl.size());
  api_.glShaderSource(made, 1, &text, &size);
  api_.glCompileShader(made);
  int status = 0, length = 0;
  api_.glGetShaderiv(made, compile_status, &status);
  if (!status) {
    api_.glGetShaderiv(made, info_log_length, &length);
    std::string log(static_cast<std::size_t>(std::max(length, 1)), '\0');
    api_.glGetShaderInfoLog(made, length, nullptr, log.data());
    api_.glDeleteShader(made);
    return refused("isn't compiled", log.c_str());
  }
  const unsigned program = api_.glCreateProgram();
  api_.glAttachShader(program, made);
  api_.glLinkProgram(program);
  api_.glDeleteShader(made);
  api_.glGetProgramiv(program, link_status, &status);
  if (!status) {
    api_.glGetProgramiv(program, info_log_length, &length);
    std::string log(static_cast<std::size_t>(std::max(length, 1)), '\0');
    api_.glGetProgramInfoLog(program, length, nullptr, log.data());
    return refused("isn't linked", log.c_str());
  }
  programs_[shader.name] = program;
  return program;
}

bool Device::is_lost() {
  if (!lost_ && api_.glGetGraphicsResetStatus && api_.glGetGraphicsResetStatus() != 0)
    lost_ = true;
  return lost_;
}

} // namespace ganlet::gl
