// embed.html: one picture in a frame, `embed.html#model=nouns&seed=3`, also in <iframe sandbox="allow-scripts">. Each
// model has a copy of that page, embed-nouns.html, which shows its preview where there is no JavaScript.
//
// The link has the element's attributes; `scheme`, light or dark, for pages that don't go by the reader's device; and
// `downloads`, if the frame's sandbox allows these: browsers save nothing otherwise, and the button isn't shown.
//
// The frame sends its parent {ganlet: 1, type: 'size', width, height} in CSS pixels, and 'ready', 'change' and 'error'
// with the details of <ganlet-image>'s events. From its parent it accepts {ganlet: 1, type: 'set', settings: {text:
// '31', ...}} and {ganlet: 1, type: 'next'}, at most 20 a second; other messages are ignored.
(() => {
  const most = 20; // messages a second
  const mostText = 2000; // characters of a setting
  const notFromOutside = ['backend', 'base', 'poster', 'model-part'];
  const types = ['ready', 'change', 'error'];
  const registry = globalThis[Symbol.for('ganlet')];
  if (!registry?.current) return; // embed-check.js says so
  const root = document.documentElement;
  const known = registry.attributes.filter((name) => !notFromOutside.includes(name));
  const element = document.createElement('ganlet-image');
  const tell = (type, rest) => parent !== window && parent.postMessage({ ganlet: 1, type, ...rest }, '*');

  /** Whether a model belongs to this site: an id, or a path below this folder. */
  const isOurs = (model) => /^[\w-]+(@\d+)?$/.test(model) || /^[\w-][\w./-]*$/.test(model.replaceAll('..', ':'));

  function set(name, value) {
    const attribute = name.replaceAll('_', '-');
    if (!known.includes(attribute) || String(value).length > mostText) return;
    if (attribute === 'model' && !isOurs(String(value))) return;
    if (value === null || value === false) element.removeAttribute(attribute);
    else element.setAttribute(attribute, value === true ? '' : String(value));
  }

  function readAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of known) if (name !== 'loading') element.removeAttribute(name); // of the link before
    set('model', root.dataset.model);
    for (const [name, value] of given) set(name, value);
    const scheme = given.get('scheme');
    root.style.colorScheme = /^(light|dark)$/.test(scheme) ? scheme : '';
    root.classList.toggle('sandboxed', parent !== window && origin === 'null' && !given.has('downloads'));
  }

  const isPlain = (value) => ['string', 'number', 'boolean'].includes(typeof value) || value === null;
  let [second, count] = [0, 0];
  addEventListener('message', ({ source, data }) => {
    if (source !== parent || data?.ganlet !== 1) return;
    const now = Math.floor(Date.now() / 1000);
    [second, count] = now === second ? [now, count + 1] : [now, 1];
    if (count > most) return;
    if (data.type === 'next') element.next().catch(() => {});
    if (data.type !== 'set' || typeof data.settings !== 'object' || data.settings === null) return;
    for (const [name, value] of Object.entries(data.settings)) if (isPlain(value)) set(name, value);
  });

  readAddress();
  addEventListener('hashchange', readAddress);
  if (!element.hasAttribute('loading')) element.setAttribute('loading', 'eager');
  for (const type of types) element.addEventListener(`ganlet-${type}`, ({ detail }) => tell(type, { detail }));
  document.body.append(element);
  const measure = () => {
    const { width, height } = element.getBoundingClientRect();
    tell('size', { width: Math.ceil(width), height: Math.ceil(height) });
  };
  new ResizeObserver(measure).observe(element);
})();
