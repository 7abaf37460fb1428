// The landing page below its first picture: pictures alive in a text, cards of the models, what else is to be kept for
// when there is no network, and how fast this machine is. The builder has a file of its own.
import { byId, say, state } from './app.js';
import { choose, descriptionOf, start as startBuilder } from './builder.js';
import { forget, keepForOffline, keptVariants } from './offline.js';

function made(tag, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

/** Calls `job` once an element comes near the viewport. */
function whenNear(element, job) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      job();
    },
    { rootMargin: '400px' },
  );
  observer.observe(element);
}

// --- the gallery ---

const rowsOfPreview = 4;

/** What is known of a model, in a few words; `judged` is what index.json has of its judges. */
function facts({ training = {}, parts, metrics = {} }, judged) {
  const scores = { ...metrics.generator, ...metrics.int8, ...judged };
  const drawing = Object.entries(parts).filter(([name]) => /^(generator|mapping|synthesis)$/.test(name));
  const bytes = drawing.reduce((sum, [, part]) => sum + part.bytes, 0);
  const percent = (share) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: 'percent', maximumFractionDigits: 1 }).format(share);
  return [
    training.weights && say('weights', { count: training.weights }),
    say('kilobytes', { count: Math.round(bytes / 1000) }),
    scores.class_accuracy && say('accuracy', { percent: percent(scores.class_accuracy) }),
    scores.precision && say('real', { percent: percent(scores.precision) }),
    scores.recall && say('variety', { percent: percent(scores.recall) }),
  ].filter(Boolean);
}

async function fillCard(card, id, judged) {
  const description = await descriptionOf(id);
  const list = card.querySelector('ul');
  const { height, channels } = description.image;
  Object.assign(card.querySelector('img'), { height: rowsOfPreview * height, className: channels === 1 ? 'ink' : '' });
  list.replaceChildren(...facts(description, judged).map((text) => made('li', { textContent: text })));
}

function cardOf({ id, title, judged }, draws) {
  const picture = made('img', {
    src: `ganlet/models/${id}/preview.png`,
    loading: 'lazy',
    alt: '',
    width: 224, // eight pictures of 28 pixels, seven of 32
    height: 112,
  });
  const draw = made('a', { href: `?model=${id}`, textContent: say('draw-with') });
  const links = [draw];
  if (draws) {
    const paste = made('a', { href: '#paste', textContent: say('paste-it') });
    paste.addEventListener('click', () => choose(id));
    links.push(paste);
  }
  for (const link of links) link.setAttribute('aria-label', `${link.textContent}: ${title}`);
  const card = made('li', { className: 'card' }, picture, made('h3', { textContent: title }), made('ul'));
  card.append(made('p', { className: 'links' }, ...links));
  whenNear(card, () => fillCard(card, id, judged).catch(() => {}));
  return card;
}

// --- without a network ---

async function fillOffline(models) {
  const box = byId('offline');
  const kept = await keptVariants();
  const hasStudio = document.querySelector('a[href="studio.html"]') !== null;
  const choices = models.map(({ id, title }) => [`model ${id}`, title]);
  choices.push(['importer', say('importer')]);
  if (hasStudio) choices.unshift(['studio', say('studio')]);
  const status = made('p', { role: 'status' });
  const rows = choices.map(([variant, title]) => {
    const input = made('input', { type: 'checkbox', checked: kept.includes(variant) });
    input.addEventListener('change', async () => {
      status.textContent = input.checked ? say('keeping') : '';
      const worked = await (input.checked ? keepForOffline([], [variant]) : forget([variant]));
      if (!input.checked) return;
      input.checked = worked;
      status.textContent = say(worked ? 'kept' : 'not-kept');
    });
    return made('label', {}, input, title);
  });
  box.append(...rows, status);
}

// --- how fast this machine is ---

async function measure() {
  const said = byId('measure').querySelector('[role=status]');
  const [batch, longest] = [50, 1000]; // digits, milliseconds
  const draw = (request) => state.model.draw({ seed: 1, ...request });
  await draw({ count: batch });
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < longest) {
    await draw({ count: batch, seed: count });
    count += batch;
  }
  const each = (performance.now() - begin) / count;
  const [single, singles] = [performance.now(), 20];
  for (let i = 0; i < singles; ++i) await draw({ count: 1, seed: i });
  const one = (performance.now() - single) / singles;
  const time = `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(one)} ms`;
  const { variant, runsIn } = state.model.info;
  said.textContent = say('measured', { count: Math.round(1000 / each), time, engine: `${variant}, ${runsIn}` });
}

function listenForMeasuring() {
  const [button, said] = byId('measure').querySelectorAll('button, [role=status]');
  button.addEventListener('click', async () => {
    button.disabled = true;
    await measure().catch((error) => {
      said.textContent = error.message;
    });
    button.disabled = false;
  });
}

/** Starts with the models of index.json. What makes pictures of pictures has no seeds, and so nothing to paste. */
export function start({ models, translators }) {
  import('./ganlet/ganlet-image.js');
  startBuilder(models);
  const cards = [...models.map((model) => cardOf(model, true)), ...translators.map((model) => cardOf(model, false))];
  document.querySelector('.cards').append(...cards);
  listenForMeasuring();
  whenNear(byId('offline'), () => fillOffline([...models, ...translators]));
}
