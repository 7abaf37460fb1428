// Pictures as files. A PNG tells in its text what it was drawn from (PNG third edition, section 11.3.3).

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; ++bit) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crcOf(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** An iTXt chunk: keyword, no compression, no language, UTF-8. */
function textChunk(keyword, text) {
  const body = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(4 + body.length, crcOf(body));
  return chunk;
}

/** The PNG with texts by keyword after its header. */
export async function withTexts(blob, texts) {
  const headerEnd = 8 + 25; // signature, IHDR
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return new Blob([blob.slice(0, headerEnd), ...chunks, blob.slice(headerEnd)], { type: 'image/png' });
}

/** Hands a file to the browser to be kept. */
export function saveAs(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
