#include "platform/display.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>

#include <imgui.h>

#include "platform/gl.h"
#include "platform/shaders.h"

namespace ganlet::platform {

Gl gl;

/// One picture of a frame; lives until the frame is on the screen.
struct DisplayCommand {
  const Texture* texture;
  ImVec2 low, high;
  Look look;

  void run(const ImDrawCmd& command) const;
};

namespace {

struct Uniforms {
  int rectangle, picture, cell, scale, upscaling, color_map, ink, paper;
};

struct Display {
  std::uint64_t context = 0; ///< counts the contexts that there were
  unsigned program = 0;
  unsigned vertices = 0; ///< core profiles want an array bound, even an empty one
  Uniforms at{};
  std::deque<DisplayCommand> commands; ///< whose addresses stay
  int width = 0, height = 0;           ///< of the screen, in pixels
} display;

unsigned compile(unsigned kind, const unsigned char* text) {
  const unsigned shader = gl.CreateShader(kind);
  const char* const parts[] = {gl.shader_header, reinterpret_cast<const char*>(text)};
  gl.ShaderSource(shader, 2, parts, nullptr);
  gl.CompileShader(shader);
  return shader;
}

void run_command(const ImDrawList*, const ImDrawCmd* command) {
  static_cast<const DisplayCommand*>(command->UserCallbackData)->run(*command);
}

} // namespace

unsigned make_program(const unsigned char* vertex, const unsigned char* fragment) {
  const unsigned program = gl.CreateProgram();
  for (const unsigned shader : {compile(gl_enum::vertex_shader, vertex), compile(gl_enum::fragment_shader, fragment)}) {
    gl.AttachShader(program, shader);
    gl.DeleteShader(shader); // once the program goes
  }
  gl.LinkProgram(program);
  int is_linked = 0;
  gl.GetProgramiv(program, gl_enum::link_status, &is_linked);
  return is_linked != 0 ? program : 0;
}

void DisplayCommand::run(const ImDrawCmd& command) const {
  const ImVec4& clip = command.ClipRect;
  const float left = std::max(clip.x, 0.0F), bottom = std::max(static_cast<float>(display.height) - clip.w, 0.0F);
  gl.Scissor(static_cast<int>(left), static_cast<int>(bottom), static_cast<int>(clip.z - left),
             static_cast<int>(clip.w - clip.y));
  gl.UseProgram(display.program);
  gl.BindVertexArray(display.vertices);
  gl.ActiveTexture(gl_enum::texture0);
  gl.BindTexture(gl_enum::texture_2d, texture->name());
  const float x = 2 / static_cast<float>(display.width), y = 2 / static_cast<float>(display.height);
  gl.Uniform4f(display.at.rectangle, low.x * x - 1, 1 - low.y * y, high.x * x - 1, 1 - high.y * y);
  gl.Uniform1i(display.at.picture, 0);
  const Image& image = texture->image();
  const int cell_width = look.cell_width > 0 ? look.cell_width : image.width;
  const int cell_height = look.cell_height > 0 ? look.cell_height : image.height;
  gl.Uniform2f(display.at.cell, static_cast<float>(cell_width), static_cast<float>(cell_height));
  gl.Uniform1f(display.at.scale, (high.x - low.x) / static_cast<float>(image.width));
  gl.Uniform1i(display.at.upscaling, look.upscaling);
  gl.Uniform1i(display.at.color_map, look.color_map);
  gl.Uniform3f(display.at.ink, 0.10F, 0.12F, 0.22F);
  gl.Uniform3f(display.at.paper, 0.98F, 0.965F, 0.93F);
  gl.DrawArrays(gl_enum::triangle_strip, 0, 4);
}

Texture::Texture(Image image) : image_(std::move(image)) {}

Texture::Texture(Texture&& other) noexcept {
  *this = std::move(other);
}

Texture& Texture::operator=(Texture&& other) noexcept {
  std::swap(image_, other.image_);
  if (other.name_ == 0) { // never shown, as pictures of an animation are: their names would be more and more
    is_uploaded_ = false;
    return *this;
  }
  std::swap(name_, other.name_);
  std::swap(context_, other.context_);
  std::swap(is_uploaded_, other.is_uploaded_);
  return *this;
}

Texture::~Texture() {
  if (name_ != 0 && context_ == display.context)
    gl.DeleteTextures(1, &name_);
}

unsigned Texture::name() const {
  const bool is_new = name_ == 0 || context_ != display.context;
  if (!is_new && is_uploaded_)
    return name_;
  if (is_new)
    gl.GenTextures(1, &name_);
  context_ = display.context;
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
  if (image_.width == 0)
    return;
  display.commands.push_back({this, low, high, look});
  list.AddCallback(run_command, &display.commands.back());
  list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
}

void display_begins() {
  display.commands.clear();
}

void display_ends(int pixels_wide, int pixels_high) {
  display.width = pixels_wide;
  display.height = pixels_high;
}

Image read_screen() {
  const auto width = static_cast<std::size_t>(display.width), height = static_cast<std::size_t>(display.height);
  Image image{display.width, display.height, std::vector<std::uint8_t>(4 * width * height)};
  std::vector<std::uint8_t> upside_down(image.pixels.size());
  gl.PixelStorei(gl_enum::pack_alignment, 4);
  gl.ReadPixels(0, 0, display.width, display.height, gl_enum::rgba, gl_enum::unsigned_byte, upside_down.data());
  for (std::size_t y = 0; y < height; ++y)
    std::memcpy(&image.pixels[4 * width * y], &upside_down[4 * width * (height - 1 - y)], 4 * width);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4)
    image.pixels[i] = 255;
  return image;
}

bool display_restored() {
  ++display.context;
  display.program = make_program(shaders::display_vert, shaders::display_frag);
  gl.GenVertexArrays(1, &display.vertices);
  const auto at = [](const char* name) { return gl.GetUniformLocation(display.program, name); };
  display.at = {at("rectangle"), at("picture"),   at("cell"), at("scale"),
                at("upscaling"), at("color_map"), at("ink"),  at("paper")};
  return display.program != 0;
}

} // namespace ganlet::platform
