// Reads and changes WebAssembly modules (WebAssembly Core, 5.5).

/** A reader of bytes from `at` on. */
export function reader(bytes, at = 0) {
  const self = {
    at,
    byte: () => bytes[self.at++],
    unsigned() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[self.at++];
        value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
    },
    take(count) {
      self.at += count;
      return bytes.subarray(self.at - count, self.at);
    },
    text: () => new TextDecoder().decode(self.take(self.unsigned())),
  };
  return self;
}

function unsigned(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** The sections as [number, content]. */
export function sectionsOf(bytes) {
  const sections = [];
  for (const read = reader(bytes, 8); read.at < bytes.length; )
    sections.push([read.byte(), read.take(read.unsigned())]);
  return sections;
}

const sectionOf = (bytes, wanted) => sectionsOf(bytes).find(([number]) => number === wanted)[1];

/** The functions' bodies, from their local variables on. */
export function bodiesOf(bytes) {
  const read = reader(sectionOf(bytes, 10));
  return Array.from({ length: read.unsigned() }, () => read.take(read.unsigned()));
}

function importedFunctions(bytes) {
  const read = reader(sectionOf(bytes, 2));
  let functions = 0;
  for (let left = read.unsigned(); left > 0; --left) {
    read.text();
    read.text();
    const kind = read.byte();
    if (kind !== 0) throw new Error(`the engine imports something else than functions: kind ${kind}`);
    read.unsigned();
    ++functions;
  }
  return functions;
}

function exportedFunction(bytes, wanted) {
  const read = reader(sectionOf(bytes, 7));
  for (let left = read.unsigned(); left > 0; --left) {
    const name = read.text();
    const kind = read.byte();
    const index = read.unsigned();
    if (kind === 0 && name === wanted) return index;
  }
  throw new Error(`the engine exports no function ${wanted}`);
}

/** The module with other content in one of its sections. */
function withSection(bytes, changed, content) {
  const sections = sectionsOf(bytes).map(([number, own]) => {
    const now = number === changed ? content : own;
    return Buffer.concat([Buffer.from([number, ...unsigned(now.length)]), now]);
  });
  return Buffer.concat([bytes.subarray(0, 8), ...sections]);
}

/** The module with another body, given as bytes of instructions, in place of an exported function's. */
export function withBody(bytes, name, instructions) {
  const changed = exportedFunction(bytes, name) - importedFunctions(bytes);
  const bodies = bodiesOf(bytes).map((body, i) => (i === changed ? Buffer.from([0, ...instructions, 0x0b]) : body));
  const parts = bodies.flatMap((body) => [Buffer.from(unsigned(body.length)), body]);
  return withSection(bytes, 10, Buffer.concat([Buffer.from(unsigned(bodies.length)), ...parts]));
}

/** The module with at most so many pages of memory, of 64 KiB. */
export function withMemory(bytes, pages) {
  const read = reader(sectionOf(bytes, 5));
  const [memories, , least] = [read.unsigned(), read.byte(), read.unsigned()];
  if (memories !== 1 || least > pages) throw new Error(`the engine has ${memories} memories of ${least} pages`);
  return withSection(bytes, 5, Buffer.from([1, 1, ...unsigned(least), ...unsigned(pages)]));
}
