#include "gl/api.h"

#include <dlfcn.h>

#include "core/text.h"

namespace ganlet::gl {

namespace {

template <typename Function> bool assign(Function& function, void* address) {
  function = reinterpret_cast<Function>(address);
  return function != nullptr;
}

} // namespace

Result<Api> load_egl() {
  void* const library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(
        ErrorCode::unsupported, "gl",
        "there is no libEGL.so.1, which opens the GPU; a driver brings it (on Debian: libegl1, libgl1-mesa-dri)");
  Api api;
  const char* missing = nullptr;
#define GANLET_LOAD(result, name, arguments)                                                                           \
  if (!assign(api.name, dlsym(library, #name)))                                                                        \
    missing = #name;
  GANLET_EGL_FUNCTIONS(GANLET_LOAD)
#undef GANLET_LOAD
  if (!assign(api.eglGetProcAddress, dlsym(library, "eglGetProcAddress")))
    missing = "eglGetProcAddress";
  if (missing != nullptr)
    return fail(ErrorCode::unsupported, "gl", concat("libEGL.so.1 has no ", missing));
  assign(api.eglQueryDevicesEXT, api.eglGetProcAddress("eglQueryDevicesEXT"));
  assign(api.eglQueryDeviceStringEXT, api.eglGetProcAddress("eglQueryDeviceStringEXT"));
  assign(api.eglGetPlatformDisplayEXT, api.eglGetProcAddress("eglGetPlatformDisplayEXT"));
  return api;
}

Result<void> load_gl(Api& api) {
#define GANLET_LOAD(result, name, arguments)                                                                           \
  if (!assign(api.name, api.eglGetProcAddress(#name)))                                                                 \
    return fail(ErrorCode::unsupported, "gl", "the driver has no " #name);
  GANLET_GL_FUNCTIONS(GANLET_LOAD)
#undef GANLET_LOAD
  for (const char* name : {"glGetGraphicsResetStatus", "glGetGraphicsResetStatusKHR", "glGetGraphicsResetStatusARB"})
    if (assign(api.glGetGraphicsResetStatus, api.eglGetProcAddress(name)))
      break;
  return {};
}

} // namespace ganlet::gl
