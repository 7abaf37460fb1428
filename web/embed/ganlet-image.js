// <ganlet-image>: a generator's picture in any page.
//
//     <script type="module" src="ganlet/ganlet-image.js"></script>
//     <ganlet-image model="digits" text="2026" seed="7"></ganlet-image>
//
// Every page loads this file: the element, its attributes, and its size, which is known before anything else is loaded.
// The parts that draw are fetched from beside this file (element/) when an element comes near the viewport.
//
// A custom element can't be defined twice, so the first copy of this script in a page defines a shell, and the newest
// copy serves all elements. The object globalThis[Symbol.for('ganlet')] is protocol 1, which never changes:
//   elements   the connected elements, a Set that the shell maintains
//   Shell      the class of the element
//   attributes the names of the attributes that `current` knows
//   current    the copy that serves them: { version: '1.2.3', adopt(Shell), connected(element), disconnected(element),
//              changed(element, records of a MutationObserver for attributes and children) }
//   policy     the page's only Trusted Types policy 'ganlet', created by whichever script needs it first
//   models     a Map of the models that scripts bring, by id, each in the form that load() of ganlet.js takes
// A copy that is newer than `current` calls `current.disconnected` for each element, takes its place, and calls its own
// `adopt` and `connected`.
const version = '0.1.0';
const own = import.meta.url;
const registry = (globalThis[Symbol.for('ganlet')] ??= {});

/** The fields of a request, as in src/generator/draw_request.cpp (tests/web/element.test.mjs compares them). */
export const requestFields =
  'text text-limit vary jitter count label labels seed seeds latents truncation cutoff mix noise style-shifts ' +
  'step columns';
const ownAttributes =
  'model model-part base backend motion fps controls interactive loading alt palette ink paper smooth poster width ' +
  'height aspect-ratio';
const numbers = ' text-limit jitter count label truncation cutoff step columns fps width height ';
const switches = ' vary controls interactive ';
const isSet = (text) => /^(1|true|vary|controls|slider|interactive|)$/.test(text);

/** When a countdown ends, in milliseconds; NaN if that is no date. */
const endOf = (day = '') => +new Date(day.includes('T') ? day : `${day}T00:00`);

const pixelsForm = /^(\s*[\d.]+\s*(px)?\s*)?$/;
const ratioForm = /^(?:\s*([\d.]+)\s*(?:[/:]\s*([\d.]+))?\s*)?$/;
const oneOf = (words, more = '') => [RegExp(`^(${words.replaceAll(', ', '|')}${more})?$`), words];
/** What attributes may be that the engine doesn't check, and that in words. */
const forms = {
  text: [
    { test: (text) => !/^live:countdown/.test(text) || !Number.isNaN(endOf(text.slice(15))) },
    'live:countdown: and a date such as 2027-01-01',
  ],
  backend: oneOf('auto, xnn, webgpu'),
  motion: oneOf('none, walk, morph, breathe'),
  palette: oneOf('plain, grey, inverted, ink'),
  smooth: oneOf('auto, smooth, nearest', '|true|false'),
  loading: oneOf('lazy, eager'),
  controls: oneOf('1, 0, slider', '|true|false|controls'),
  interactive: oneOf('1, 0', '|true|false|interactive'),
  fps: [/^(\s*[\d.]+\s*)?$/, 'a number'],
  width: [/^(\s*[\d.]+\s*(px|%)?\s*)?$/, 'a number'],
  height: [pixelsForm, 'a number'],
  'aspect-ratio': [ratioForm, 'such as 4/1'],
};
export const attributes = `${requestFields} ${ownAttributes}`.split(' ');
const propertyOf = (attribute) => attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** The width and height of an image of each model that comes with ganlet; a test compares them with models/. */
export const modelSides = {
  digits: 28,
  fashion: 28,
  'digits-gan': 28,
  'digits-dcgan': 28,
  'digits-wgan': 28,
  'digits-wgan-gp': 28,
  'digits-vae-gan': 28,
  nouns: 32,
  creatures: 32,
};

/**
 * What `live:HH mm ss`, `live:date` and `live:countdown:2027-01-01` mean at a time: digits separated by spaces. A
 * countdown is in days, and on the last day in hours, minutes and seconds.
 */
