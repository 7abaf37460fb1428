// Upscales a picture and maps its colours. Texels are fetched, never sampled, so that each way says itself what it blends; a grid's
// pictures are kept apart: nothing is blended over the border of a cell.
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

// The texel at `at`, or the nearest of the cell that begins at `from`.
vec4 texel(ivec2 at, ivec2 from) {
  ivec2 last = from + ivec2(cell) - 1;
  vec4 value = texelFetch(picture, clamp(at, from, last), 0);
  return vec4(value.rgb * value.a, value.a);
}

// Pixel art: a texel is a flat square whose edges are one pixel of the screen wide, at any scale (Klems: Fat pixels, 2013).
vec4 smooth_texels(vec2 at, ivec2 from) {
  vec2 edge = floor(at - 0.5) + 1.0;
  vec2 part = clamp((at - edge) * max(scale, 1.0) + 0.5, 0.0, 1.0);
  ivec2 base = ivec2(edge) - 1;
  vec4 above = mix(texel(base, from), texel(base + ivec2(1, 0), from), part.x);
  vec4 below = mix(texel(base + ivec2(0, 1), from), texel(base + ivec2(1, 1), from), part.x);
  return mix(above, below, part.y);
}

// Lanczos' kernel of three lobes (Turkowski: Filters for Common Resampling Tasks, 1990).
float lanczos(float x) {
  x = abs(x);
  if (x < 1e-4)
    return 1.0;
  return x >= 3.0 ? 0.0 : 3.0 * sin(pi * x) * sin(pi * x / 3.0) / (pi * pi * x * x);
}

vec4 lanczos_texels(vec2 at, ivec2 from) {
  ivec2 base = ivec2(floor(at - 0.5));
  float across[6], total = 0.0;
  for (int x = 0; x < 6; ++x)
    total += across[x] = lanczos(at.x - 0.5 - float(base.x + x - 2));
  vec4 sum = vec4(0.0);
  float down = 0.0;
  for (int y = 0; y < 6; ++y) {
    float weight = lanczos(at.y - 0.5 - float(base.y + y - 2));
    vec4 row = vec4(0.0);
    for (int x = 0; x < 6; ++x)
      row += across[x] * texel(base + ivec2(x - 2, y - 2), from);
    sum += weight * row;
    down += weight;
  }
  return clamp(sum / (total * down), 0.0, 1.0);
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
  vec4 value = upscaling == 0 ? texel(ivec2(at), from) : upscaling == 1 ? smooth_texels(at, from) : lanczos_texels(at, from);
  vec3 plain = value.a > 0.0 ? value.rgb / value.a : vec3(0.0);
  color = vec4(mapped(plain), value.a);
}
