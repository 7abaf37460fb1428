// The largest or the mean of a window over images (N,H,W,C). The tables have for each row of the output, then for each
// of its columns, the first place in the input, how many taps lie inside, and by how many a mean is divided along this
// axis; the host clips the windows.
uniforms {
  count: uint;          // elements of y
  input_rows: uint;
  input_columns: uint;
  output_rows: uint;
  output_columns: uint;
  channels: uint;
  row_step: uint;       // the dilation
  column_step: uint;
  takes_largest: uint;
  first: uint;          // work group of this dispatch
}
constant windows: uint[]; // threes
input x: float[];
output y: float[];
group 64;

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  let channel: uint = element % channels;
  let column: uint = 3u * (output_rows + element / channels % output_columns); // in the tables
  let row: uint = 3u * (element / (channels * output_columns) % output_rows);
  let image: uint = element / (channels * output_columns * output_rows);
  var sum: float = 0.0;
  var largest: float = -3.4e38;
  for (var i: uint = 0u; i < windows[row + 1u]; i++) {
    for (var j: uint = 0u; j < windows[column + 1u]; j++) {
      let at_row: uint = image * input_rows + windows[row] + i * row_step;
      let at_column: uint = windows[column] + j * column_step;
      let value: float = x[(at_row * input_columns + at_column) * channels + channel];
      sum += value;
      largest = max(largest, value);
    }
  }
  let divisor: float = float(windows[row + 2u] * windows[column + 2u]);
  y[element] = select(sum / divisor, largest, takes_largest == 1u);
}
