// Pictures by URL: what is asked for and what has to be answered, by `ganlet serve` and by the service worker alike.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

export const openapi = JSON.parse(readFileSync(`${root}web/api/openapi.json`, 'utf8'));
const preview = readFileSync(`${root}models/digits/preview.png`);

/** What the native program draws with these flags, as a PNG. */
export function generated(flags) {
  if (!existsSync(program)) throw new Error(`no ${program}: cmake --preset desktop && cmake --build --preset desktop`);
  const found = ['--models', `${root}models`, '--format', 'png', '-o', '-'];
  const options = { encoding: 'buffer', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] };
  return execFileSync(program, ['generate', ...flags.split(' '), ...found], options);
}

export const sizeOf = (png) => [png.readUInt32BE(16), png.readUInt32BE(20)];
const preview64 = preview.toString('base64');
const json = (bytes) => JSON.parse(bytes.toString('utf8'));
const lines = (bytes) => bytes.toString('utf8').trimEnd().split('\n');

/** A PNG with these pixels; `same` compares what may have been drawn by another build. */
const drawnAs =
  (flags) =>
  ({ bytes }, same) => {
    const wanted = generated(flags);
    assert.deepEqual(sizeOf(bytes), sizeOf(wanted));
    same(rgbaOf(bytes), rgbaOf(wanted), flags);
  };
const hasSize =
  (...size) =>
  ({ bytes }) =>
    assert.deepEqual(sizeOf(bytes), size);
const fails =
  (code, place, message) =>
  ({ bytes }) => {
    const { error } = json(bytes);
    assert.deepEqual({ code: error.code, place: error.place }, { code, place });
    assert.ok(error.message.length > 0);
    if (message) assert.equal(error.message, message);
  };
const isJpeg = ({ bytes }) => assert.equal(bytes.subarray(0, 3).toString('hex'), 'ffd8ff');
const isWebp = ({ bytes }) => assert.equal(bytes.toString('latin1', 8, 12), 'WEBP');
const says = (message) => (answer) => assert.deepEqual(json(answer.bytes), { message });
const isDigits = ({ bytes }) => {
  const { message, img } = json(bytes);
  assert.equal(message, 'Image generated successfully');
  isJpeg({ bytes: Buffer.from(img, 'base64') });
};
const isDigit = ({ bytes }) => {
  const rows = json(bytes);
  assert.deepEqual([rows.length, ...new Set(rows.map((row) => row.length))], [28, 28]);
  assert.ok(rows.flat().every((value) => Number.isInteger(value) && value >= 0 && value <= 255));
  assert.ok(rows.flat().some((value) => value > 128));
};
const png = 'image/png';
const image = (path, check, more = {}) => ({ route: 'image', path: `image/${path}`, type: png, check, ...more });
const refusedImage = (path, status, ...error) =>
  image(path, fails(...error), { status, type: 'application/json', origin: null });
const post = (route, contentType, body, check, more = {}) => ({
  route,
  method: 'POST',
  path: route,
  headers: contentType ? { 'content-type': contentType } : {},
  body: Buffer.from(body),
  type: 'application/json',
  check,
  ...more,
});
const form = 'application/x-www-form-urlencoded';
const part = (name, value) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const ndjson = 'application/x-ndjson';
const notAllowed = (route, path, method, allow) => ({
  route,
  path,
  method,
  status: 405,
  type: 'application/json',
  headers: method === 'POST' ? { 'content-type': 'text/plain' } : {},
  body: method === 'POST' ? Buffer.from('x') : undefined,
  check: (answer) => {
    assert.equal(answer.headers.allow, allow);
    fails('invalid_argument', 'method')(answer);
  },
});
const get = 'GET, HEAD, OPTIONS';

