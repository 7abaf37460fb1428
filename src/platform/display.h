#pragma once

#include <cstdint>
#include <deque>

#include "image/image.h"
#include "platform/gl.h"

struct ImDrawCmd;
struct ImDrawData;
struct ImDrawList;
struct ImVec2;

/// What is on the screen: Dear ImGui's lists, and pictures through the shaders in shaders/. Drawing thread only.
namespace ganlet::platform {

class Texture;

/// How a picture is shown; the numbers are the shader's.
struct Look {
  int upscaling = 1;  ///< 0 nearest, 1 smooth, 2 Lanczos
  int color_map = 0;  ///< 0 plain, 1 grey, 2 inverted, 3 ink on paper
  int cell_width = 0; ///< of one picture of a grid; 0 for all in one
  int cell_height = 0;
};

/// Draws frames. Dear ImGui's own OpenGL backend asks for the state that it finds, to give it back afterwards; in a
/// page each question waits until the graphics process has drawn all that came before.
class Display {
 public:
  /// The display of ImGui's current context, which `attach` made; null without one, as in tests.
  static Display* current();
  void attach();
  /// Before the context is destroyed.
  static void detach();

  Gl gl;
  /// Makes what a new context needs, the fonts too. False if the shaders can't be compiled.
  bool restore();
  /// Uploads the fonts of ImGui's atlas again.
  void upload_fonts();
  /// Before the frame is laid out: drops the pictures of the frame before.
  void begin();
  /// Draws the frame that was laid out.
  void show(const ImDrawData& data, int width, int height);
  /// The pixels of the frame that was drawn last.
  Image read_screen() const;

 private:
  friend class Texture;
  /// One picture of a frame.
  struct Picture {
    const Display* display;
    const Texture* texture;
    float left, top, right, bottom;
    Look look;
  };
  struct Uniforms {
    int rectangle, picture, cell, scale, upscaling, color_map, ink, paper;
  };

  static void run_picture(const ImDrawList* list, const ImDrawCmd* command);
  unsigned make_program(const unsigned char* vertex, const unsigned char* fragment) const;
  void draw_picture(const Picture& picture, const ImDrawCmd& command) const;
  void draw_list(const ImDrawData& data, const ImDrawList& list) const;
  void set_state(const ImDrawData& data) const;

  std::uint64_t context_ = 0; ///< counts the contexts that there were
  unsigned pictures_ = 0;     ///< the program that draws pictures
  unsigned nothing_ = 0;      ///< core profiles want an array bound, even an empty one
  Uniforms at_{};
  unsigned interface_ = 0, vertices_ = 0, corners_ = 0, indices_ = 0, font_ = 0;
  int screen_ = 0;
  std::deque<Picture> frame_; ///< whose addresses stay
  int width_ = 0, height_ = 0;
};

/// A picture that can be shown. Move-only. It keeps its pixels, so that it outlives a lost context. Assigning a new
/// picture reuses the OpenGL name: browsers keep a record for every texture name.
class Texture {
 public:
  Texture() = default;
  explicit Texture(Image image);
  Texture(Texture&& other) noexcept;
  Texture& operator=(Texture&& other) noexcept;
  ~Texture();

  const Image& image() const { return image_; }
  explicit operator bool() const { return image_.width > 0; }
  /// Puts it on the list: the corners are in pixels. Does nothing without a display.
  void draw(ImDrawList& list, const ImVec2& low, const ImVec2& high, const Look& look) const;

 private:
  friend class Display;
  unsigned name(const Display& display) const; ///< OpenGL's; uploads what isn't there yet
  Image image_;
  mutable unsigned name_ = 0;
  mutable std::uint64_t context_ = 0; ///< which `name_` belongs to
  mutable bool is_uploaded_ = false;  ///< the picture, under that name
};

} // namespace ganlet::platform
