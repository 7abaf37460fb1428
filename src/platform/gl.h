#pragma once

#include <cstdint>

/// The few functions of OpenGL 3.3 and WebGL2 that showing a picture takes, so that one source serves both. The
/// platform fills the table.
namespace ganlet::platform {

#ifdef _WIN32
#define GANLET_GL_CALL __stdcall
#else
#define GANLET_GL_CALL
#endif

#define GANLET_GL_FUNCTIONS(X)                                                                                         \
  X(void, ActiveTexture, (unsigned))                                                                                   \
  X(void, AttachShader, (unsigned, unsigned))                                                                          \
  X(void, BindTexture, (unsigned, unsigned))                                                                           \
  X(void, BindVertexArray, (unsigned))                                                                                 \
  X(void, CompileShader, (unsigned))                                                                                   \
  X(unsigned, CreateProgram, ())                                                                                       \
  X(unsigned, CreateShader, (unsigned))                                                                                \
  X(void, DeleteShader, (unsigned))                                                                                    \
  X(void, DeleteTextures, (int, const unsigned*))                                                                      \
  X(void, DrawArrays, (unsigned, int, int))                                                                            \
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
  X(void, Viewport, (int, int, int, int))                                                                              \
  X(void, ClearColor, (float, float, float, float))                                                                    \
  X(void, Clear, (unsigned))

struct Gl {
#define GANLET_GL_MEMBER(result, name, parameters) result(GANLET_GL_CALL* name) parameters = nullptr;
  GANLET_GL_FUNCTIONS(GANLET_GL_MEMBER)
#undef GANLET_GL_MEMBER
  const char* shader_header = ""; ///< the first lines of each shader
};

extern Gl gl;

/// The numbers that OpenGL's headers give these.
namespace gl_enum {
inline constexpr unsigned triangle_strip = 0x0005, texture_2d = 0x0DE1, unsigned_byte = 0x1401, rgba = 0x1908,
                          rgba8 = 0x8058, nearest = 0x2600, texture_mag_filter = 0x2800, texture_min_filter = 0x2801,
                          texture_wrap_s = 0x2802, texture_wrap_t = 0x2803, clamp_to_edge = 0x812F, texture0 = 0x84C0,
                          fragment_shader = 0x8B30, vertex_shader = 0x8B31, link_status = 0x8B82, renderer = 0x1F01,
                          color_buffer_bit = 0x4000, unpack_alignment = 0x0CF5, pack_alignment = 0x0D05,
                          unpack_row_length = 0x0CF2;
} // namespace gl_enum

} // namespace ganlet::platform
