// "Try the API": a form for each path of openapi.json, answered by the service worker beside this page.
import { download } from './download.js';

document.documentElement.dataset.started = 'yes'; // problems.js looks for it

const examples = {
  image: { path: 'image/digits.png?text=2026&seed=7&size=448' },
  models: { path: 'models' },
  predict: { path: 'predict' },
  mnist: { path: 'mnist', body: 'value=2026', type: 'application/x-www-form-urlencoded' },
  batch: {
    path: 'batch?model=digits',
    body: '{"key": 1, "seed": 3, "label": 7}\n{"key": 2, "text": "2026", "seed": 4}\n',
    type: 'application/x-ndjson',
  },
  encode: { path: 'encode?model=digits-vae-gan', type: 'image/png', file: 'api/image/digits.png' },
  openapi: { path: 'openapi.json' },
};
const says = document.querySelector('#state');

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The response, as a picture or as text. */
async function shown(response) {
  const type = response.headers.get('content-type') ?? '';
  const status = made('p', { textContent: `${response.status} ${type}` });
  if (!type.startsWith('image/')) {
    const text = await response.text();
    const most = 4000; // characters
    return [status, made('pre', { tabIndex: 0, textContent: text.length > most ? `${text.slice(0, most)}...` : text })];
  }
  const bitmap = await createImageBitmap(await response.blob());
  const picture = made('canvas', { width: bitmap.width, height: bitmap.height, role: 'img', ariaLabel: 'The answer' });
  picture.getContext('2d').drawImage(bitmap, 0, 0); // works even if a policy forbids blob: pictures
  return [status, picture];
}

async function answered(method, { type, file }, path, body) {
  const options = { method };
  if (method === 'POST') {
    options.headers = { 'content-type': type };
    options.body = file ? await (await fetch(file)).blob() : body;
  }
  return shown(await fetch(`api/${path}`, options));
}

function section(method, { operationId, summary, description = '' }) {
  const example = examples[operationId];
  const heading = made('h2', { textContent: `${method} api/${example.path.split('?')[0]}` });
  const path = made('input', { name: 'path', value: example.path, spellcheck: false, autocomplete: 'off' });
  const form = made('form', {}, made('label', {}, 'Below api/', path));
  const body = example.body && made('textarea', { name: 'body', rows: 3, value: example.body, spellcheck: false });
  if (body) form.append(made('label', {}, `Body, ${example.type}`, body));
  form.append(made('button', { textContent: example.file ? `Send ${example.file}` : 'Send' }));
  const answer = made('div', { className: 'answer', ariaLive: 'polite' });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      answer.replaceChildren(...(await answered(method, example, path.value, body?.value)));
    } catch (error) {
      answer.replaceChildren(made('p', { textContent: error.message }));
    }
  });
  // Backticks are the only Markdown in the descriptions: every second piece between them is code.
  const pieces = `${summary}. ${description}`.split('`');
  const about = made('p', {}, ...pieces.map((text, i) => (i % 2 ? made('code', { textContent: text }) : text)));
  return made('section', { id: `route-${operationId}` }, heading, about, form, answer);
}

/** openapi.json; an error names the file. */
async function description() {
  const url = new URL('api/openapi.json', document.baseURI).href;
  const bytes = await download(url, { most: 2 ** 20 });
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`${url}: ${error.message}`);
  }
}

async function start() {
  says.textContent = 'Starting the worker';
  const { paths } = await description();
  for (const item of Object.values(paths))
    for (const [method, operation] of Object.entries(item))
      document.querySelector('#routes').append(section(method.toUpperCase(), operation));
  if (!navigator.serviceWorker) {
    says.textContent = 'This browser has no service workers here; a server, ganlet serve, may still answer.';
    return;
  }
  const { active } = await navigator.serviceWorker.register('sw.js');
  active?.postMessage('claim'); // a page that has been loaded past it is none of its pages
  await controlled(new URL('sw.js', location).href);
  says.textContent = 'The worker answers.';
}

/** Until then a worker of the whole site may control this page. */
function controlled(script) {
  const { serviceWorker } = navigator;
  return new Promise((done) => {
    const look = () => serviceWorker.controller?.scriptURL === script && done();
    serviceWorker.addEventListener('controllerchange', look);
    look();
  });
}

start().catch((error) => {
  says.className = 'wrong';
  says.textContent = error.message;
});
