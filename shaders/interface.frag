// Letters, and whatever else is one colour: the font's atlas says how much of it covers a pixel.
uniform sampler2D atlas;
in vec2 in_atlas;
in vec4 tint;
out vec4 color;

void main() {
  color = vec4(tint.rgb, tint.a * texture(atlas, in_atlas).r);
}