export function liveText(text, now = new Date()) {
  const two = (number) => String(number).padStart(2, '0');
  if (/^live:countdown/.test(text)) {
    const left = Math.max(0, Math.ceil((endOf(text.slice(15)) - now) / 1000)) || 0;
    if (left === 0 || left > 86400) return String(Math.ceil(left / 86400));
    return [left / 3600, (left / 60) % 60, left % 60].map((part) => two(Math.floor(part))).join(' ');
  }
  const parts = { yyyy: now.getFullYear(), MM: now.getMonth() + 1, dd: now.getDate() };
  Object.assign(parts, { HH: now.getHours(), mm: now.getMinutes(), ss: now.getSeconds() });
  const format = text === 'live:date' ? 'yyyy MM dd' : text.slice(5);
  return format
    .replace(/yyyy|MM|dd|HH|mm|ss/g, (name) => two(parts[name]))
    .replace(/[^\d]+/g, ' ')
    .trim();
}

/** The width of a text, in images: a space is half an image wide. */
export const widthOf = (text) => [...text].reduce((sum, symbol) => sum + (symbol === ' ' ? 0.5 : 1), 0);

/** The columns and rows of the requested picture, as the engine arranges them. */
function gridOf(get) {
  const text = get('text');
  if (text?.startsWith('live:')) return [widthOf(liveText(text)) || 1, 1];
  const whole = (name, most) => (/^\d+$/.test(get(name)) && get(name) <= most && Number(get(name))) || 0;
  const count = text ? [...text].length : whole('count', 2 ** 16) || 1;
  const columns = Math.min(whole('columns', 2 ** 20) || (text ? count : Math.ceil(Math.sqrt(count))), count);
  return [columns, Math.ceil(count / columns)];
}

/**
 * The CSS width and the aspect ratio: the given ones, the poster's, or the model's. Two sides are of one of these, or
 * they would be no ratio. `grid` has columns and rows once a picture is drawn, which may be another than was asked for.
 */
export function sizeOf(element, grid) {
  const get = (name) => element.getAttribute(name);
  const sidesOf = (one) => ['width', 'height'].map((name) => parseFloat(pixelsForm.exec(one?.getAttribute(name))?.[0]));
  const [width, height] = sidesOf(element);
  const poster = element.querySelector('img');
  const [wide, high] = sidesOf(poster);
  const share = /^\s*[\d.]+%\s*$/.exec(get('width') ?? (height ? '' : poster?.getAttribute('width')))?.[0];
  const [columns, rows] = grid ?? gridOf(get);
  const side = modelSides[(get('model') ?? 'digits').replace(/@\d+$/, '')] ?? 64;
  const given = get('aspect-ratio')?.match(ratioForm);
  const ratios = [given?.[1] / (given?.[2] ?? 1), width / height, wide / high, columns / rows];
  const ratio = ratios.find((one) => one > 0 && one < Infinity);
  const pixels =
    width || height * ratio || wide || high * ratio || columns * side * Math.max(1, Math.floor(128 / side));
  return { width: share ?? `${pixels}px`, ratio };
}

const sheets = new WeakMap(); // by text, by window: documents share none

function sheetOf(text, view) {
  const known = sheets.get(view) ?? new Map();
  sheets.set(view, known);
  if (!known.has(text)) {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(text);
    known.set(text, sheet);
  }
  return known.get(text);
}

const look = `
:host { position: relative; display: inline-grid; max-inline-size: 100%;
  grid-template-columns: minmax(0, 1fr) }
:host([hidden]) { display: none }
.frame { position: relative; inline-size: 100%; max-block-size: 100%; overflow: hidden }
canvas { transition: color 1ms }
canvas, .poster, .frame slot { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain }
.frame slot { display: grid; place-items: center; overflow: hidden }
.frame ::slotted(img) { inline-size: 100%; block-size: 100%; object-fit: contain }
.crisp canvas, .crisp .poster, .crisp ::slotted(img) { image-rendering: pixelated }
.drawn slot.inside, .drawn .poster { display: none }
.frame:not(.drawn) canvas { visibility: hidden }
button { font: inherit; color: inherit; cursor: pointer }
.press { position: absolute; inset: 0; border: 0; padding: 0; background: none }
.ask { background: rgb(0 0 0 / 55%); color: #fff }
:is(.press, .bar button):focus-visible { outline: 3px solid Highlight; outline-offset: -3px }
.bar { position: absolute; inset: auto 0 0.35rem 0; display: flex; gap: 0.3rem;
  font: 0.875rem/1.3 system-ui, sans-serif }
.bar button { border: 1px solid; border-radius: 0.5em; padding: 0; background: none;
  inline-size: 2rem; block-size: 1.75rem }
.problem { position: absolute; inset: 0; overflow: auto; overflow-wrap: anywhere; margin: 0; padding: 0.5em;
  font: 0.8rem/1.35 system-ui, sans-serif; border: 1px dashed; box-sizing: border-box }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap }
@media (forced-colors: active) {
  .press, .bar button { border: 1px solid ButtonText } .ask { background: Canvas; color: CanvasText }
}`;

