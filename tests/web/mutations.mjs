// Files with small changes, for tests that nothing breaks.

/** Whole numbers below `end` by xorshift (Marsaglia: Xorshift RNGs, 2003), the same for a seed. */
export function numbersOf(seed) {
  let state = seed | 1;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

/** A few changes to an input: bytes, lengths, what was cut out or taken from another. */
export function changed(bytes, other, below) {
  let out = [...bytes];
  for (let turns = 1 + below(6); turns > 0; --turns) {
    const at = below(out.length + 1),
      length = below(16);
    const from = below(other.length + 1);
    const kinds = [
      () => out.splice(at, 1, below(256)),
      () => out.splice(at, 1, (out[at] ?? 0) ^ (1 << below(8))),
      () => out.splice(at, length),
      () => out.splice(at, 0, ...other.subarray(from, from + length)),
      () => out.splice(at, length, ...other.subarray(from, from + length)),
      () => out.splice(at, 4, ...[0, 1, 127, 128, 255, 255, 255, 15].slice(below(5)).slice(0, 4)),
      () => {
        out = out.slice(0, at);
      },
    ];
    kinds[below(kinds.length)]();
  }
  return Uint8Array.from(out);
}
