#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "image/image.h"
#include "platform/gl.h"

struct ImDrawCmd;
struct ImDrawData;
struct ImDrawList;
struct ImVec2;

/// What is on the screen: Dear ImGui's draw lists, and pictures drawn with the shaders in shaders/. For use on the
/// drawing thread only.
namespace ganlet::platform {

class Texture;

/// The colours of brightness 1 and 0 where a picture is shown as ink on paper.
inline constexpr std::array<std::uint8_t, 3> ink{26, 31, 56}, paper{250, 246, 237};

/// How a picture is shown; the numbers are those of the shader.
struct Look {
  int upscaling = 1;  ///< 0 nearest, 1 smooth, 2 Lanczos
  int color_map = 0;  ///< 0 plain, 1 grey, 2 inverted, 3 ink on paper
  int cell_width = 0; ///< width of each picture in a grid; 0 for a single picture
  int cell_height = 0;
};

/// Draws frames. It is used instead of Dear ImGui's own OpenGL backend, which queries the current state to restore it
/// afterwards; in a page each query waits until the graphics process has drawn everything before it.
class Display {
 public:
  /// The display on which `attach` was called for ImGui's current context; null if there is none, as in tests.
  static Display* current();
  void attach();
  /// To be called before the context is destroyed.
  static void detach();

  Gl gl;
  /// Creates everything that a new context needs, including fonts. False if the shaders can't be compiled.
  bool restore();
  /// Uploads the fonts of ImGui's atlas again.
  void upload_fonts();
  /// To be called before the frame is laid out: drops the previous frame's pictures.
  void begin();
  /// Draws the frame that was laid out.
  void show(const ImDrawData& data, int width, int height);
  /// The pixels of the last frame.
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

  std::uint64_t context_ = 0; ///< the number of contexts so far
  unsigned pictures_ = 0;     ///< the shader program for pictures
  unsigned nothing_ = 0;      ///< an empty vertex array: core profiles require one to be bound
  Uniforms at_{};
  unsigned interface_ = 0, vertices_ = 0, corners_ = 0, indices_ = 0, font_ = 0;
  int screen_ = 0;
  std::deque<Picture> frame_; ///< a deque, so that addresses stay valid
  int width_ = 0, height_ = 0;
};

/// A picture that can be shown. Move-only. It keeps its pixels, so that it survives the loss of the context. Assigning
/// a new picture reuses the OpenGL name: browsers keep a record for every texture name.
class Texture {
 public:
  Texture() = default;
  explicit Texture(Image image);
  /// One that an OpenGL context has which shares textures with the window's, and which that one deletes.
  Texture(unsigned name, int width, int height);
  Texture(Texture&& other) noexcept;
  Texture& operator=(Texture&& other) noexcept;
  ~Texture();

  /// Without pixels if another context has them.
  const Image& image() const { return image_; }
  explicit operator bool() const { return image_.width > 0; }
  /// Adds it to the list; the corners are in pixels. Does nothing without a display.
  void draw(ImDrawList& list, const ImVec2& low, const ImVec2& high, const Look& look) const;

 private:
  friend class Display;
  unsigned name(const Display& display) const; ///< OpenGL's; uploads the picture if necessary
  Image image_;
  mutable unsigned name_ = 0;
  mutable std::uint64_t context_ = 0; ///< the context that `name_` belongs to
  mutable bool is_uploaded_ = false;  ///< whether the picture is uploaded under that name
  bool is_borrowed_ = false;          ///< whether another context has it
};

} // namespace ganlet::platform