const fallbackNames = /^(img|picture|svg|a|noscript)$/;

/** What an element shows, before and around its picture. It outlives moves of the element, but not the element. */
class View {
  constructor(host) {
    this.host = host;
    this.root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    this.frame = this.#make('div', 'frame');
    this.canvas = this.#make('canvas', 'picture');
    this.slot = document.createElement('slot');
    this.frame.append(this.canvas);
    this.root.replaceChildren(this.frame);
    this.lay();
  }

  #make(tag, part) {
    const made = document.createElement(tag);
    made.className = part;
    made.part = part;
    return made;
  }

  get(name) {
    return this.host.getAttribute(name);
  }

  /** The text alternative that the page's author gave. */
  get alt() {
    return this.get('alt') ?? this.host.querySelector('img[alt]')?.getAttribute('alt') ?? this.host.textContent.trim();
  }

  /** Lays out frame and children for the current attributes and children. */
  lay() {
    const { host, frame, root } = this;
    const { width, ratio } = sizeOf(host, this.grid);
    const strayed = [...host.children].find(({ localName }) => !fallbackNames.test(localName));
    if (strayed && !this.warned)
      console.warn(`<ganlet-image> holds a <${strayed.localName}>: does its closing tag </ganlet-image> lack?`, host);
    this.warned ||= strayed !== undefined;
    const place = strayed ? 'display: inline' : `inline-size: ${width}`;
    const bar = isSet(this.get('controls')) ? 'padding-block-end: 2.5rem' : '';
    const frameWidth = strayed ? `inline-size: ${width}` : '';
    const size = `:host { ${place}; ${bar} } .frame { aspect-ratio: ${ratio}; ${frameWidth} }`;
    const { defaultView } = host.ownerDocument; // null of a document that nobody sees
    root.adoptedStyleSheets = defaultView ? [look, size].map((text) => sheetOf(text, defaultView)) : [];
    this.slot.classList.toggle('inside', !strayed);
    const parent = strayed ? root : frame;
    if (this.slot.parentNode !== parent) parent.append(this.slot);
    this.#putPoster();
    this.sharpen();
    if (!this.picture) this.describe(this.alt);
  }

  /** Small pictures get sharp pixels when enlarged, unless `smooth` says otherwise. */
  sharpen() {
    const { frame, canvas, tile = 0, drawn } = this;
    const smooth = this.get('smooth');
    const isSmooth = /^(smooth|true|)$/.test(smooth ?? 'auto');
    const isShrunk = drawn && frame.clientWidth * devicePixelRatio < canvas.width;
    frame.classList.toggle('crisp', /^(nearest|false)$/.test(smooth) || !(isSmooth || tile > 64 || isShrunk));
  }

  #putPoster() {
    const url = this.get('poster');
    if (!url || this.drawn) this.poster?.remove();
    if (!url || this.drawn) return;
    this.poster ??= this.#make('img', 'poster');
    if (this.poster.getAttribute('src') !== url) this.poster.src = url;
    this.poster.alt = this.get('alt') ?? ''; // else the children have it
    this.frame.prepend(this.poster);
  }

  /** Describes the picture, unless the children do, or it is decorative. */
  describe(text) {
    const { canvas, host, drawn } = this;
    const isAdornment = (host.getAttribute('alt') ?? host.querySelector('img[alt]')?.getAttribute('alt')) === '';
    if (drawn && text && !isAdornment) {
      canvas.removeAttribute('aria-hidden');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', text);
    } else {
      for (const name of ['role', 'aria-label']) canvas.removeAttribute(name);
      canvas.setAttribute('aria-hidden', 'true');
    }
    if (host.ariaLive && host.ariaLive !== 'off') {
      this.spoken ??= this.root.appendChild(this.#make('span', 'spoken'));
      if (drawn && this.spoken.textContent !== text) this.spoken.textContent = text;
    }
  }

  /** Replaces what was shown before by the picture on the canvas. */
  shown() {
    this.drawn = true;
    this.frame.classList.add('drawn');
    this.problem?.remove();
    this.poster?.remove();
    this.sharpen();
  }

  /** Shows a problem, if there is neither a picture nor anything else to look at. */
  failed(message) {
    console.warn(`ganlet: ${message}`, this.host);
    const { host, drawn } = this;
    if (drawn || this.poster?.isConnected || host.firstElementChild || host.textContent.trim()) return;
    this.problem ??= this.#make('p', 'problem');
    this.problem.textContent = [this.alt, message].filter(Boolean).join(' · ');
    this.frame.append(this.problem);
  }

  /** Tells it to `ready`, also if that is asked for later. */
  refuse(error) {
    this.error = error;
    this.refused?.(error);
  }
}

