#include "platform/display.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <imgui.h>

#include "core/text.h"
#include "platform/shaders.h"

namespace ganlet::platform {

Result<void> load_gl(Gl& gl, const FindFunction& find) {
#define GANLET_GL_LOAD(result, name, parameters)                                                                       \
  gl.name = reinterpret_cast<decltype(gl.name)>(find("gl" #name));                                                     \
  if (gl.name == nullptr)                                                                                              \
    return fail(ErrorCode::unsupported, "window", concat("this driver of OpenGL has no gl", #name));
  GANLET_GL_FUNCTIONS(GANLET_GL_LOAD)
#undef GANLET_GL_LOAD
  return {};
}

Display* Display::current() {
  return ImGui::GetCurrentContext() == nullptr ? nullptr
                                               : static_cast<Display*>(ImGui::GetIO().BackendRendererUserData);
}

void Display::attach() {
  ImGui::GetIO().BackendRendererUserData = this;
}

void Display::detach() {
  ImGui::GetIO().BackendRendererUserData = nullptr;
}

unsigned Display::make_program(const unsigned char* vertex, const unsigned char* fragment) const {
  const unsigned program = gl.CreateProgram();
  for (const auto& [kind, text] :
       {std::pair(gl_enum::vertex_shader, vertex), std::pair(gl_enum::fragment_shader, fragment)}) {
    const unsigned shader = gl.CreateShader(kind);
    const char* const parts[] = {gl.shader_header, reinterpret_cast<const char*>(text)};
    gl.ShaderSource(shader, 2, parts, nullptr);
    gl.CompileShader(shader);
    gl.AttachShader(program, shader);
    gl.DeleteShader(shader); // deferred until the program is deleted
  }
  gl.LinkProgram(program);
  int is_linked = 0;
  gl.GetProgramiv(program, gl_enum::link_status, &is_linked);
  return is_linked != 0 ? program : 0;
}

bool Display::restore() {
  ++context_;
  pictures_ = make_program(shaders::display_vert, shaders::display_frag);
  gl.GenVertexArrays(1, &nothing_);
  const auto at = [&](const char* name) { return gl.GetUniformLocation(pictures_, name); };
  at_ = {at("rectangle"), at("picture"),   at("cell"), at("scale"),
         at("upscaling"), at("color_map"), at("ink"),  at("paper")};
  interface_ = make_program(shaders::interface_vert, shaders::interface_frag);
  screen_ = gl.GetUniformLocation(interface_, "screen");
  gl.GenVertexArrays(1, &vertices_);
  gl.GenBuffers(1, &corners_);
  gl.GenBuffers(1, &indices_);
  gl.BindVertexArray(vertices_);
  gl.BindBuffer(gl_enum::array_buffer, corners_);
  gl.BindBuffer(gl_enum::element_array_buffer, indices_);
  const auto attribute = [&](unsigned index, int count, unsigned type, bool normalized, std::size_t offset) {
    gl.EnableVertexAttribArray(index);
    gl.VertexAttribPointer(index, count, type, normalized, sizeof(ImDrawVert), reinterpret_cast<const void*>(offset));
  };
  attribute(0, 2, gl_enum::float32, false, offsetof(ImDrawVert, pos));
  attribute(1, 2, gl_enum::float32, false, offsetof(ImDrawVert, uv));
  attribute(2, 4, gl_enum::unsigned_byte, true, offsetof(ImDrawVert, col));
  font_ = 0; // it belonged to the previous context
  upload_fonts();
  return pictures_ != 0 && interface_ != 0;
}

void Display::upload_fonts() {
  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  unsigned char* pixels = nullptr;
  int width = 0, height = 0;
  fonts.GetTexDataAsAlpha8(&pixels, &width, &height);
  if (font_ == 0)
    gl.GenTextures(1, &font_);
  gl.BindTexture(gl_enum::texture_2d, font_);
  gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_min_filter, gl_enum::linear);
  gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_mag_filter, gl_enum::linear);
  gl.PixelStorei(gl_enum::unpack_alignment, 1);
  gl.PixelStorei(gl_enum::unpack_row_length, 0);
  gl.TexImage2D(gl_enum::texture_2d, 0, gl_enum::r8, width, height, 0, gl_enum::red, gl_enum::unsigned_byte, pixels);
  fonts.SetTexID(reinterpret_cast<ImTextureID>(static_cast<std::size_t>(font_)));
}

void Display::begin() {
  frame_.clear();
}

/// The state for drawing lists; set at the start, and again after pictures, which use their own shader program.
void Display::set_state(const ImDrawData& data) const {
  gl.Enable(gl_enum::blend);
  gl.BlendFuncSeparate(gl_enum::src_alpha, gl_enum::one_minus_src_alpha, gl_enum::one, gl_enum::one_minus_src_alpha);
  gl.Enable(gl_enum::scissor_test);
  gl.UseProgram(interface_);
  gl.Uniform2f(screen_, data.DisplaySize.x, data.DisplaySize.y);
  gl.BindVertexArray(vertices_);
  gl.ActiveTexture(gl_enum::texture0);
  gl.BindTexture(gl_enum::texture_2d, font_);
}

void Display::draw_list(const ImDrawData& data, const ImDrawList& list) const {
  gl.BindBuffer(gl_enum::array_buffer, corners_);
  gl.BufferData(gl_enum::array_buffer, list.VtxBuffer.size_in_bytes(), list.VtxBuffer.Data, gl_enum::stream_draw);
  gl.BindBuffer(gl_enum::element_array_buffer, indices_);
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

void Display::show(const ImDrawData& data, int width, int height) {
  width_ = width;
  height_ = height;
  gl.Viewport(0, 0, width, height);
  const ImVec4 background = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  gl.ClearColor(background.x, background.y, background.z, 1);
  gl.Clear(gl_enum::color_buffer_bit);
  set_state(data);
  for (const ImDrawList* list : data.CmdLists)
    draw_list(data, *list);
  gl.Disable(gl_enum::scissor_test);
}

void Display::run_picture(const ImDrawList*, const ImDrawCmd* command) {
  const auto& picture = *static_cast<const Picture*>(command->UserCallbackData);
  picture.display->draw_picture(picture, *command);
}

void Display::draw_picture(const Picture& picture, const ImDrawCmd& command) const {
  const ImVec4& clip = command.ClipRect;
  const float left = std::max(clip.x, 0.0F), bottom = std::max(static_cast<float>(height_) - clip.w, 0.0F);
  gl.Scissor(static_cast<int>(left), static_cast<int>(bottom), static_cast<int>(clip.z - left),
             static_cast<int>(clip.w - clip.y));
  gl.UseProgram(pictures_);
  gl.BindVertexArray(nothing_);
  gl.ActiveTexture(gl_enum::texture0);
  gl.BindTexture(gl_enum::texture_2d, picture.texture->name(*this));
  const float x = 2 / static_cast<float>(width_), y = 2 / static_cast<float>(height_);
  gl.Uniform4f(at_.rectangle, picture.left * x - 1, 1 - picture.top * y, picture.right * x - 1, 1 - picture.bottom * y);
  gl.Uniform1i(at_.picture, 0);
  const Image& image = picture.texture->image();
  const Look& look = picture.look;
  const int cell_width = look.cell_width > 0 ? look.cell_width : image.width;
  const int cell_height = look.cell_height > 0 ? look.cell_height : image.height;
  gl.Uniform2f(at_.cell, static_cast<float>(cell_width), static_cast<float>(cell_height));
  gl.Uniform1f(at_.scale, (picture.right - picture.left) / static_cast<float>(image.width));
  gl.Uniform1i(at_.upscaling, look.upscaling);
  gl.Uniform1i(at_.color_map, look.color_map);
  const auto set_color = [&](int at, const std::array<std::uint8_t, 3>& color) {
    gl.Uniform3f(at, static_cast<float>(color[0]) / 255, static_cast<float>(color[1]) / 255,
                 static_cast<float>(color[2]) / 255);
  };
  set_color(at_.ink, ink);
  set_color(at_.paper, paper);
  gl.DrawArrays(gl_enum::triangle_strip, 0, 4);
}

Image Display::read_screen() const {
  const auto width = static_cast<std::size_t>(width_), height = static_cast<std::size_t>(height_);
  Image image{width_, height_, std::vector<std::uint8_t>(4 * width * height)};
  std::vector<std::uint8_t> upside_down(image.pixels.size());
  gl.PixelStorei(gl_enum::pack_alignment, 4);
  gl.ReadPixels(0, 0, width_, height_, gl_enum::rgba, gl_enum::unsigned_byte, upside_down.data());
  for (std::size_t y = 0; y < height; ++y)
    std::memcpy(&image.pixels[4 * width * y], &upside_down[4 * width * (height - 1 - y)], 4 * width);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4)
    image.pixels[i] = 255;
  return image;
}

Texture::Texture(Image image) : image_(std::move(image)) {}

Texture::Texture(unsigned name, int width, int height)
    : image_{width, height, {}}, name_(name), is_uploaded_(true), is_borrowed_(true) {}

Texture::Texture(Texture&& other) noexcept {
  *this = std::move(other);
}

Texture& Texture::operator=(Texture&& other) noexcept {
  std::swap(image_, other.image_);
  if (other.name_ == 0 && !is_borrowed_) { // never shown: reuse this one's name for the new picture
    is_uploaded_ = false;
    return *this;
  }
  std::swap(name_, other.name_);
  std::swap(context_, other.context_);
  std::swap(is_uploaded_, other.is_uploaded_);
  std::swap(is_borrowed_, other.is_borrowed_);
  return *this;
}

Texture::~Texture() {
  const Display* const display = name_ != 0 && !is_borrowed_ ? Display::current() : nullptr;
  if (display != nullptr && context_ == display->context_)
    display->gl.DeleteTextures(1, &name_);
}

unsigned Texture::name(const Display& display) const {
  if (is_borrowed_)
    return name_;
  const Gl& gl = display.gl;
  const bool is_new = name_ == 0 || context_ != display.context_;
  if (!is_new && is_uploaded_)
    return name_;
  if (is_new)
    gl.GenTextures(1, &name_);
  context_ = display.context_;
  gl.BindTexture(gl_enum::texture_2d, name_);
  if (is_new) {
    gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_min_filter, gl_enum::nearest);
    gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_mag_filter, gl_enum::nearest);
    gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_wrap_s, gl_enum::clamp_to_edge);
    gl.TexParameteri(gl_enum::texture_2d, gl_enum::texture_wrap_t, gl_enum::clamp_to_edge);
  }
  gl.PixelStorei(gl_enum::unpack_alignment, 4);
  gl.PixelStorei(gl_enum::unpack_row_length, 0);
  gl.TexImage2D(gl_enum::texture_2d, 0, gl_enum::rgba8, image_.width, image_.height, 0, gl_enum::rgba,
                gl_enum::unsigned_byte, image_.pixels.data());
  is_uploaded_ = true;
  return name_;
}

void Texture::draw(ImDrawList& list, const ImVec2& low, const ImVec2& high, const Look& look) const {
  Display* const display = Display::current();
  if (display == nullptr || image_.width == 0)
    return;
  display->frame_.push_back({display, this, low.x, low.y, high.x, high.y, look});
  list.AddCallback(Display::run_picture, &display->frame_.back());
  list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
}

} // namespace ganlet::platform
