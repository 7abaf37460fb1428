#include "platform/interface.h"

#include <cstddef>

#include <imgui.h>

#include "platform/gl.h"
#include "platform/shaders.h"

namespace ganlet::platform {

namespace {

struct Interface {
  unsigned program = 0, vertices = 0, corners = 0, indices = 0, font = 0;
  int screen = 0;
} interface;

/// What lists are drawn with, from the start and after pictures, which have a program of their own.
void set_state(const ImDrawData& data) {
  gl.Enable(gl_enum::blend);
  gl.BlendFuncSeparate(gl_enum::src_alpha, gl_enum::one_minus_src_alpha, gl_enum::one, gl_enum::one_minus_src_alpha);
  gl.Enable(gl_enum::scissor_test);
  gl.UseProgram(interface.program);
  gl.Uniform2f(interface.screen, data.DisplaySize.x, data.DisplaySize.y);
  gl.BindVertexArray(interface.vertices);
  gl.ActiveTexture(gl_enum::texture0);
  gl.BindTexture(gl_enum::texture_2d, interface.font);
}

void draw_list(const ImDrawData& data, const ImDrawList& list) {
  gl.BindBuffer(gl_enum::array_buffer, interface.corners);
  gl.BufferData(gl_enum::array_buffer, list.VtxBuffer.size_in_bytes(), list.VtxBuffer.Data, gl_enum::stream_draw);
  gl.BindBuffer(gl_enum::element_array_buffer, interface.indices);
  gl.BufferData(gl_enum::element_array_buffer, list.IdxBuffer.size_in_bytes(), list.IdxBuffer.Data,
                gl_enum::stream_draw);
  for (const ImDrawCmd& command : list.CmdBuffer) {
    if (command.UserCallback == ImDrawCallback_ResetRenderState) {
      set_state(data);
      continue;
    }
    if (command.UserCallback != nullptr) {
      command.UserCallback(&list, &command);
      continue;
    }
    const ImVec4& clip = command.ClipRect;
    if (clip.z <= clip.x || clip.w <= clip.y)
      continue;
    gl.Scissor(static_cast<int>(clip.x), static_cast<int>(data.DisplaySize.y - clip.w),
               static_cast<int>(clip.z - clip.x), static_cast<int>(clip.w - clip.y));
    static_assert(sizeof(ImDrawIdx) == 2);
    gl.DrawElements(gl_enum::triangles, static_cast<int>(command.ElemCount), gl_enum::unsigned_short,
                    reinterpret_cast<const void*>(command.IdxOffset * sizeof(ImDrawIdx)));
  }
}

} // namespace

bool interface_restored() {
  interface.program = make_program(shaders::interface_vert, shaders::interface_frag);
  interface.screen = gl.GetUniformLocation(interface.program, "screen");
  gl.GenVertexArrays(1, &interface.vertices);
  gl.GenBuffers(1, &interface.corners);
  gl.GenBuffers(1, &interface.indices);
  gl.BindVertexArray(interface.vertices);
  gl.BindBuffer(gl_enum::array_buffer, interface.corners);
  gl.BindBuffer(gl_enum::element_array_buffer, interface.indices);
  const auto attribute = [](unsigned index, int count, unsigned type, bool normalized, std::size_t offset) {
    gl.EnableVertexAttribArray(index);
    gl.VertexAttribPointer(index, count, type, normalized, sizeof(ImDrawVert), reinterpret_cast<const void*>(offset));
  };
  attribute(0, 2, gl_enum::float32, false, offsetof(ImDrawVert, pos));
  attribute(1, 2, gl_enum::float32, false, offsetof(ImDrawVert, uv));
  attribute(2, 4, gl_enum::unsigned_byte, true, offsetof(ImDrawVert, col));
  interface.font = 0; // that of the context before is gone
  upload_fonts();
  return interface.program != 0;
}

void upload_fonts() {
  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  unsigned char* pixels = nullptr;
  int width = 0, height = 0;
  fonts.GetTexDataAsAlpha8(&pixels, &width, &height);
  if (interface.font == 0)
    gl.GenTextures(1, &interface.font);
  gl.BindTexture(gl_enum::texture_2d, interface.font);
  gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_min_filter, gl_enum::linear);
  gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_mag_filter, gl_enum::linear);
  gl.PixelStorei(gl_enum::unpack_alignment, 1);
  gl.PixelStorei(gl_enum::unpack_row_length, 0);
  gl.TexImage2D(gl_enum::texture_2d, 0, gl_enum::r8, width, height, 0, gl_enum::red, gl_enum::unsigned_byte, pixels);
  fonts.SetTexID(reinterpret_cast<ImTextureID>(static_cast<std::size_t>(interface.font)));
}

void draw_interface(const ImDrawData& data) {
  set_state(data);
  for (int i = 0; i < data.CmdListsCount; ++i)
    draw_list(data, *data.CmdLists[i]);
  gl.Disable(gl_enum::scissor_test);
}

} // namespace ganlet::platform