/**
 * Whether an attribute is taken from an image or a canvas, which may stand in a reader's comment: no event handler is,
 * and not `base`, from where scripts are loaded.
 */
const isTaken = (name) => attributes.includes(name) && name !== 'base';

function tell({ host }, name, detail) {
  host.dispatchEvent(new CustomEvent(`ganlet-${name}`, { bubbles: true, composed: true, detail }));
}

function fail(view, detail) {
  view.failed(detail.message);
  tell(view, 'error', detail);
  view.host.dispatchEvent(new CustomEvent('error', { detail }));
}

const views = new WeakMap(); // by element
let drawing; // a promise of the module that draws

function isNear(view) {
  observer.unobserve(view.host);
  drawing ??= import('./element/picture.js').catch((error) =>
    import('./element/missing.js').then(
      ({ named }) => named(error),
      () => Promise.reject(error),
    ),
  );
  return (view.starting ??= drawing.then(
    ({ Picture }) => {
      view.picture = new Picture(view, { own, fields: requestFields.split(' '), liveText, forms, isSet, tell, fail });
      if (view.isServed) view.picture.enter();
      return view.picture;
    },
    (error) => {
      drawing = view.starting = undefined; // so that it is tried again
      const detail = { code: 'io', message: error.message, place: '', url: own };
      fail(view, detail);
      view.refuse?.(Object.assign(error, detail));
      throw error;
    },
  ));
}

const observer =
  globalThis.IntersectionObserver &&
  new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) isNear(views.get(target)).catch(() => {});
    },
    { rootMargin: '300px' },
  );

function viewOf(element) {
  if (!views.has(element)) views.set(element, new View(element));
  return views.get(element);
}

const methods = 'draw next toBlob apply download'.split(' ');

/** A method of elements, be they near the viewport or not: that of their picture. */
function methodOf(name) {
  return function (...given) {
    return isNear(viewOf(this)).then((picture) => picture[name](...given));
  };
}

function accessorOf(attribute) {
  const is = (kind) => kind.includes(` ${attribute} `);
  return {
    configurable: true,
    enumerable: true,
    get() {
      const text = this.getAttribute(attribute);
      if (is(switches)) return isSet(text);
      if (is(numbers)) return text === null ? undefined : Number(text);
      return text ?? '';
    },
    set(value) {
      if (value === undefined || value === null || (is(switches) && !value)) this.removeAttribute(attribute);
      else if (is(switches)) this.setAttribute(attribute, value === true ? '' : value);
      else this.setAttribute(attribute, typeof value === 'object' ? Array.from(value).join(',') : value);
    },
  };
}

