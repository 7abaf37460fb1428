// Resizes images (N,H,W,C). The tables have for each row of the output, then for each of its columns, which two of the
// input are blended and how much of the second is taken (0 for the nearest): the host computes them in double, because
// a place on the border between two pixels, rounded differently, would be another pixel.
uniforms {
  count: uint;          // elements of y
  input_rows: uint;
  input_columns: uint;
  output_rows: uint;
  output_columns: uint;
  channels: uint;
  first: uint;          // work group of this dispatch
}
constant places: uint[]; // pairs
constant parts: float[];
input x: float[];
output y: float[];
group 64;

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  let channel: uint = element % channels;
  let column: uint = output_rows + element / channels % output_columns; // in the tables
  let row: uint = element / (channels * output_columns) % output_rows;
  let image: uint = element / (channels * output_columns * output_rows) * input_rows;
  let upper: uint = (image + places[2u * row]) * input_columns;
  let lower: uint = (image + places[2u * row + 1u]) * input_columns;
  let left: uint = places[2u * column];
  let right: uint = places[2u * column + 1u];
  let part: float = parts[column];
  let above: float = mix(x[(upper + left) * channels + channel], x[(upper + right) * channels + channel], part);
  let below: float = mix(x[(lower + left) * channels + channel], x[(lower + right) * channels + channel], part);
  y[element] = mix(above, below, parts[row]);
}
