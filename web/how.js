// The pictures of how.html, drawn with the networks in models/digits and models/fashion.

import { slerp } from './ganlet/element/motion.js';
import { load } from './ganlet/ganlet.js';
import { keepForOffline, offerUpdates } from './offline.js';

document.documentElement.dataset.started = 'yes'; // problems.js looks for it

const byId = (id) => document.getElementById(id);
const reach = 3; // the range of a bar, in standard deviations

/** Runs `job` whenever it is asked for, but never twice at once: requests during a run lead to a single further run. */
function latest(job) {
  let running = false,
    again = false;
  return async function run() {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await job();
      }
    } finally {
      running = false;
    }
  };
}

function put(id, image) {
  const canvas = byId(id);
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d').putImageData(image, 0, 0);
}

/** The latent as bars that can be dragged, or changed with the arrow keys. */
class Bars {
  #canvas = byId('bars');
  #chosen = 0;
  #onChange;
  values;

  constructor(values, onChange) {
    this.values = values;
    this.#onChange = onChange;
    this.#canvas.addEventListener('pointerdown', (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      this.#drag(event);
    });
    this.#canvas.addEventListener('pointermove', (event) => event.buttons && this.#drag(event));
    this.#canvas.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
  }

  #drag({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const at = (place, size) => Math.min(1, Math.max(0, place / size));
    this.#chosen = Math.min(this.values.length - 1, Math.floor(at(clientX - left, width) * this.values.length));
    this.#set(reach * (1 - 2 * at(clientY - top, height)));
  }

  #key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 0.25], ArrowDown: [0, -0.25] }[event.key];
    if (!steps) return;
    event.preventDefault();
    this.#chosen = (this.#chosen + steps[0] + this.values.length) % this.values.length;
    this.#set(Math.min(reach, Math.max(-reach, this.values[this.#chosen] + steps[1])));
  }

  #set(value) {
    this.values[this.#chosen] = value;
    this.#canvas.setAttribute('aria-valuenow', value.toFixed(2));
    this.#canvas.setAttribute('aria-valuetext', `number ${this.#chosen + 1} is ${value.toFixed(2)}`);
    this.draw();
    this.#onChange();
  }

  draw() {
    const canvas = this.#canvas,
      dense = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * dense;
    canvas.height = canvas.clientHeight * dense;
    const context = canvas.getContext('2d'),
      style = getComputedStyle(canvas);
    const wide = canvas.width / this.values.length,
      middle = canvas.height / 2;
    this.values.forEach((value, i) => {
      context.fillStyle = style.getPropertyValue(
        i === this.#chosen && document.activeElement === canvas ? '--ink' : '--accent',
      );
      const high = (Math.min(reach, Math.abs(value)) / reach) * middle;
      context.fillRect(i * wide + wide * 0.15, value > 0 ? middle - high : middle, wide * 0.7, Math.max(high, 1));
    });
  }
}

const percent = (share) => `${(100 * share).toFixed(share > 0.99 ? 1 : 0)} %`;

function tellFacts({ metrics, parameters, bytes }) {
  const { int8 } = metrics;
  if (int8) {
    byId('accuracy').textContent = percent(int8.class_accuracy);
    byId('distance').textContent = int8.frechet_over_floor;
    byId('gan-train').textContent = percent(int8.gan_train);
  }
  byId('parameters').textContent = parameters.toLocaleString('en');
  byId('bytes').textContent = `${Math.round(bytes / 1000)} kB`;
}

/** Pictures by a network at several steps of its training. */
async function watchLearning() {
  const model = await load('ganlet/models/fashion/');
  const { along = [], steps } = model.info.training;
  const moments = [...along.map(({ step }) => step).filter((step) => step < steps), steps];
  const slider = byId('moment');
  const kinds = model.info.labels.length;
  const rows = 3;
  const latents = [];
  for (let row = 0; row < rows; ++row) {
    const latent = await model.latent(row + 1);
    for (let kind = 0; kind < kinds; ++kind) latents.push(...latent);
  }
  const draw = latest(async () => {
    const step = moments[Number(slider.value)];
    put('learned', await model.draw({ latents, count: rows * kinds, columns: kinds, step }));
    byId('step').textContent = step.toLocaleString('en');
    byId('learning-problem').textContent = '';
  });
  byId('moments').textContent = moments.length;
  slider.value = slider.max = moments.length - 1;
  slider.addEventListener('input', () => draw().catch(tellOfLearning));
  await draw();
  await keepForOffline([], ['model fashion', 'training fashion']);
}

function tellOfLearning(error) {
  byId('learning-problem').textContent = error.message;
}

function whenSeen(element, job) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      job();
    },
    { rootMargin: '300px' },
  );
  observer.observe(element);
}

async function start() {
  const model = await load('ganlet/models/digits/');
  let seed = 11;
  const [from, to] = await Promise.all([model.latent(4), model.latent(31)]);
  const between = (share) => slerp(from, to, share);

  const drawOne = latest(async () => put('one', await model.draw({ latents: bars.values, label: 2 })));
  const bars = new Bars(await model.latent(seed), drawOne);
  const drawMiddle = latest(async () => {
    const begin = performance.now();
    put('middle', await model.draw({ text: '2026', latents: between(Number(byId('between').value)) }));
    byId('time').textContent = (performance.now() - begin).toFixed(1);
  });
  const drawCrowd = latest(async () =>
    put('crowd', await model.draw({ count: 20, columns: 10, seed: 100, truncation: Number(byId('truncation').value) })),
  );
  const drawClasses = latest(async () => put('classes-row', await model.draw({ text: '0123456789', seed })));

  byId('roll').addEventListener('click', async () => {
    bars.values = await model.latent(crypto.getRandomValues(new Uint32Array(1))[0]);
    bars.draw();
    await drawOne();
  });
  byId('hand').addEventListener('click', () => {
    seed = crypto.getRandomValues(new Uint32Array(1))[0];
    return drawClasses();
  });
  byId('between').addEventListener('input', drawMiddle);
  byId('truncation').addEventListener('input', drawCrowd);

  tellFacts(model.info);
  bars.draw();
  await drawOne();
  const steps = Array.from({ length: 9 }, (_, i) => [...between(i / 8)]);
  put('path', await model.draw({ latents: steps.flat(), label: 3, count: steps.length, columns: steps.length }));
  await drawMiddle();
  await drawCrowd();
  await drawClasses();
  document.documentElement.dataset.drawn = 'all';
  await keepPage();
  await offerUpdates();
}

/** What has been loaded so far is kept for when there is no network. */
function keepPage() {
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  return keepForOffline([location.href, 'ganlet/engine.js', ...loaded]);
}

start().catch((error) => {
  byId('problem').textContent = error.message;
});
whenSeen(byId('learning'), () => watchLearning().catch(tellOfLearning));
