// Images as a picture: a network's numbers become bytes of red, green, blue and alpha, the four of a pixel in one word,
// red lowest, and the images lie side by side in rows. So a picture can be shown without its pixels leaving the device.
uniforms {
  count: uint;     // pixels of all images
  width: uint;     // of an image
  height: uint;
  channels: uint;  // 1 (grey), 3 or 4
  planes: uint;    // 1 if channels lie one behind the other, (N,C,H,W); 0 for (N,H,W,C)
  before: uint;    // images of the picture in front of these
  across: uint;    // images of a row of the picture
  first: uint;     // work group of this dispatch
  low: float;      // the number that becomes 0
  scale: float;    // 255 by the number that becomes 255, less `low`
}
input x: float[];
output y: uint[];
group 64;

fn level(value: float) -> uint {
  let scaled: float = floor((value - low) * scale + 0.5);
  if (scaled > 0.0) { // NaN isn't
    return uint(min(scaled, 255.0));
  }
  return 0u;
}

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  let area: uint = width * height;
  let image: uint = element / area;
  let pixel: uint = element % area;
  var start: uint = element * channels;
  var step: uint = 1u;
  if (planes == 1u) {
    start = image * channels * area + pixel;
    step = area;
  }
  let red: uint = level(x[start]);
  var green: uint = red;
  var blue: uint = red;
  var alpha: uint = 255u;
  if (channels >= 3u) {
    green = level(x[start + step]);
    blue = level(x[start + 2u * step]);
  }
  if (channels == 4u) {
    alpha = level(x[start + 3u * step]);
  }
  let at: uint = before + image;
  let row: uint = at / across * height + pixel / width;
  let column: uint = at % across * width + pixel % width;
  y[row * (across * width) + column] = red + 256u * green + 65536u * blue + 16777216u * alpha;
}
