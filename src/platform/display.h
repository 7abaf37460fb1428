#pragma once

#include <cstdint>

#include "image/image.h"

struct ImDrawList;
struct ImVec2;

/// Pictures on the screen, through the shaders in shaders/. Drawing thread only.
namespace ganlet::platform {

/// How a picture is shown; the numbers are the shader's.
struct Look {
  int upscaling = 1;  ///< 0 nearest, 1 smooth, 2 Lanczos
  int color_map = 0;  ///< 0 plain, 1 grey, 2 inverted, 3 ink on paper
  int cell_width = 0; ///< of one picture of a grid; 0 for all in one
  int cell_height = 0;
};

/// A picture that can be shown. Keeps its pixels, so that it outlives a lost context. Move it, don't copy it. One that
/// is given to another takes its place under OpenGL's same name: pages remember every name there ever was.
class Texture {
 public:
  Texture() = default;
  explicit Texture(Image image);
  Texture(Texture&& other) noexcept;
  Texture& operator=(Texture&& other) noexcept;
  ~Texture();

  const Image& image() const { return image_; }
  explicit operator bool() const { return image_.width > 0; }
  /// Puts it on the list: the corners are in pixels.
  void draw(ImDrawList& list, const ImVec2& low, const ImVec2& high, const Look& look) const;

 private:
  friend struct DisplayCommand;
  unsigned name() const; ///< OpenGL's; uploads what isn't there yet
  Image image_;
  mutable unsigned name_ = 0;
  mutable std::uint64_t context_ = 0; ///< which `name_` belongs to
  mutable bool is_uploaded_ = false;  ///< the picture, under that name
};

/// Before and after frames, and when the context is a new one. For the platform's own files.
void display_begins();
void display_ends(int pixels_wide, int pixels_high);
/// The pixels of the frame that was drawn last.
Image read_screen();
/// False where the shaders can't be compiled.
bool display_restored();

} // namespace ganlet::platform
