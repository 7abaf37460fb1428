// How a page asks for pictures of each kind of model, by what the model takes.

export const mostDigits = 10;
const several = { count: 8, columns: 4 };

/** 'digits': writes numbers; 'classes': draws one of its classes; 'plain': takes no label. */
export function kindOf({ labels }) {
  if ([...'0123456789'].every((digit) => labels.includes(digit))) return 'digits';
  return labels.length > 0 ? 'classes' : 'plain';
}

/** What stands in the way of drawing `text`; empty where nothing does. The command line has the same words. */
export function problemWith(text) {
  if (!/^[0-9]*$/.test(text) || text === '') return 'Request invalid. Should only contain digits (0-9).';
  if (text.length > mostDigits) return `Request too long. Max ${mostDigits} digits.`;
  return '';
}

/** The request for what a page shows; `z` is the latent of a picture that was encoded, or null. */
export function requestFor(info, { text, label, seed, z }) {
  const kind = kindOf(info);
  if (kind === 'digits') return z ? { text, z } : { text, seed };
  const chosen = kind === 'classes' ? { label } : {};
  return z ? { ...chosen, z, count: 1 } : { ...chosen, ...several, seed };
}

/** The same in words, for who can't see the picture. */
export function describe(info, { text, label, seed, z }) {
  const from = z ? 'from your picture' : `with seed ${seed}`;
  const kind = kindOf(info);
  if (kind === 'digits') return `${text}, handwritten ${from}`;
  return `${info.title}${kind === 'classes' ? `: ${info.labels[label]}` : ''}, ${from}`;
}

/** What the address keeps of it. */
export function addressOf(info, { text, label, seed }, first) {
  const kind = kindOf(info);
  const kept = kind === 'digits' ? { text } : kind === 'classes' ? { label } : {};
  return { ...(info.id === first ? {} : { model: info.id }), ...kept, seed };
}