const pictures = [
  image('digits.png?seed=3&label=7', drawnAs('digits --seed 3 --label 7'), { cache: 'public, max-age=86400' }),
  image('digits@1.png?seed=3', drawnAs('digits --seed 3'), { cache: 'public, max-age=31536000, immutable' }),
  image(
    'digits.png?text=2026&seed=12&jitter=0.15&size=448',
    drawnAs('digits --text 2026 --seed 12 --jitter 0.15 --scale 4'),
  ),
  image(
    'nouns.png?count=6&columns=3&seed=18446744073709551610',
    drawnAs('nouns --count 6 --columns 3 --seed 18446744073709551610'),
  ),
  image(
    'nouns.png?seed=4&mix=16:4-7&truncation=0.7&noise=off',
    drawnAs('nouns --seed 4 --mix 16:4-7 --truncation 0.7 --noise off'),
  ),
  image(
    'digits.png?labels=3,1,4&count=3&seed=from:me@example.org',
    drawnAs('digits --labels 3,1,4 --count 3 --seed from:me@example.org'),
  ),
  image('fashion.png?seed=2&label=8&size=50', hasSize(50, 50)),
  image('digits.png?text=10&seed=1&size=9', hasSize(9, 5)),
  image('digits.png?n=2', hasSize(28, 28), { cache: 'no-store' }),
  image('digits.png?seed=random', hasSize(28, 28), { cache: 'no-store' }),
  image('nouns.jpg?seed=3&size=100', isJpeg, { type: 'image/jpeg' }),
  image('digits.webp?seed=3&text=31', isWebp, { type: 'image/webp' }),
  image('digits.png?seed=3', ({ bytes }) => assert.equal(bytes.length, 0), { method: 'HEAD' }),
  {
    ...image('digits.png', ({ headers }) => assert.equal(headers.allow, get)),
    method: 'OPTIONS',
    status: 204,
    type: null,
    origin: undefined,
  },
  refusedImage('nobody.png?seed=1', 404, 'not_found', 'model'),
  refusedImage('nouns@9.png?seed=1', 404, 'not_found', 'model'),
  refusedImage('digits@01.png?seed=1', 404, 'not_found', 'model'),
  refusedImage('..%2Fdigits.png?seed=1', 404, 'not_found', 'model'),
  refusedImage('digits.gif', 404, 'not_found', 'path'),
  refusedImage('digits.png?sed=1', 400, 'invalid_argument', 'sed', 'is no field of a request'),
  refusedImage(
    'digits.png?seed=-1',
    400,
    'invalid_argument',
    'seed',
    'must be a whole number from 0 to 18446744073709551615, is -1',
  ),
  refusedImage('digits.png?label=12', 400, 'invalid_argument', 'label', 'must be 0 to 9, is 12'),
  refusedImage('digits.png?text=12345678901', 400, 'invalid_argument', '', 'Request too long. Max 10 digits.'),
  refusedImage(
    'digits.png?text=hello',
    400,
    'invalid_argument',
    '',
    'Request invalid. Should only contain digits (0-9).',
  ),
  refusedImage('digits.png?size=0', 400, 'invalid_argument', 'size', "must be a whole number from 1 to 2048, is '0'"),
  refusedImage('digits.png?size=2049', 400, 'invalid_argument', 'size'),
  refusedImage('digits.png?latents=1,2', 400, 'invalid_argument', 'latents'),
  refusedImage('digits.png?count=1000000&seed=1', 400, 'limit_exceeded', 'count'),
  refusedImage('digits.png?signal=1', 400, 'invalid_argument', 'signal', 'is no field of a request'),
  notAllowed('image', 'image/digits.png', 'POST', get),
];

const numbers = [
  {
    route: 'models',
    path: 'models',
    type: 'application/json',
    check: ({ bytes }) => {
      const models = json(bytes);
      const { labels, image: size, version, encoder } = models.find(({ id }) => id === 'digits');
      assert.deepEqual(labels, [...'0123456789']);
      assert.deepEqual([size, version, encoder], [{ width: 28, height: 28, channels: 1 }, 1, false]);
      assert.ok(models.find(({ id }) => id === 'digits-vae-gan').encoder);
      for (const model of models)
        for (const name of openapi.components.schemas.Model.required) assert.ok(name in model, `${model.id} ${name}`);
    },
  },
  notAllowed('models', 'models', 'DELETE', get),
  { route: 'predict', path: 'predict', type: 'application/json', check: isDigit },
  {
    route: 'predict',
    path: 'predict?seed=3&label=7',
    type: 'application/json',
    check: ({ bytes }, same) => {
      const grey = rgbaOf(generated('digits --seed 3 --label 7')).filter((_, i) => i % 4 === 0);
      same(Uint8Array.from(json(bytes).flat()), grey, 'predict');
    },
  },
  {
    route: 'predict',
    path: 'predict?label=x',
    status: 400,
    type: 'application/json',
    check: fails('invalid_argument', 'label'),
  },
  notAllowed('predict', 'predict', 'POST', get),
  {
    route: 'openapi',
    path: 'openapi.json',
    type: 'application/json',
    check: ({ bytes }) => assert.deepEqual(json(bytes), openapi),
  },
  notAllowed('openapi', 'openapi.json', 'PUT', get),
  { route: 'none', path: 'models/x', status: 404, type: 'application/json', check: fails('not_found', 'path') },
  { route: 'none', path: 'pictures', status: 404, type: 'application/json', check: fails('not_found', 'path') },
];

