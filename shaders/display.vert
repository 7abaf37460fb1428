// A rectangle on the screen that shows a picture. The first line of both shaders, #version and precision, is added when
// compiling: desktop OpenGL and WebGL2 want different ones.
uniform vec4 rectangle; // left, top, right, bottom in clip space
out vec2 place;         // in the picture, (0, 0) at its top left

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  place = corner;
  gl_Position = vec4(mix(rectangle.x, rectangle.z, corner.x), mix(rectangle.y, rectangle.w, corner.y), 0.0, 1.0);
}
