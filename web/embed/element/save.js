// Saves pictures as files. A PNG records in its text what it was drawn from (PNG third edition, section 11.3.3).

/** The checksum of chunks (annex D), bit by bit, which costs little beside drawing and packing a picture. */
function crcOf(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** A chunk: its length, type, data and checksum. */
export function chunkOf(type, data) {
  const chunk = new Uint8Array(data.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crcOf(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** An iTXt chunk: keyword, no compression, no language, UTF-8. */
const textChunk = (keyword, text) => chunkOf('iTXt', new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`));

/** The PNG with the model and the request that it was drawn from as texts after its header. */
export function withTexts(blob, { id, version }, request) {
  const headerEnd = 8 + 25; // signature, IHDR
  const settings = JSON.stringify(request, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value));
  const texts = { Software: 'ganlet', 'ganlet model': `${id}@${version}`, 'ganlet request': settings };
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return new Blob([blob.slice(0, headerEnd), ...chunks, blob.slice(headerEnd)], { type: 'image/png' });
}

/** Lets the browser save a file. */
export function saveAs(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
