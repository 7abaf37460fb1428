// Pictures by URL, as `ganlet serve` answers them (tools/ganlet/api_routes.cpp): takes a request below `api/` and
// returns a Response. openapi.json describes them and is the table of paths and methods. The fields of a request are
// passed on to the engine, which alone defines their meaning.
import { download } from '../../wasm/download.js';
import { acquire, seedOf } from '../embed/element/models.js';
import openapi from './openapi.json' with { type: 'json' };
import { base64Of, fileOf, pngOf, resized } from './pixels.js';

const mostLines = 1000;
const mostBytes = 2 ** 23;
const mostJsonBytes = 2 ** 22;
const mostSide = 2048;
const textLimit = '10';
const fileTypes = { png: 'image/png', webp: 'image/webp', jpg: 'image/jpeg', jpeg: 'image/jpeg' };
const lineTypes = ['', 'application/x-ndjson', 'application/jsonl', 'application/json', 'text/plain'];
const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data'];

const failure = (code, place, detail) => Object.assign(new Error(detail), { code, place, detail });
const invalid = (place, detail) => failure('invalid_argument', place, detail);

function json(value, status = 200, headers = {}) {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

const refused = (status, { code, place = '', detail, message = '' }, headers) =>
  json({ error: { code, message: detail ?? message, place } }, status, headers);

const statuses = { invalid_argument: 400, limit_exceeded: 400, not_found: 404 };

/** A random integer from 0 to 2^32 - 1. */
const random = () => crypto.getRandomValues(new Uint32Array(1))[0];

/** The request for a model: defaults, overridden by the fields, whose values are strings. */
function requestOf(fields, defaults = {}) {
  const request = { text_limit: textLimit, seed: String(random()), ...defaults };
  for (const [name, value] of fields) {
    if (name === 'signal') throw invalid(name, 'is no field of a request'); // to `draw` it is something else
    if (name === 'seed' && value === 'random') continue;
    const isHashed = name === 'seed' && typeof value === 'string' && value.startsWith('from:');
    request[name] = isHashed ? seedOf(value.slice(5)) : value;
  }
  return request;
}

/** Lends a model of `folder` to `use`. */
async function withModel(folder, name, use) {
  if (!/^[\w-]+(@(0|[1-9]\d*))?$/.test(name)) throw failure('not_found', 'model', `there is no '${name}'`);
  const { promise, release } = acquire({ base: folder, model: name, part: '' }, () => {});
  try {
    const model = await promise.catch((error) => {
      throw error.code === 'not_found' ? failure('not_found', 'model', error.message) : error;
    });
    return await use(model);
  } finally {
    release();
  }
}

function sideOf(text) {
  const side = Number(text);
  if (!/^\d+$/.test(text) || side < 1 || side > mostSide)
    throw invalid('size', `must be a whole number from 1 to ${mostSide}, is '${text}'`);
  return side;
}

/** The media type of a body, without parameters. */
const typeOf = ({ headers }) => (headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();

const wrongType = (request, types) =>
  refused(415, failure('unsupported', 'content-type', `must be ${types.join(' or ')}, is '${typeOf(request)}'`));

async function image({ folder, path, query }) {
  const [, name, ending] = /^image\/([^/]*)\.(\w+)$/.exec(path) ?? [];
  const type = fileTypes[ending];
  if (!type) throw failure('not_found', 'path', "a picture's name is a model's and .png, .webp or .jpg");
  return withModel(folder, name, async (model) => {
    const fields = [...query].filter(([field]) => field !== 'size' && field !== 'n');
    const side = query.has('size') ? sideOf(query.get('size')) : 0;
    const picture = await model.draw(requestOf(fields));
    const file = await fileOf(side ? resized(picture, side) : picture, type);
    return new Response(file, { headers: { 'content-type': file.type, 'access-control-allow-origin': '*' } });
  });
}

async function fetchJson(url) {
  try {
    return JSON.parse(new TextDecoder().decode(await download(url, { most: mostJsonBytes })));
  } catch ({ message }) {
    throw failure('io', url, message); // of this site, so nothing that the reader asked for is wrong
  }
}

async function models({ folder }) {
  const { models: listed } = await fetchJson(`${folder}models/index.json`);
  const described = await Promise.all(listed.map(({ id }) => fetchJson(`${folder}models/${id}/model.json`)));
  const facts = described.map(({ id, title, version = 1, description, license, labels = [], image: size, parts }) => ({
    id,
    title,
    version,
    description,
    license,
    labels,
    image: size && { width: size.width, height: size.height, channels: size.channels ?? 1 },
    encoder: parts.encoder !== undefined,
  }));
  return json(facts);
}

async function predict({ folder, query }) {
  return withModel(folder, 'digits', async (model) => {
    const { length } = model.info.labels;
    const label = query.has('count') || length === 0 ? {} : { label: String(random() % length) };
    const { width, height, data } = await model.draw(requestOf(query, label));
    const rows = Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_unused, x) => data[4 * (y * width + x)]),
    );
    return json(rows);
  });
}

