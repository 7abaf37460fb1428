// Pictures in tests: read, and compared where two builds drew them.
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';

/**
 * What float32 kernels that fuse a multiplication with an addition leave equal: the native program's, by the processor,
 * and relaxed SIMD's.
 */
export function assertNearlyEqual(picture, other, what) {
  assert.equal(picture.length, other.length, what);
  const differences = picture.map((value, i) => Math.abs(value - other[i])).filter((difference) => difference > 0);
  const largest = Math.max(0, ...differences);
  assert.ok(largest <= 1, `${what}: differs by ${largest}`);
  assert.ok(
    differences.length <= picture.length / 1000,
    `${what}: ${differences.length} of ${picture.length} bytes differ`,
  );
  return differences.length;
}

/** RGBA of a PNG that isn't interlaced, as the native program writes them: grey, RGB, RGBA or with a palette. */
export function rgbaOf(png) {
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  const chunks = { PLTE: [], IDAT: [] };
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    chunks[png.toString('latin1', at + 4, at + 8)]?.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const rows = inflateSync(Buffer.concat(chunks.IDAT));
  const palette = chunks.PLTE[0];
  const channels = { 2: 3, 6: 4 }[kind] ?? 1;
  const stride = Math.ceil((width * channels * depth) / 8);
  const bytes = Buffer.alloc(height * stride);
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < stride; ++x) {
      const left = x >= channels ? bytes[y * stride + x - channels] : 0;
      const above = y > 0 ? bytes[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0 ? bytes[(y - 1) * stride + x - channels] : 0;
      const guess = left + above - corner;
      const [a, b, c] = [left, above, corner].map((one) => Math.abs(guess - one));
      const nearest = a <= b && a <= c ? left : b <= c ? above : corner; // Paeth's
      const predicted = [0, left, above, (left + above) >> 1, nearest][rows[y * (stride + 1)]];
      bytes[y * stride + x] = rows[y * (stride + 1) + 1 + x] + predicted;
    }
  const most = 2 ** depth - 1;
  const sample = (y, i) => (bytes[y * stride + ((i * depth) >> 3)] >> (8 - depth - ((i * depth) % 8))) & most;
  const colour = (y, x, channel) => {
    if (channel >= Math.max(channels, 3)) return 255;
    if (channels > 1) return sample(y, channels * x + channel);
    return kind === 3 ? palette[3 * sample(y, x) + channel] : (sample(y, x) * 255) / most;
  };
  return Uint8Array.from({ length: 4 * width * height }, (_, i) =>
    colour(Math.floor(i / 4 / width), (i >> 2) % width, i % 4),
  );
}