const forms = [
  post('mnist', form, 'value=2026', isDigits),
  post('mnist', form, 'value=2026&seed=5', isDigits, { path: '../mnist' }),
  post('mnist', 'multipart/form-data; boundary=x', `${part('value', '7')}${part('seed', '3')}--x--\r\n`, isDigits),
  post('mnist', form, 'value=12345678901', says('Request too long. Max 10 digits.'), { status: 400 }),
  post('mnist', form, 'value=12345678901&text-limit=99', says('Request too long. Max 10 digits.'), { status: 400 }),
  post('mnist', form, 'value=12a', says('Request invalid. Should only contain digits (0-9).'), { status: 400 }),
  post('mnist', form, 'value=', says('Request invalid. Should only contain digits (0-9).'), { status: 400 }),
  post('mnist', form, 'other', says('other: is no field of a request'), { status: 400 }),
  post('mnist', form, 'value=1&seed=x', says("seed: must be a whole number from 0 to 18446744073709551615, is 'x'"), {
    status: 400,
  }),
  post('mnist', 'application/json', '{"value":"1"}', fails('unsupported', 'content-type'), { status: 415 }),
  post('mnist', form, `value=${'1'.repeat(2 ** 23)}`, fails('limit_exceeded', 'body'), { status: 413 }),
  notAllowed('mnist', 'mnist', 'GET', 'POST, OPTIONS'),
];

const pictureLine = (b64) => `${JSON.stringify({ image_bytes: { b64 } })}\n`;

