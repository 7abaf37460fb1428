// Live texts with spaces: loaded when one is first shown.

/** Images of a text, with half a tile of paper for each space. */
export function spread(image, text, tile) {
  const symbols = [...text];
  const gap = tile >> 1;
  const width = symbols.reduce((sum, symbol) => sum + (symbol === ' ' ? gap : tile), 0);
  const out = new ImageData(width, image.height);
  for (let at = 3; at < out.data.length; at += 4) out.data[at] = 255;
  let [from, to] = [0, 0];
  for (const symbol of symbols) {
    const step = symbol === ' ' ? gap : tile;
    for (let y = 0; symbol !== ' ' && y < image.height; ++y) {
      const start = 4 * (y * image.width + from);
      out.data.set(image.data.subarray(start, start + 4 * tile), 4 * (y * width + to));
    }
    from += symbol === ' ' ? 0 : tile;
    to += step;
  }
  return out;
}
