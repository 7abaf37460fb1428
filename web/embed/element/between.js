// Pictures between two: loaded when one first turns into another.

/**
 * How far each pixel is from the edge of the ink, in pixels, negative inside it; in two passes (Borgefors 1986,
 * "Distance transformations in digital images").
 */
function distances({ data, width, height }) {
  const size = width * height;
  const to = (isInk) => {
    const far = Float32Array.from({ length: size }, (_, i) => (data[4 * i] > 127 === isInk ? 0 : size));
    const look = (i, x, from, length) => {
      if (x >= 0 && x < width && from >= 0 && from < size && far[from] + length < far[i]) far[i] = far[from] + length;
    };
    for (const way of [1, -1])
      for (let i = way > 0 ? 0 : size - 1; i >= 0 && i < size; i += way) {
        const x = i % width;
        look(i, x - way, i - way, 1);
        look(i, x, i - way * width, 1);
        look(i, x - way, i - way * (width + 1), Math.SQRT2);
        look(i, x + way, i - way * (width - 1), Math.SQRT2);
      }
    return far;
  };
  const outside = to(false);
  return to(true).map((distance, i) => distance - outside[i]);
}

/**
 * A function from 0 to 1 that gives pictures between two of one size: their pixels, or, of light ink on black, its
 * shape, which flows from one to the other.
 */
export function between(from, to, isInk) {
  const [a, b] = isInk ? [distances(from), distances(to)] : [];
  return (share) => {
    const made = new ImageData(to.width, to.height);
    const flow = isInk ? 1 - (2 * share - 1) ** 4 : 0; // the ends are the pictures themselves
    made.data.forEach((_, at) => {
      const faded = from.data[at] + share * (to.data[at] - from.data[at]);
      const pixel = at >> 2;
      const shape = flow && at % 4 < 3 ? 128 - 160 * (a[pixel] + share * (b[pixel] - a[pixel])) : faded;
      made.data[at] = faded + flow * (Math.min(255, Math.max(0, shape)) - faded);
    });
    return made;
  };
}
