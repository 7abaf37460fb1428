// Draws an element's picture: turns its attributes into requests, shows the pictures and reports on them.
// ganlet-image.js creates one for each element that has come near the viewport.
import { coloring, colorPixels } from './colors.js';
import { putButtons } from './controls.js';
import { acquire, seedOf } from './models.js';
import { motionOf } from './motion.js';
import { saveAs, withTexts } from './save.js';

const defaultFps = 12;
const mostFps = 60;
const turnMilliseconds = 400;
const mostTurnedPixels = 2 ** 17; // larger pictures take too long for a frame
const drawnBy = 'model model-part base backend motion palette ink paper'.split(' '); // and by the request's fields

const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const savesData = () => Boolean(navigator.connection?.saveData);
const nextFrame = () => new Promise((done) => requestAnimationFrame(done));
/** The same, but a hidden page, which gets no frames, isn't waited for. */
const soon = () => Promise.race([nextFrame(), new Promise((done) => setTimeout(done, 100))]);

/** Pictures in the document; all of them react to changes of the page's state. */
const entered = new Set();
const tellEntered = () => entered.forEach((picture) => picture.resume());
document.addEventListener('visibilitychange', tellEntered);
lessMotion.addEventListener('change', tellEntered);
darkScheme.addEventListener('change', () => entered.forEach((picture) => picture.recolor()));

const pictures = new WeakMap(); // by element
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) pictures.get(target)?.see(isIntersecting);
});

export class Picture {
  #view;
  #tools; // of ganlet-image.js
  #lease; // of a model: { key, promise, release }
  #model;
  #asks; // what the attributes ask for, as JSON
  #refused = new Map(); // values that are wrong while they ask for that, by attribute or custom property
  #told = new Map(); // those that were wrong before, which needn't be told again
  #drawnFrom; // what the picture shows, likewise, and the live text
  #running;
  #again = false;
  #given; // what `apply` got, and for which model: { image, key }
  #pixels; // before colouring
  #seed; // the seed used for `random` or `from:`
  #seedText; // which of these
  #spread; // sets what was drawn as a live text
  #inView = true;
  #paused = false;
  #asked = !savesData();
  #ask;
  #motion;
  #time = 0; // seconds for which it has moved
  slid; // where it is to be instead, if a slider moves it
  #shows; // the request that the picture answers
  #moving = false;
  #timer;

  constructor(view, tools) {
    this.#view = view;
    this.#tools = tools;
    pictures.set(view.host, this);
    view.canvas.addEventListener('transitionend', () => this.recolor()); // of the text's colour
  }

  get info() {
    return this.#model && { backend: 'xnn', ...this.#model.info };
  }

