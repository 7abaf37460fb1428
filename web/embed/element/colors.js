// Colours pictures as the studio does: plain, grey, inverted, or ink on paper.

const studioInk = [26, 31, 56, 255];
const studioPaper = [250, 246, 237, 255];

/** A CSS colour as [red, green, blue, alpha], or undefined. `currentColor` is that of `element`. */
function colorOf(text, element) {
  if (!CSS.supports('color', text)) return undefined;
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  context.fillStyle = /^currentcolor$/i.test(text) ? getComputedStyle(element).color : text;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}

/**
 * How to colour pictures, from the attributes `palette`, `ink` and `paper`, or the custom properties --ganlet-ink and
 * --ganlet-paper. Undefined means unchanged. Values that aren't colours are reported to `complain`, and ignored.
 */
export function coloring(get, element, complain) {
  const style = getComputedStyle(element);
  const [ink, paper] = ['ink', 'paper'].map((name) => {
    const property = `--ganlet-${name}`;
    const colorAt = (place, text) => {
      const found = text && colorOf(text, element);
      if (text && !found) complain(place, text);
      return found;
    };
    return colorAt(name, get(name)) || colorAt(property, style.getPropertyValue(property).trim());
  });
  const kind = get('palette') || (ink || paper ? 'ink' : 'plain');
  return kind === 'plain' ? undefined : { kind, ink: ink || studioInk, paper: paper || studioPaper };
}

/** Colours RGBA pixels in place. Transparent pixels stay transparent. */
export function colorPixels(data, { kind, ink, paper }) {
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    const grey = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    if (kind === 'ink') {
      const [over, under] = [(grey / 255) * ink[3], (1 - grey / 255) * paper[3]]; // their contributions to the alpha
      for (let c = 0; c < 3; ++c) data[at + c] = (over * ink[c] + under * paper[c]) / (over + under || 1);
      data[at + 3] *= (over + under) / 255;
    } else {
      data[at] = kind === 'grey' ? grey : 255 - red;
      data[at + 1] = kind === 'grey' ? grey : 255 - green;
      data[at + 2] = kind === 'grey' ? grey : 255 - blue;
    }
  }
}
