// Scales a picture's pixels, { width, height, data } with RGBA, and writes them as files.
import { chunkOf } from '../embed/element/save.js';

/** floor(a / b + 1/2), exact for integers of these sizes. */
const roundedRatio = (a, b) => Math.floor((2 * a + b) / (2 * b));

/**
 * What each of `to` pixels covers of `from` pixels along one axis: the first pixel, and the share of each in units of 1
 * / `to`.
 */
function coversOf(from, to) {
  return Array.from({ length: to }, (_, at) => {
    const first = Math.floor((at * from) / to);
    const parts = [];
    for (let pixel = first; pixel * to < (at + 1) * from; ++pixel)
      parts.push(Math.min((at + 1) * from, (pixel + 1) * to) - Math.max(at * from, pixel * to));
    return { first, parts };
  });
}

/** The picture scaled so that its longer side has `side` pixels, as `resized` in src/image/image.h does it. */
export function resized({ width, height, data }, side) {
  const scaled = (length) => Math.max(1, roundedRatio(length * side, Math.max(width, height)));
  const across = coversOf(width, scaled(width));
  const down = coversOf(height, scaled(height));
  const out = new Uint8ClampedArray(4 * across.length * down.length);
  let to = 0;
  for (const rows of down)
    for (const columns of across) {
      const sums = [0, 0, 0, 0];
      rows.parts.forEach((high, y) => {
        columns.parts.forEach((wide, x) => {
          const at = 4 * ((rows.first + y) * width + columns.first + x);
          const weight = high * wide * data[at + 3];
          for (let c = 0; c < 3; ++c) sums[c] += weight * data[at + c];
          sums[3] += weight;
        });
      });
      for (let c = 0; c < 3; ++c) out[to + c] = sums[3] > 0 ? roundedRatio(sums[c], sums[3]) : 0;
      out[to + 3] = roundedRatio(sums[3], width * height);
      to += 4;
    }
  return { width: across.length, height: down.length, data: out };
}

/** The channels that a file needs: 1 (grey), 3 (RGB) or 4 (RGBA). */
function channelsOf(data) {
  let channels = 1;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] !== 255) return 4;
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) channels = 3;
  }
  return channels;
}

async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A lossless PNG; a canvas doesn't guarantee that for transparent pixels. */
export async function pngOf({ width, height, data }) {
  const channels = channelsOf(data);
  const rows = new Uint8Array(height * (1 + channels * width)); // each row begins with its filter, 0
  for (let y = 0, to = 0, from = 0; y < height; ++y) {
    ++to;
    for (let x = 0; x < width; ++x, from += 4) for (let c = 0; c < channels; ++c) rows[to++] = data[from + c];
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, [0, 0, 0, 2, 6][channels]], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const chunks = [chunkOf('IHDR', header), chunkOf('IDAT', await deflated(rows)), chunkOf('IEND', new Uint8Array())];
  return new Blob([signature, ...chunks], { type: 'image/png' });
}

/** A file of that type, or a PNG if this browser can't write the type. */
export async function fileOf(picture, type) {
  if (type !== 'image/png' && globalThis.OffscreenCanvas?.prototype.convertToBlob) {
    const { width, height } = picture;
    const data = Uint8ClampedArray.from(picture.data);
    for (let at = 0; type === 'image/jpeg' && at < data.length; at += 4) {
      const opacity = data[at + 3] / 255; // over white: JPEG is opaque
      for (let c = 0; c < 3; ++c) data[at + c] = opacity * data[at + c] + (1 - opacity) * 255;
      data[at + 3] = 255;
    }
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d').putImageData(new ImageData(data, width, height), 0, 0);
    const blob = await canvas.convertToBlob({ type, quality: type === 'image/webp' ? 1 : 0.92 });
    if (blob.type === type) return blob;
  }
  return pngOf(picture);
}

export async function base64Of(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}
