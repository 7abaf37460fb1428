// The interface's triangles, as Dear ImGui lists them: places in pixels from the top left, colours per corner.
uniform vec2 screen; // pixels
layout(location = 0) in vec2 position;
layout(location = 1) in vec2 in_font;
layout(location = 2) in vec4 in_tint;
out vec2 in_atlas;
out vec4 tint;

void main() {
  in_atlas = in_font;
  tint = in_tint;
  gl_Position = vec4(2.0 * position.x / screen.x - 1.0, 1.0 - 2.0 * position.y / screen.y, 0.0, 1.0);
}
