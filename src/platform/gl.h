#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/error.h"

/// The few functions of OpenGL 3.3 and WebGL2 that the interface and its pictures need, so that the same source serves
/// both. The platform fills the table.
namespace ganlet::platform {

using GlSize = std::ptrdiff_t;

#ifdef _WIN32
#define GANLET_GL_CALL __stdcall
#else
#define GANLET_GL_CALL
#endif

#define GANLET_GL_FUNCTIONS(X)                                                                                         \
  X(void, ActiveTexture, (unsigned))                                                                                   \
  X(void, AttachShader, (unsigned, unsigned))                                                                          \
  X(void, BindBuffer, (unsigned, unsigned))                                                                            \
  X(void, BindTexture, (unsigned, unsigned))                                                                           \
  X(void, BindVertexArray, (unsigned))                                                                                 \
  X(void, BlendFuncSeparate, (unsigned, unsigned, unsigned, unsigned))                                                 \
  X(void, BufferData, (unsigned, GlSize, const void*, unsigned))                                                       \
  X(void, Clear, (unsigned))                                                                                           \
  X(void, ClearColor, (float, float, float, float))                                                                    \
  X(void, CompileShader, (unsigned))                                                                                   \
  X(unsigned, CreateProgram, ())                                                                                       \
  X(unsigned, CreateShader, (unsigned))                                                                                \
  X(void, DeleteShader, (unsigned))                                                                                    \
  X(void, DeleteTextures, (int, const unsigned*))                                                                      \
  X(void, Disable, (unsigned))                                                                                         \
  X(void, DrawArrays, (unsigned, int, int))                                                                            \
  X(void, DrawElements, (unsigned, int, unsigned, const void*))                                                        \
  X(void, Enable, (unsigned))                                                                                          \
  X(void, EnableVertexAttribArray, (unsigned))                                                                         \
  X(void, GenBuffers, (int, unsigned*))                                                                                \
  X(void, GenTextures, (int, unsigned*))                                                                               \
  X(void, GenVertexArrays, (int, unsigned*))                                                                           \
  X(void, GetProgramiv, (unsigned, unsigned, int*))                                                                    \
  X(const unsigned char*, GetString, (unsigned))                                                                       \
  X(int, GetUniformLocation, (unsigned, const char*))                                                                  \
  X(void, LinkProgram, (unsigned))                                                                                     \
  X(void, PixelStorei, (unsigned, int))                                                                                \
  X(void, ReadPixels, (int, int, int, int, unsigned, unsigned, void*))                                                 \
  X(void, Scissor, (int, int, int, int))                                                                               \
  X(void, ShaderSource, (unsigned, int, const char* const*, const int*))                                               \
  X(void, TexImage2D, (unsigned, int, int, int, int, int, unsigned, unsigned, const void*))                            \
  X(void, TexParameteri, (unsigned, unsigned, int))                                                                    \
  X(void, Uniform1f, (int, float))                                                                                     \
  X(void, Uniform1i, (int, int))                                                                                       \
  X(void, Uniform2f, (int, float, float))                                                                              \
  X(void, Uniform3f, (int, float, float, float))                                                                       \
  X(void, Uniform4f, (int, float, float, float, float))                                                                \
  X(void, UseProgram, (unsigned))                                                                                      \
  X(void, VertexAttribPointer, (unsigned, int, unsigned, unsigned char, int, const void*))                             \
  X(void, Viewport, (int, int, int, int))

struct Gl {
#define GANLET_GL_MEMBER(result, name, parameters) result(GANLET_GL_CALL* name) parameters = nullptr;
  GANLET_GL_FUNCTIONS(GANLET_GL_MEMBER)
#undef GANLET_GL_MEMBER
  const char* shader_header = ""; ///< the first lines of each shader
};

/// Finds a function by its name, such as "glClear"; null if the driver doesn't have it.
using FindFunction = std::function<void (*(const char* name))()>;

/// Fills the table. Errors: unsupported, with the first function that the driver lacks.
Result<void> load_gl(Gl& gl, const FindFunction& find);

/// Constants from OpenGL's headers.
namespace gl_enum {
inline constexpr unsigned one = 1, triangles = 0x0004, triangle_strip = 0x0005, src_alpha = 0x0302,
                          one_minus_src_alpha = 0x0303, blend = 0x0BE2, scissor_test = 0x0C11,
                          unpack_row_length = 0x0CF2, unpack_alignment = 0x0CF5, pack_alignment = 0x0D05,
                          texture_2d = 0x0DE1, unsigned_byte = 0x1401, unsigned_short = 0x1403, float32 = 0x1406,
                          red = 0x1903, rgba = 0x1908, renderer = 0x1F01, nearest = 0x2600, linear = 0x2601,
                          texture_mag_filter = 0x2800, texture_min_filter = 0x2801, texture_wrap_s = 0x2802,
                          texture_wrap_t = 0x2803, color_buffer_bit = 0x4000, rgba8 = 0x8058, clamp_to_edge = 0x812F,
                          r8 = 0x8229, texture0 = 0x84C0, array_buffer = 0x8892, element_array_buffer = 0x8893,
                          stream_draw = 0x88E0, fragment_shader = 0x8B30, vertex_shader = 0x8B31, link_status = 0x8B82;
} // namespace gl_enum

} // namespace ganlet::platform
