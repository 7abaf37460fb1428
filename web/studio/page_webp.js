// Builds an animated WebP (RFC 9649, WebP Image Format, section 2.7) from stills that the browser encodes. Chromium's
// are lossless at quality 1; other browsers may lose a little.

/** A chunk: its name, length and bytes, padded to an even length. */
function chunk(name, parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(8 + length + (length & 1));
  bytes.set([...name].map((letter) => letter.charCodeAt(0)));
  new DataView(bytes.buffer).setUint32(4, length, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const numbers = (...sizes) =>
  Uint8Array.from(sizes.flatMap(([value, count]) => Array.from({ length: count }, (_, i) => (value / 256 ** i) & 255)));

/** The chunks of a still that a frame may contain. */
function pictureChunks(still) {
  const view = new DataView(still.buffer),
    found = [];
  for (let at = 12; at + 8 <= still.length; ) {
    const name = String.fromCharCode(...still.subarray(at, at + 4));
    const end = at + 8 + view.getUint32(at + 4, true);
    if (['ALPH', 'VP8 ', 'VP8L'].includes(name)) found.push(still.subarray(at, end + (end & 1)));
    at = end + (end & 1);
  }
  return found;
}

/** Encodes frames that src/image/webp_in_pages.cpp has joined. Throws if the browser has no encoder. */
export async function animatedWebp(frames) {
  const [width, height, count, milliseconds] = new Uint32Array(frames.slice(0, 16).buffer);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const animation = [];
  const size = [
    [width - 1, 3],
    [height - 1, 3],
  ];
  for (let i = 0; i < count; ++i) {
    const pixels = new Uint8ClampedArray(
      frames.buffer,
      frames.byteOffset + 16 + 4 * width * height * i,
      4 * width * height,
    );
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
    const still = await canvas.convertToBlob({ type: 'image/webp', quality: 1 });
    if (still.type !== 'image/webp') throw new Error('This browser can’t write WebP; GIF and APNG it can.');
    const bytes = new Uint8Array(await still.arrayBuffer());
    const keepsNothing = 2; // each frame replaces the previous one, including transparent pixels
    animation.push(
      chunk('ANMF', [numbers([0, 6], ...size, [milliseconds, 3], [keepsNothing, 1]), ...pictureChunks(bytes)]),
    );
  }
  const hasAnimationAndAlpha = 0x12;
  const webp = [...'WEBP'].map((letter) => letter.charCodeAt(0));
  return chunk('RIFF', [
    webp,
    chunk('VP8X', [numbers([hasAnimationAndAlpha, 4], ...size)]),
    chunk('ANIM', [numbers([0, 6])]),
    ...animation,
  ]);
}