  enter() {
    entered.add(this);
    seen.observe(this.#view.host);
    if (!this.#lease && (this.#motion || this.#live())) this.#drawnFrom = undefined; // it needs its model again
    if (this.#asked) this.changed();
    else this.#ask ??= this.#askFirst().catch((error) => this.#fail(error));
  }

  async #askFirst() {
    const { askFirst } = await import('./ask.js');
    await askFirst(this.#view);
    this.#asked = true;
    this.changed();
  }

  /** To be called when the element leaves the document or this script; what it has drawn stays. */
  leave() {
    entered.delete(this);
    seen.unobserve(this.#view.host);
    clearTimeout(this.#timer);
    setTimeout(() => {
      if (!entered.has(this) && !this.#running) this.#release();
    });
  }

  see(isInView) {
    this.#inView = isInView;
    this.resume();
  }

  /** Continues a picture that moves or is live, if it is visible. */
  resume() {
    if (!this.#model) return;
    this.#putButtons();
    if (!this.#isSeen()) return;
    this.#move();
    this.#tick();
  }

  toggle() {
    this.#paused = !this.#paused;
    this.resume();
  }

  /** Shows it so many seconds on in its motion. */
  slide(seconds) {
    this.slid = seconds;
    this.showPlace?.(seconds); // of the slider
    this.#move();
  }

  changed() {
    if (!this.#asked) return;
    this.#read();
    for (const name in this.#tools.forms) this.#get(name);
    this.#putButtons();
    if (this.#pixels) this.#describe();
    if (this.#asks + this.#live() !== this.#drawnFrom) this.draw().catch(() => {});
  }

  /** Reads what the attributes ask for. What was refused may be right together with others. */
  #read() {
    const values = [...this.#tools.fields, ...drawnBy].map((name) => this.#view.get(name));
    const asks = JSON.stringify([values, this.#slides()]);
    if (asks !== this.#asks) [this.#told, this.#refused] = [this.#refused, new Map()];
    this.#asks = asks;
  }

  recolor() {
    if (this.#pixels) this.#paint(this.#pixels);
  }

  /** Draws what the attributes say. Resolves with the last picture requested in the meantime. */
  draw() {
    this.#read();
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (entered.has(this)) this.resume();
      else this.#release();
    });
    return this.#running;
  }

  /** Shows what the model makes of a picture; the newest one, if several come meanwhile. */
  apply(image) {
    this.#given = { image, key: JSON.stringify(this.#source()) };
    return this.draw();
  }

  /** Draws another picture: of the next seeds, or of another random one. Latents have no next: a seed takes over. */
  next() {
    const { host } = this.#view;
    const { seed = 0, seeds, text, count = 1 } = this.#request();
    const after = (one, step) => (BigInt(one) + BigInt(step)) % 2n ** 64n;
    host.latents = null;
    if (seeds) host.seeds = seeds.split(',').map((one, _, all) => after(one, all.length));
    else if (/^\d+$/.test(this.#get('seed') ?? '0')) host.seed = after(seed, text ? 1 : count);
    else this.#seed = this.#random();
    return this.draw();
  }

  async toBlob(type = 'image/png', quality) {
    if (!this.#pixels || this.#running) await this.draw();
    if (!this.#pixels)
      throw Object.assign(new Error('call apply() with a picture first'), { code: 'invalid_argument' });
    const shows = this.#shows; // a picture that moves goes on meanwhile
    const blob = await new Promise((done) => this.#view.canvas.toBlob(done, type, quality));
    if (!blob) throw Object.assign(new Error(`this browser can't write ${type}`), { code: 'unsupported' });
    return blob.type === 'image/png' ? withTexts(blob, this.#model.info, shows) : blob;
  }

  async download(name = `${this.#view.get('model') ?? 'digits'}.png`) {
    const [, kind] = /\.(jpe?g|webp)$/.exec(name) ?? ['', 'png'];
    saveAs(await this.toBlob(`image/${kind.replace('jpg', 'jpeg')}`), name);
  }

  // Requests

  #random() {
    return String(crypto.getRandomValues(new Uint32Array(1))[0]);
  }

  /** The value of an attribute; undefined if it is refused. */
  #get(name) {
    const value = this.#view.get(name) ?? undefined;
    const [form, words] = this.#tools.forms[name] ?? [];
    if (form?.test(value ?? '') === false) this.#refuse(name, value, words);
    return this.#refused.get(name) === value ? undefined : value;
  }

  #refuse(name, value, words, detail = `must be ${words}, is '${value}'`) {
    if (this.#refused.get(name) === value) return;
    this.#refused.set(name, value);
    const message = `${name}: ${detail}`;
    if (this.#told.get(name) !== value) this.#fail({ code: 'invalid_argument', place: name, message });
  }

  /** The seed for `random`, or for `from:` and a text, until the attribute names another one. */
  #seedFor(text) {
    if (text !== this.#seedText) this.#seed = text === 'random' ? this.#random() : seedOf(text.slice(5));
    this.#seedText = text;
    return this.#seed;
  }

  /** What a live text says now, with its spaces; undefined if the text isn't one. */
  #live() {
    const text = this.#get('text');
    return text?.startsWith('live:') ? this.#tools.liveText(text) : undefined;
  }

  /** The attributes as a request; the engine defines their meaning. */
  #request(live = this.#live()) {
    const request = {};
    for (const field of this.#tools.fields) {
      const value = this.#get(field);
      if (value !== undefined) request[field.replaceAll('-', '_')] = value;
    }
    if (request.latents) request.latents = request.latents.split(',').map(Number); // as the library takes them
    if (/^(random$|from:)/.test(request.seed)) request.seed = this.#seedFor(request.seed);
    if (live === undefined) return request;
    const { columns: _, ...rest } = request; // it is one line
    return { ...rest, text: live.replaceAll(' ', '') };
  }

  #source() {
    const base = this.#get('base') && new URL(this.#get('base'), document.baseURI).href;
    const [model, part] = [this.#get('model') ?? 'digits', this.#get('model-part') ?? ''];
    const backend = this.#get('backend') === 'webgpu' ? 'webgpu' : undefined;
    return { own: this.#tools.own, base, model, part, backend };
  }

  #slides() {
    return this.#view.get('controls') === 'slider';
  }

  #motionKind() {
    const kind = this.#get('motion') || 'none';
    return kind === 'none' && this.#slides() ? 'walk' : kind;
  }

  // Drawing

  async #run() {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#drawOnce();
      } catch (error) {
        if (this.#again) continue; // by now it is to show something else
        const detail = error.code !== 'cancelled' && this.#fail(error);
        if (detail && !this.#pixels) this.#view.refuse?.(Object.assign(new Error(error.message), detail));
        throw error;
      }
    }
  }

  async #modelOf(source) {
    const key = JSON.stringify(source);
    if (this.#lease?.key === key) return this.#lease.promise;
    const before = this.#lease;
    const lease = acquire(source, (progress) => this.#tell('progress', progress));
    this.#lease = { key, ...lease };
    try {
      const model = await lease.promise;
      before?.release();
      return model;
    } catch (error) {
      lease.release();
      if (this.#lease?.key === key) this.#lease = before;
      throw error;
    }
  }

  #release() {
    this.#lease?.release();
    this.#lease = undefined;
  }

  async #drawOnce() {
    const asks = this.#asks;
    const model = await this.#modelOf(this.#source());
    const given = this.#given?.key === this.#lease.key ? this.#given : undefined;
    if (model.info.takesPictures && !given) return; // it waits for one
    const kind = given || model.info.backend === 'javascript' ? 'none' : this.#motionKind();
    const live = given ? undefined : this.#live();
    const request = given ? {} : this.#request(live);
    try {
      const drawn = await (given ? model.apply(given.image) : model.draw(request));
      this.#spread = await this.#spreadFor(live, model);
      const isFirst = !this.#pixels;
      this.#model = model;
      this.#drawnFrom = asks + live;
      this.#motion = motionOf(kind, model, request);
      this.#time = 0;
      this.slid = this.#slides() ? 0 : undefined;
      this.showPlace?.(0);
      this.#shows = request;
      this.#view.live = live;
      await this.#show(this.#spread(drawn));
      this.#tellDrawn(isFirst, request);
    } catch (error) {
      if (given && given === this.#given) this.#given = undefined;
      const attribute = error.place?.replaceAll('_', '-');
      if (!this.#tools.fields.includes(attribute) || this.#get(attribute) === undefined) throw error;
      if (asks === this.#asks) this.#refuse(attribute, this.#view.get(attribute), '', error.detail);
      this.#again = true;
    }
  }

  /** What sets pictures as a live text: with half a picture of paper for each space. */
  async #spreadFor(live, { info }) {
    const { spread } = / /.test(live) ? await import('./live.js').catch(() => ({})) : {};
    return spread ? (pixels) => spread(pixels, live, info.image.width) : (pixels) => pixels;
  }

  #tellDrawn(isFirst, { latents, ...request }) {
    const view = this.#view;
    this.#describe();
    const { id: model, version, backend } = this.info;
    if (latents) request.latents = `${latents}`;
    const detail = { model, version, request, seed: request.seed ?? '0', backend };
    if (isFirst) {
      this.#tell('ready', detail);
      view.host.dispatchEvent(new Event('load'));
      view.done?.(view.host);
    }
    this.#tell('change', detail);
  }

  #describe() {
    const { title, labels } = this.#model.info;
    const { text, label, count } = this.#shows;
    const what = this.#view.live ?? text ?? labels?.[label];
    const words = what === undefined ? title + (count > 1 ? `, ${count} pictures` : '') : `${what} · ${title}`;
    this.#view.describe(this.#view.alt || words);
  }

  /** Shows pixels; a live text, or one with motion="morph", turns into the next one. */
  async #show(pixels) {
    const before = this.#pixels;
    this.#pixels = pixels;
    const turns = this.#view.live || (this.#motion && this.#get('motion') === 'morph');
    const isSeen = turns && before && this.#isSeen() && !lessMotion.matches;
    const isSmall = pixels.width * pixels.height <= mostTurnedPixels;
    if (isSeen && isSmall && before.width === pixels.width && before.height === pixels.height)
      await this.#turn(before, pixels);
    this.#paint(pixels);
    this.#view.shown?.();
  }

  async #turn(from, to) {
    const { between } = await import('./between.js').catch(() => ({}));
    if (!between) return; // it is shown at once
    const at = between(from, to, this.#model.info.image?.channels === 1);
    const start = performance.now();
    for (let share = 0; share < 1 && this.#isSeen(); share = (performance.now() - start) / turnMilliseconds) {
      this.#paint(at(share));
      await soon();
    }
  }

  #paint(pixels) {
    const view = this.#view;
    const { canvas, host } = view;
    const refuse = (place, value) => this.#refuse(place, value, 'a colour');
    const mapping = coloring((name) => this.#get(name), host, refuse);
    const shown = mapping ? new ImageData(pixels.data.slice(), pixels.width, pixels.height) : pixels;
    if (mapping) colorPixels(shown.data, mapping);
    const { width, height } = this.#model.info.image ?? pixels;
    if (view.paint) return view.paint(shown, width);
    const grid = [shown.width / width, shown.height / height];
    const isLaid = view.tile === width && `${view.grid}` === `${grid}`;
    Object.assign(view, { tile: width, grid });
    if (canvas.width !== shown.width) canvas.width = shown.width;
    if (canvas.height !== shown.height) canvas.height = shown.height;
    canvas.getContext('2d').putImageData(shown, 0, 0);
    if (!isLaid) view.lay();
  }

  // Moving and live pictures

  #isSeen() {
    return this.#inView && !document.hidden && entered.has(this);
  }

  #moves() {
    const wants = this.slid === undefined ? !this.#paused && !lessMotion.matches : this.slid !== this.#time;
    return wants && this.#motion && this.#isSeen() && !this.#running;
  }

  async #move() {
    if (this.#moving) return;
    this.#moving = true;
    try {
      while (this.#moves()) {
        const motion = this.#motion;
        const fps = Math.min(mostFps, Math.max(1, Number(this.#get('fps')) || defaultFps));
        const start = performance.now();
        this.#time = this.slid ?? this.#time + 1 / fps;
        const request = await motion.at(this.#time);
        const pixels = this.#spread(await this.#model.draw(request));
        while (this.#moves() && performance.now() - start < 1000 / fps - 4) await nextFrame();
        if (motion !== this.#motion || !entered.has(this)) continue;
        this.#shows = request;
        this.#pixels = pixels;
        this.#paint(pixels);
      }
    } catch (error) {
      if (error.code === 'cancelled') return; // the element has been away for long
      this.#motion = undefined;
      this.#putButtons();
      this.#fail(error);
    } finally {
      this.#moving = false;
    }
  }

  /** Updates a live text, and schedules the next time that it may change. */
  #tick() {
    clearTimeout(this.#timer);
    const live = this.#live();
    if (live === undefined || !this.#isSeen()) return;
    this.changed();
    const text = this.#get('text');
    const each = /ss/.test(text) || (/countdown/.test(text) && live.length > 6) ? 1000 : 60000;
    this.#timer = setTimeout(() => this.#tick(), each - (Date.now() % each) + 5);
  }

  #putButtons() {
    const slider = this.#slides() && this.#motion?.kind;
    const moves = Boolean(this.#motion && !slider && !lessMotion.matches);
    const [interactive, controls] = ['interactive', 'controls'].map((name) => this.#tools.isSet(this.#get(name)));
    const state = { interactive, controls, slider, moves, paused: this.#paused };
    if (JSON.stringify(state) === this.buttons) return;
    this.buttons = JSON.stringify(state);
    putButtons(this.#view, this, state);
  }

  // Reporting

  #tell(name, detail) {
    this.#tools.tell(this.#view, name, detail);
  }

  #fail({ code = 'internal', place = '', message }) {
    const [url] = /\b(?:https?|file):\S+/.exec(message) ?? [''];
    const detail = { code, place, message, url: url.replace(/[:,;]$/, '') };
    this.#tools.fail(this.#view, detail);
    return detail;
  }
}
