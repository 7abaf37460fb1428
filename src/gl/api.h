#pragma once

#include <cstddef>
#include <cstdint>

#include "core/error.h"

/// The part of EGL 1.5 and OpenGL 4.3 that ganlet calls, loaded when first needed: nothing links against a driver, and
/// no header of one is needed. Names, types and numbers are those of Khronos' registry.
namespace ganlet::gl {

using Handle = void*; ///< EGLDisplay, EGLDeviceEXT, EGLContext, EGLSurface, EGLConfig, GLsync

// clang-format off
#define GANLET_EGL_FUNCTIONS(F)                                                                                        \
  F(Handle, eglGetDisplay, (Handle))                                                                                   \
  F(unsigned, eglInitialize, (Handle, int*, int*))                                                                     \
  F(const char*, eglQueryString, (Handle, int))                                                                        \
  F(unsigned, eglBindAPI, (unsigned))                                                                                  \
  F(unsigned, eglChooseConfig, (Handle, const int*, Handle*, int, int*))                                               \
  F(Handle, eglCreateContext, (Handle, Handle, Handle, const int*))                                                    \
  F(unsigned, eglDestroyContext, (Handle, Handle))                                                                     \
  F(unsigned, eglMakeCurrent, (Handle, Handle, Handle, Handle))                                                        \
  F(Handle, eglGetCurrentContext, ())                                                                                  \
  F(Handle, eglGetCurrentDisplay, ())                                                                                  \
  F(Handle, eglGetCurrentSurface, (int))                                                                               \
  F(unsigned, eglQueryContext, (Handle, Handle, int, int*))

#define GANLET_GL_FUNCTIONS(F)                                                                                         \
  F(unsigned, glGetError, ())                                                                                          \
  F(const unsigned char*, glGetString, (unsigned))                                                                     \
  F(void, glGetIntegerv, (unsigned, int*))                                                                             \
  F(void, glGetInteger64v, (unsigned, std::int64_t*))                                                                  \
  F(unsigned, glCreateShader, (unsigned))                                                                              \
  F(void, glShaderSource, (unsigned, int, const char* const*, const int*))                                             \
  F(void, glCompileShader, (unsigned))                                                                                 \
  F(void, glGetShaderiv, (unsigned, unsigned, int*))                                                                   \
  F(void, glGetShaderInfoLog, (unsigned, int, int*, char*))                                                            \
  F(void, glDeleteShader, (unsigned))                                                                                  \
  F(unsigned, glCreateProgram, ())                                                                                     \
  F(void, glAttachShader, (unsigned, unsigned))                                                                        \
  F(void, glLinkProgram, (unsigned))                                                                                   \
  F(void, glGetProgramiv, (unsigned, unsigned, int*))                                                                  \
  F(void, glGetProgramInfoLog, (unsigned, int, int*, char*))                                                           \
  F(void, glUseProgram, (unsigned))                                                                                    \
  F(void, glGenBuffers, (int, unsigned*))                                                                              \
  F(void, glDeleteBuffers, (int, const unsigned*))                                                                     \
  F(void, glBindBuffer, (unsigned, unsigned))                                                                          \
  F(void, glBindBufferRange, (unsigned, unsigned, unsigned, std::ptrdiff_t, std::ptrdiff_t))                           \
  F(void, glBufferData, (unsigned, std::ptrdiff_t, const void*, unsigned))                                             \
  F(void, glBufferSubData, (unsigned, std::ptrdiff_t, std::ptrdiff_t, const void*))                                    \
  F(void, glGetBufferSubData, (unsigned, std::ptrdiff_t, std::ptrdiff_t, void*))                                       \
  F(void, glCopyBufferSubData, (unsigned, unsigned, std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t))                   \
  F(void, glGenTextures, (int, unsigned*))                                                                             \
  F(void, glDeleteTextures, (int, const unsigned*))                                                                    \
  F(void, glBindTexture, (unsigned, unsigned))                                                                         \
  F(void, glTexStorage2D, (unsigned, int, unsigned, int, int))                                                         \
  F(void, glTexSubImage2D, (unsigned, int, int, int, int, int, unsigned, unsigned, const void*))                       \
  F(void, glDispatchCompute, (unsigned, unsigned, unsigned))                                                           \
  F(void, glMemoryBarrier, (unsigned))                                                                                 \
  F(Handle, glFenceSync, (unsigned, unsigned))                                                                         \
  F(unsigned, glClientWaitSync, (Handle, unsigned, std::uint64_t))                                                     \
  F(void, glDeleteSync, (Handle))                                                                                      \
  F(void, glGetQueryiv, (unsigned, unsigned, int*))                                                                    \
  F(void, glGenQueries, (int, unsigned*))                                                                              \
  F(void, glQueryCounter, (unsigned, unsigned))                                                                        \
  F(void, glGetQueryObjectui64v, (unsigned, unsigned, std::uint64_t*))                                                 \
  F(void, glProgramParameteri, (unsigned, unsigned, int))                                                              \
  F(void, glGetProgramBinary, (unsigned, int, int*, unsigned*, void*))                                                 \
  F(void, glProgramBinary, (unsigned, unsigned, const void*, int))                                                     \
  F(void, glDeleteProgram, (unsigned))                                                                                 \
  F(void, glFinish, ())                                                                                                \
  F(void, glFlush, ())
// clang-format on

/// Numbers of the registry.
namespace egl {
inline constexpr int extensions = 0x3055, platform_device = 0x313F, platform_surfaceless = 0x31DD, opengl_api = 0x30A2,
                     major_version = 0x3098, minor_version = 0x30FB, profile_mask = 0x30FD, core_profile = 1,
                     reset_strategy = 0x31BD, lose_on_reset = 0x31BF, draw = 0x3059, read = 0x305A, none = 0x3038,
                     renderable_type = 0x3040, opengl_bit = 8, surface_type = 0x3033, pbuffer_bit = 1,
                     config_id = 0x3028;
} // namespace egl
inline constexpr unsigned renderer = 0x1F01, version = 0x1F02, out_of_memory = 0x0505, compute_shader = 0x91B9,
                          compile_status = 0x8B81, link_status = 0x8B82, info_log_length = 0x8B84,
                          storage_buffer = 0x90D2, uniform_buffer = 0x8A11, copy_read_buffer = 0x8F36,
                          copy_write_buffer = 0x8F37, static_draw = 0x88E4, dynamic_draw = 0x88E8,
                          storage_barrier = 0x2000, buffer_update_barrier = 0x200, most_storage_bytes = 0x90DE,
                          storage_alignment = 0x90DF, most_storage_buffers = 0x90DB, uniform_alignment = 0x8A34,
                          commands_complete = 0x9117, flush_commands = 1, timeout_expired = 0x911B,
                          wait_failed = 0x911D, texture_2d = 0x0DE1, rgba = 0x1908, rgba8 = 0x8058, timestamp = 0x8E28,
                          counter_bits = 0x8864, query_result = 0x8866, binary_formats = 0x87FE, binary_length = 0x8741,
                          binary_is_wanted = 0x8257, unsigned_byte = 0x1401, pixel_unpack_buffer = 0x88EC,
                          pixel_buffer_barrier = 0x80;

struct Api {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration's type takes none
#define GANLET_MEMBER(result, name, arguments) result(*name) arguments = nullptr;
  GANLET_EGL_FUNCTIONS(GANLET_MEMBER)
  GANLET_GL_FUNCTIONS(GANLET_MEMBER)
#undef GANLET_MEMBER
  void* (*eglGetProcAddress)(const char*) = nullptr;
  // These are extensions, or of later versions; null where they are missing.
  unsigned (*eglQueryDevicesEXT)(int, Handle*, int*) = nullptr;
  const char* (*eglQueryDeviceStringEXT)(Handle, int) = nullptr;
  Handle (*eglGetPlatformDisplayEXT)(unsigned, Handle, const int*) = nullptr;
  unsigned (*glGetGraphicsResetStatus)() = nullptr;
};

/// Opens libEGL, and loads the functions whose names begin with egl. Errors: unsupported, if there is none.
Result<Api> load_egl();
/// Loads those that begin with gl, for the current context. Errors: unsupported, with the name of one that is missing.
Result<void> load_gl(Api& api);

} // namespace ganlet::gl
