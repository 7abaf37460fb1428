// Names the file at fault where a module can't be loaded: browsers name the one that was asked for, and Chromium does
// so although it is one of those that this imports.

/** What is wrong with a module or one that it imports; empty if nothing is. */
async function faultOf(url, looked) {
  if (looked.has(url)) return '';
  looked.add(url);
  let source;
  try {
    const answer = await fetch(url);
    const type = answer.headers.get('content-type') ?? '';
    if (!answer.ok) return `got HTTP ${answer.status} from ${url}`;
    if (type.startsWith('text/html')) return `got HTML, probably a 404, from ${url}`;
    if (!type.includes('javascript')) return `${url} is served as "${type}": should be text/javascript`;
    source = await answer.text();
  } catch (error) {
    return `can't fetch ${url}: ${error.message}`;
  }
  for (const [, path] of source.matchAll(/(?:from|import) ?["'](\.[^"']+)["']/g)) {
    const fault = await faultOf(new URL(path, url).href, looked);
    if (fault) return fault;
  }
  return '';
}

/** Throws an error again; one of `import()`, which has no code, with the file at fault. */
export async function named(error) {
  const [url] = (!error.code && /\bhttps?:\S+/.exec(error.message)) || [];
  const fault = url && (await faultOf(url, new Set()));
  if (fault) Object.assign(error, { code: 'io', message: fault });
  throw error;
}