const implementation = {
  version,

  adopt({ prototype }) {
    for (const attribute of attributes) Object.defineProperty(prototype, propertyOf(attribute), accessorOf(attribute));
    for (const name of methods)
      Object.defineProperty(prototype, name, { configurable: true, writable: true, value: methodOf(name) });
    const read = (get) => ({ configurable: true, get });
    Object.defineProperties(prototype, {
      ready: read(function () {
        const view = viewOf(this);
        view.ready ??= new Promise((done, failed) => Object.assign(view, { done, refused: failed }));
        if (view.drawn) view.done(this);
        else if (view.error) view.refused(view.error);
        return view.ready;
      }),
      info: read(function () {
        return views.get(this)?.picture?.info;
      }),
    });
  },

  connected(element) {
    for (const name of attributes.map(propertyOf))
      if (Object.hasOwn(element, name)) {
        const value = element[name]; // it was set before the element was defined
        delete element[name];
        element[name] = value;
      }
    const view = viewOf(element);
    view.isServed = true;
    view.lay();
    if (view.picture) view.picture.enter();
    else if (view.get('loading') === 'eager') isNear(view).catch(() => {});
    else observer.observe(element);
  },

  disconnected(element) {
    observer.unobserve(element);
    const view = views.get(element);
    if (view) view.isServed = false; // if at all, then by a newer script
    view?.picture?.leave();
  },

  changed(element, records) {
    const view = views.get(element);
    view?.lay();
    if (records.some(({ type }) => type === 'attributes')) view?.picture?.changed();
    if (view && !view.picture && view.get('loading') === 'eager') isNear(view).catch(() => {});
  },
};

class GanletImage extends (globalThis.HTMLElement ?? Object) {
  #observer = new MutationObserver((records) => registry.current.changed(this, records));

  connectedCallback() {
    registry.elements.add(this);
    this.#observer.observe(this, { attributes: true, childList: true });
    registry.current.connected(this);
  }

  disconnectedCallback() {
    registry.elements.delete(this);
    this.#observer.disconnect();
    registry.current.disconnected(this);
  }
}

const isNewer = (a, b) => a.localeCompare(b, 'en', { numeric: true }) > 0;

function offer() {
  const { current } = registry;
  if (current && !isNewer(version, current.version)) return false;
  registry.elements ??= new Set();
  registry.attributes = attributes;
  for (const element of registry.elements) current?.disconnected(element);
  registry.current = implementation;
  registry.Shell ??= customElements.get('ganlet-image') ?? GanletImage;
  implementation.adopt(registry.Shell);
  if (!customElements.get('ganlet-image')) customElements.define('ganlet-image', registry.Shell);
  else for (const element of registry.elements) implementation.connected(element);
  return true;
}

/** Makes `found` the poster of an element with these attributes. */
function become(found, settings) {
  const element = document.createElement('ganlet-image');
  for (const [name, value] of settings) if (isTaken(name)) element.setAttribute(name, value);
  element.className = found.className;
  const outer = found.parentElement?.localName === 'picture' ? found.parentElement : found;
  outer.replaceWith(element);
  element.append(outer);
  return element;
}

/** Activates `<img data-ganlet>`, which becomes the poster of an element. */
function wake(img) {
  if (img.closest('ganlet-image')) return;
  const settings = [...img.attributes].filter(({ name }) => name.startsWith('data-ganlet'));
  become(
    img,
    settings.map(({ name, value }) => [name.slice(12) || 'model', value]),
  );
}

/** Activates what stands for elements below `root`: images and canvases with `data-ganlet`, and pictures by URL. */
function wakeAll(root) {
  const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...(root.querySelectorAll?.(selector) ?? [])];
  all('img[data-ganlet]').forEach(wake);
  const tools = { ...implementation, own, isTaken, views, become, modelSides, gridOf };
  const wakeThose = (found, load) =>
    found.length > 0 &&
    load().then(
      (module) => found.forEach((one) => module.wake(one, tools)),
      ({ message }) => console.warn(`ganlet: ${message}`),
    );
  wakeThose(all('canvas[data-ganlet]'), () => import('./element/canvas.js'));
  wakeThose(all('img[src*="api/image/"]'), () => import('./element/by_url.js'));
}

// When pages are rendered on a server, there is nothing to define.
if (globalThis.customElements && offer()) {
  wakeAll(document);
  new MutationObserver((records) => {
    if (registry.current === implementation) for (const { addedNodes } of records) addedNodes.forEach(wakeAll);
  }).observe(document, { childList: true, subtree: true });
}
