// Pictures by URL, api/image/digits.png?seed=3, in pages that neither a server nor a service worker draws them for:
// loaded where there is one.

/** Has an image become an element, unless what it shows has been drawn for it. */
export function wake(img, { own, become, modelSides, gridOf }) {
  const { src } = img;
  const [, model] = src.startsWith(new URL('api/', own).href)
    ? (/api\/image\/([^/?]+)\.\w+(\?|$)/.exec(src) ?? [])
    : [];
  if (!model) return;
  const look = () => {
    const isDrawn = ({ serverTiming }) => serverTiming?.some(({ name }) => name === 'ganlet');
    if (!img.isConnected || img.closest('ganlet-image')) return;
    if (performance.getEntriesByName(src).some(isDrawn)) return;
    const { size, n, ...asked } = Object.fromEntries(new URL(src).searchParams);
    const settings = Object.entries({ seed: 'random', 'text-limit': 10, ...asked, model });
    const element = become(
      img,
      settings.map(([name, value]) => [name.replaceAll('_', '-'), value]),
    );
    if (img.matches('[width], [height]')) return; // the element has these
    const [columns, rows] = gridOf((name) => element.getAttribute(name));
    const side = size ?? Math.max(columns, rows) * (modelSides[model.replace(/@.*/, '')] ?? 64);
    element.setAttribute(columns < rows ? 'height' : 'width', side);
  };
  if (img.complete) look();
  else for (const type of ['load', 'error']) img.addEventListener(type, look, { once: true });
}
