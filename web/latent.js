// Arithmetic with latent vectors.

/**
 * The place at `share` of the way from a to b along the great circle, the length changing evenly, as `ganlet walk`
 * goes (White 2016).
 */
export function slerp(a, b, share) {
  const length = (v) => Math.hypot(...v);
  const [la, lb] = [length(a), length(b)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0) / (la * lb);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!(Math.sin(angle) > 1e-6)) return a.map((value, i) => value + share * (b[i] - value));
  const [wa, wb] = [
    Math.sin((1 - share) * angle) / Math.sin(angle) / la,
    Math.sin(share * angle) / Math.sin(angle) / lb,
  ];
  const now = la + share * (lb - la);
  return a.map((value, i) => now * (wa * value + wb * b[i]));
}