async function mnist({ folder, request }) {
  if (!formTypes.includes(typeOf(request))) return wrongType(request, formTypes);
  const form = await request.formData();
  const given = [...form].filter(([name]) => !/^text[-_]?limit$/i.test(name));
  const fields = given.map(([name, value]) => [name === 'value' ? 'text' : name, value]);
  return withModel(folder, 'digits', async (model) => {
    try {
      const picture = await model.draw(requestOf(fields, { text: '' }));
      const img = await base64Of(await fileOf(picture, 'image/jpeg'));
      return json({ message: 'Image generated successfully', img });
    } catch (error) {
      if (error.code !== 'invalid_argument') throw error;
      return json({ message: error.place ? `${error.place}: ${error.detail}` : error.detail }, 400);
    }
  });
}

/** A number as it was written, which may have more digits than a JavaScript number can hold. */
class Written {
  constructor(text) {
    this.text = text;
  }

  toJSON() {
    return this.text;
  }
}

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const mark = `${random()}-${random()}`; // of objects that stand for numbers; no line can know it

function parsedLine(line) {
  try {
    JSON.parse(line);
  } catch (error) {
    throw invalid('', `the line isn't JSON: ${error.message}`);
  }
  const marked = line.replace(stringOrNumber, (text) => (text[0] === '"' ? text : `{"${mark}":"${text}"}`));
  const parsed = JSON.parse(marked, (_, value) => (value?.[mark] ? new Written(value[mark]) : value));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || parsed instanceof Written)
    throw invalid('', 'the line must be a JSON object');
  return parsed;
}