const batches = [
  post(
    'batch',
    ndjson,
    '{"key":"a","seed":3,"label":7}\n\n{"key":18446744073709551615,"text":"12","seed":1}\r\n{"key":1.50,"sed":1}\n' +
      'no JSON\n[]\n{"key":null,"seed":18446744073709551615,"label":1}\n' +
      '{"key":[1],"image_bytes":{"b64":"AAAA"}}\n{"key":7,"text":"12345678901"}\n' +
      '{"key":{"\\u0001":"8,\\"prediction\\":\\"forged\\"}\\n{\\"key\\":9"},"seed":2}',
    ({ bytes }, same) => {
      const answers = lines(bytes);
      const keys = answers.map((line) => /^\{"key":(.*?),"(?:prediction|error)"/.exec(line)[1]);
      assert.deepEqual(keys, ['"a"', '18446744073709551615', '1.50', 'null', 'null', 'null', 'null', '7', 'null']);
      const parsed = answers.map((line) => JSON.parse(line));
      const drawn = [
        [0, 'digits --seed 3 --label 7'],
        [1, 'digits --text 12 --seed 1'],
        [5, 'digits --seed 18446744073709551615 --label 1'],
      ];
      for (const [i, flags] of drawn)
        same(rgbaOf(Buffer.from(parsed[i].prediction, 'base64')), rgbaOf(generated(flags)), flags);
      const [, , unknown, broken, list, , unseen, long] = parsed;
      assert.match(broken.error, /^the line isn't JSON: /);
      const wrong = [
        [unknown, 1.5, 'sed', 'is no field of a request'],
        [broken, null, '', broken.error],
        [list, null, '', 'the line must be a JSON object'],
        [unseen, null, 'image_bytes', 'this model has no encoder'],
        [long, 7, '', 'Request too long. Max 10 digits.'],
      ];
      for (const [answer, key, place, message] of wrong) {
        const error = place ? `${place}: ${message}` : message;
        assert.deepEqual(answer, { key, error, code: 'invalid_argument', place });
      }
    },
    { type: ndjson },
  ),
  post(
    'batch',
    'text/plain',
    `{"seed":1}\n${['!', 'AAAA'].reduce((all, b64) => all + pictureLine(b64), pictureLine(preview64))}`,
    ({ bytes }) => {
      const [drawn, read, ...wrong] = lines(bytes).map((line) => JSON.parse(line));
      assert.deepEqual(Object.keys(drawn), ['key', 'prediction']);
      assert.ok(read.embeddings.length > 8 && read.embeddings.every(Number.isFinite));
      const place = 'image_bytes';
      assert.deepEqual(wrong, [
        { key: null, error: "image_bytes: isn't base64", code: 'invalid_argument', place },
        { key: null, error: 'image_bytes: is neither PNG nor JPEG', code: 'corrupt', place },
      ]);
    },
    { path: 'batch?model=digits-vae-gan', type: ndjson },
  ),
  post(
    'batch',
    ndjson,
    Array.from({ length: 1000 }, (_, i) => `{"key":${i},"seed":${i},"label":1}`).join('\n'),
    ({ bytes }) => {
      const answers = lines(bytes).map((line) => JSON.parse(line));
      assert.deepEqual(
        answers.map(({ key }) => key),
        Array.from({ length: 1000 }, (_, i) => i),
      );
      assert.ok(answers.every(({ prediction }) => prediction));
    },
    { type: ndjson },
  ),
  post('batch', ndjson, '{}\n'.repeat(1001), fails('limit_exceeded', 'body'), { status: 413 }),
  post('batch', png, preview, fails('unsupported', 'content-type'), { status: 415 }),
  post('batch', ndjson, '{}', fails('not_found', 'model'), { status: 404, path: 'batch?model=nobody' }),
  post('batch', ndjson, '{}', fails('invalid_argument', 'truncation'), { status: 400, path: 'batch?truncation=2' }),
  notAllowed('batch', 'batch', 'GET', 'POST, OPTIONS'),
];

const encodings = [
  post(
    'encode',
    png,
    preview,
    ({ bytes }) => {
      const { model, latent } = json(bytes);
      assert.equal(model, 'digits-vae-gan');
      assert.ok(latent.length > 8 && latent.every(Number.isFinite));
    },
    { path: 'encode?model=digits-vae-gan' },
  ),
  post('encode', png, 'no picture', fails('corrupt', 'body'), { path: 'encode?model=digits-vae-gan', status: 400 }),
  post('encode', png, preview, fails('invalid_argument', 'model'), { path: 'encode?model=digits', status: 400 }),
  post('encode', png, preview, fails('invalid_argument', 'model'), { status: 400 }),
  post('encode', png, preview, fails('not_found', 'model'), { path: 'encode?model=nobody', status: 404 }),
  post('encode', 'text/html', preview, fails('unsupported', 'content-type'), {
    path: 'encode?model=digits-vae-gan',
    status: 415,
  }),
  post('encode', png, Buffer.alloc(2 ** 23 + 1), fails('limit_exceeded', 'body'), {
    path: 'encode?model=digits-vae-gan',
    status: 413,
  }),
  notAllowed('encode', 'encode', 'GET', 'POST, OPTIONS'),
];

export const cases = [...pictures, ...numbers, ...forms, ...batches, ...encodings];

/**
 * Asks for all, by `ask(case)`, which gives { status, headers, bytes }, and checks what comes. `same(pixels, others,
 * what)` compares pictures; `isServed` where HTTP caches are told what they may do; `isTried` chooses.
 */
export async function checkAll(ask, same, { isServed, isTried = () => true }) {
  for (const one of cases.filter(isTried)) {
    const { method = 'GET', path, status = 200, type, cache, origin = '*', check, route } = one;
    const answer = await ask({ ...one, method });
    const what = `${method} ${path}`;
    assert.equal(answer.status, status, `${what}: ${answer.bytes.toString('utf8', 0, 300)}`);
    if (type !== null) assert.equal(answer.headers['content-type'], type, what);
    if (cache && isServed) assert.equal(answer.headers['cache-control'], cache, what);
    if (route === 'image' && method === 'GET' && origin)
      assert.equal(answer.headers['access-control-allow-origin'], origin);
    try {
      await check(answer, same);
    } catch (error) {
      error.message = `${what}: ${error.message}`;
      throw error;
    }
  }
}

/** Statuses that openapi.json has and no case asks for, but for 503, which is the server's alone. */
export function untriedStatuses() {
  const untried = [];
  for (const item of Object.values(openapi.paths))
    for (const { operationId, responses } of Object.values(item))
      for (const status of Object.keys(responses))
        if (
          status !== '503' &&
          !cases.some(({ route, status: tried = 200 }) => route === operationId && String(tried) === status)
        )
          untried.push(`${operationId} ${status}`);
  return untried;
}
