// Upscales a picture and maps its colours. Texels are fetched, never sampled, so that each way says itself what it
// blends; a grid's pictures are kept apart: nothing is blended over the border of a cell.
uniform sampler2D picture;
uniform vec2 cell;      // texels of one picture of the grid
uniform float scale;    // pixels of the screen that a texel takes
uniform int upscaling;  // 0 nearest, 1 smooth, 2 Lanczos
uniform int color_map;  // 0 plain, 1 grey, 2 inverted, 3 ink on paper
uniform vec3 ink;
uniform vec3 paper;
in vec2 place;
out vec4 color;

const float pi = 3.14159265;

vec4 fetched(ivec2 at) {
  vec4 value = texelFetch(picture, at, 0);
  return vec4(value.rgb * value.a, value.a);
}

// The texel at `at`, or the nearest of the cell that begins at `from`.
vec4 texel(ivec2 at, ivec2 from) { return fetched(clamp(at, from, from + ivec2(cell) - 1)); }

// Pixel art: a texel is a flat square whose edges are one pixel of the screen wide, at any scale (Klems: Fat pixels,
// 2013).
vec4 smooth_texels(vec2 at, ivec2 from) {
  vec2 edge = floor(at - 0.5) + 1.0;
  vec2 part = clamp((at - edge) * max(scale, 1.0) + 0.5, 0.0, 1.0);
  ivec2 base = ivec2(edge) - 1;
  vec4 above = mix(texel(base, from), texel(base + ivec2(1, 0), from), part.x);
  vec4 below = mix(texel(base + ivec2(0, 1), from), texel(base + ivec2(1, 1), from), part.x);
  return mix(above, below, part.y);
}

// Weights of three neighbours of a place, at these distances of less than 3 from it: Lanczos' kernel of three lobes
// (Turkowski: Filters for Common Resampling Tasks, 1990), sinc(x) sinc(x / 3), all divided by the same number. From one
// texel to the next the first of the sines changes its sign alone.
vec3 lanczos(vec3 distances) {
  return vec3(1.0, -1.0, 1.0) * sin(pi / 3.0 * distances) / (distances * distances);
}

// Texels of a row, weighted. Written out: loops over arrays are slow where the graphics are drawn by a CPU.
vec4 row(ivec3 left, ivec3 right, int y, vec3 to_left, vec3 to_right) {
  return to_left.x * fetched(ivec2(left.x, y)) + to_left.y * fetched(ivec2(left.y, y)) +
         to_left.z * fetched(ivec2(left.z, y)) + to_right.x * fetched(ivec2(right.x, y)) +
         to_right.y * fetched(ivec2(right.y, y)) + to_right.z * fetched(ivec2(right.z, y));
}

vec4 lanczos_texels(vec2 at, ivec2 from) {
  const ivec3 before = ivec3(-2, -1, 0), behind = ivec3(1, 2, 3);
  vec2 base = floor(at - 0.5);
  vec2 part = clamp(at - 0.5 - base, 1e-4, 1.0 - 1e-4); // on a texel, sines and distance are 0
  vec3 to_left = lanczos(part.x - vec3(before)), to_right = -lanczos(part.x - vec3(behind));
  vec3 to_above = lanczos(part.y - vec3(before)), to_below = -lanczos(part.y - vec3(behind));
  ivec2 last = from + ivec2(cell) - 1;
  ivec3 left = clamp(int(base.x) + before, from.x, last.x), right = clamp(int(base.x) + behind, from.x, last.x);
  ivec3 above = clamp(int(base.y) + before, from.y, last.y), below = clamp(int(base.y) + behind, from.y, last.y);
  vec4 sum = to_above.x * row(left, right, above.x, to_left, to_right) +
             to_above.y * row(left, right, above.y, to_left, to_right) +
             to_above.z * row(left, right, above.z, to_left, to_right) +
             to_below.x * row(left, right, below.x, to_left, to_right) +
             to_below.y * row(left, right, below.y, to_left, to_right) +
             to_below.z * row(left, right, below.z, to_left, to_right);
  const vec3 one = vec3(1.0);
  return clamp(sum / (dot(to_left + to_right, one) * dot(to_above + to_below, one)), 0.0, 1.0);
}

vec3 mapped(vec3 rgb) {
  float grey = dot(rgb, vec3(0.299, 0.587, 0.114));
  if (color_map == 1)
    return vec3(grey);
  if (color_map == 2)
    return 1.0 - rgb;
  if (color_map == 3)
    return mix(paper, ink, grey);
  return rgb;
}

void main() {
  vec2 size = vec2(textureSize(picture, 0));
  vec2 at = clamp(place * size, vec2(0.0), size - 0.001);
  ivec2 from = ivec2(floor(at / cell) * cell);
  vec4 value = upscaling == 0   ? texel(ivec2(at), from)
               : upscaling == 1 ? smooth_texels(at, from)
                                : lanczos_texels(at, from);
  vec3 plain = value.a > 0.0 ? value.rgb / value.a : vec3(0.0);
  color = vec4(mapped(plain), value.a);
}