async function encoded(model, blob, place) {
  let picture;
  try {
    picture = await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch {
    throw failure('corrupt', place, 'is neither PNG nor JPEG');
  }
  return [...(await model.encode(picture))];
}

function bytesOf({ b64 } = {}) {
  if (typeof b64 !== 'string') throw invalid('image_bytes', 'must be {"b64": "..."}');
  try {
    return Uint8Array.from(atob(b64), (symbol) => symbol.charCodeAt(0));
  } catch {
    throw invalid('image_bytes', "isn't base64");
  }
}

/** The answer to a line, without a line end. */
async function answerLine(model, line, defaults) {
  let key = 'null';
  try {
    const { key: given = null, image_bytes: picture, ...fields } = parsedLine(line);
    if (given instanceof Written) key = given.text;
    else if (typeof given !== 'object') key = JSON.stringify(given);
    if (picture !== undefined) {
      if (!model.info.hasEncoder) throw invalid('image_bytes', 'this model has no encoder');
      const embeddings = await encoded(model, new Blob([bytesOf(picture)]), 'image_bytes');
      return `{"key":${key},"embeddings":${JSON.stringify(embeddings)}}`;
    }
    const prediction = await base64Of(await pngOf(await model.draw(requestOf(Object.entries(fields), defaults))));
    return `{"key":${key},"prediction":"${prediction}"}`;
  } catch ({ code = 'internal', place = '', detail, message }) {
    const told = { error: place ? `${place}: ${detail ?? message}` : (detail ?? message), code, place };
    return `{"key":${key},${JSON.stringify(told).slice(1)}`;
  }
}

async function batch({ folder, query, request }) {
  if (!lineTypes.includes(typeOf(request))) return wrongType(request, ['application/x-ndjson']);
  const lines = (await request.text()).split(/\r?\n/).filter(Boolean);
  if (lines.length > mostLines) {
    const detail = `has ${lines.length} lines; at most ${mostLines} are allowed`;
    return refused(413, failure('limit_exceeded', 'body', detail));
  }
  const { model: name = 'digits', ...fields } = Object.fromEntries(query);
  const defaults = requestOf(Object.entries({ seed: '0', ...fields }));
  const answer = (line) => withModel(folder, name, (model) => answerLine(model, line, defaults));
  await withModel(folder, name, (model) => model.draw(defaults)); // what is wrong with these is told by the status
  const text = new TextEncoder();
  const body = new ReadableStream({
    async pull(controller) {
      if (lines.length === 0) controller.close();
      else controller.enqueue(text.encode(`${await answer(lines.shift())}\n`));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

async function encode({ folder, query, request }) {
  const types = ['image/png', 'image/jpeg'];
  if (!types.includes(typeOf(request))) return wrongType(request, types);
  const { model: name, ...others } = Object.fromEntries(query);
  for (const other of Object.keys(others)) throw invalid(other, 'is no field of a request');
  if (!name) throw invalid('model', 'is missing: a model with an encoder');
  return withModel(folder, name, async (model) => {
    if (!model.info.hasEncoder) throw invalid('model', `${model.info.id} has no encoder`);
    try {
      return json({ model: model.info.id, latent: await encoded(model, await request.blob(), 'body') });
    } catch (error) {
      if (error.code !== 'corrupt') throw error;
      return refused(400, error);
    }
  });
}

const answers = { image, models, predict, mnist, batch, encode, openapi: () => json(openapi) };

/** By the first word of the path: { methods, answer }. */
const routes = new Map(
  Object.entries(openapi.paths).map(([path, item]) => {
    const [[method, { operationId }]] = Object.entries(item);
    const methods = method === 'get' ? ['GET', 'HEAD', 'OPTIONS'] : ['POST', 'OPTIONS'];
    return [path.split('/')[1], { methods, answer: answers[operationId] }];
  }),
);

async function answerRoute(request, folder, path) {
  const word = path.split('/')[0];
  const route = word === 'image' || word === path ? routes.get(word) : undefined;
  if (!route) throw failure('not_found', 'path', `there is no api/${path}; api/openapi.json lists what there is`);
  const allow = route.methods.join(', ');
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  if (!route.methods.includes(request.method)) return refused(405, invalid('method', `must be ${allow}`), { allow });
  if (request.method === 'POST') {
    const { size } = await request.clone().blob();
    if (size > mostBytes) return refused(413, failure('limit_exceeded', 'body', `has more than ${mostBytes} bytes`));
  }
  return route.answer({ folder, path, query: new URL(request.url).searchParams, request });
}

/** Answers a request for `path` below `api/` in ganlet's folder; `folder` is that folder's URL. */
export async function answerApi(request, folder, path) {
  let response;
  try {
    response = await answerRoute(request, folder, path);
  } catch (error) {
    response = refused(statuses[error.code] ?? 500, error.code ? error : { code: 'internal', message: String(error) });
  }
  // Tells <ganlet-image>'s script who has drawn; what has failed, the script tries.
  if (response.ok) response.headers.set('server-timing', 'ganlet');
  return request.method === 'HEAD' ? new Response(null, response) : response;
}
