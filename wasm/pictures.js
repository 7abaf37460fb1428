// The pixels of pictures in the forms that pages have. Loaded when a model first gets a picture.
import { GanletError } from './errors.js';

const invalid = (detail) => new GanletError('invalid_argument', 'image', detail);
const isBytes = (data) => data instanceof Uint8ClampedArray || data instanceof Uint8Array;

/** A picture's own size; those that haven't been loaded have none. */
const sidesOf = (picture) =>
  ['Width', 'Height'].map((side) => {
    const names = [`natural${side}`, `video${side}`, `display${side}`, side.toLowerCase()];
    return names.map((name) => picture?.[name]).find((length) => typeof length === 'number');
  });

function drawn(picture, [width, height]) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

async function decoded(blob) {
  try {
    return await createImageBitmap(blob);
  } catch {
    throw invalid(`${blob.name ? `${blob.name} ` : ''}is no picture that this browser can read`);
  }
}

/** RGBA as { width, height, data }. */
export async function pixelsOf(picture) {
  const { width, height, data } = picture ?? {};
  if (isBytes(data)) {
    if (!([width, height].every((side) => side > 0 && Number.isInteger(side)) && data.length === 4 * width * height))
      throw invalid(`needs 4 bytes for each of ${width} x ${height} pixels, has ${data.length}`);
    return { width, height, data };
  }
  if (globalThis.createImageBitmap && picture instanceof Blob) {
    const bitmap = await decoded(picture);
    const pixels = await pixelsOf(bitmap);
    bitmap.close();
    return pixels;
  }
  const sides = sidesOf(picture);
  if (!globalThis.OffscreenCanvas || !sides.every((side) => side > 0))
    throw invalid('must be ImageData, a file, or an image, canvas, bitmap or video that has been loaded');
  try {
    return await pixelsOf(drawn(picture, sides));
  } catch (error) {
    const why = "comes from another site, which doesn't let this page read it (CORS)";
    throw invalid(error.name === 'SecurityError' ? why : `can't be read: ${error.message}`);
  }
}
