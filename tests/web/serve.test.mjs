// `ganlet serve`: every path and status of openapi.json, its limits, its log and its end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

import { checkAll, openapi, untriedStatuses } from './api_cases.mjs';
import { latentSize, side, tinyGenerator } from './onnx_file.mjs';
import { program, root } from './program.mjs';

const site = `${root}web`;

const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Starts the server on a free port. `end` stops it and gives { code, log }. */
async function start(...flags) {
  const models = flags.includes('--models') ? [] : ['--models', `${root}models`];
  const server = spawn(program, ['serve', '--port', '0', ...models, ...flags], { stdio: 'pipe' });
  const log = [];
  createInterface(server.stdout).on('line', (line) => log.push(JSON.parse(line)));
  const [told] = await once(createInterface(server.stderr), 'line');
  const url = /http:\S+\/api\//.exec(told)[0];
  const end = async (signal = 'SIGTERM') => {
    const ended = once(server, 'exit');
    server.kill(signal);
    const [code] = await ended;
    return { code, log };
  };
  return { url, end };
}

async function ask(url, { method, path, headers, body }) {
  const response = await fetch(new URL(path, url), { method, headers, body });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes };
}

test('every path and status of openapi.json is tried', () => assert.deepEqual(untriedStatuses(), []));

test('it answers as openapi.json says, with the pictures of ganlet generate, and logs each request', async () => {
  const { url, end } = await start('--threads', '2');
  let asked = 0;
  const same = (pixels, others, what) => assert.ok(Buffer.compare(pixels, others) === 0, what);
  const counted = (one) => {
    ++asked;
    return ask(url, one);
  };
  let ended;
  try {
    await checkAll(counted, same, { isServed: true });
  } finally {
    ended = await end();
  }
  const { code, log } = ended;
  assert.equal(code, 0);
  assert.equal(log.length, asked);
  const { time, from, method, target, status, bytes, ms } = log[0];
  assert.ok(Math.abs(time - Date.now() / 1000) < 600 && from === '127.0.0.1' && bytes > 100 && ms >= 0);
  assert.deepEqual([method, target, status], ['GET', '/api/image/digits.png?seed=3&label=7', 200]);
});

test('a server that is busy, or too slow, says so by 503', async () => {
  const { url, end } = await start('--threads', '1', '--timeout', '0.02');
  const occupier = new URL('image/digits.png?seed=1&size=2048', url); // takes the one place for longer than that
  const busy = async (path, options) => {
    // Short requests may come one after another, and each find the place free: once more then.
    let all, refused;
    for (let tries = 0; tries < 20 && !(refused?.length > 0); ++tries) {
      const occupying = Array.from({ length: 4 }, () => fetch(occupier).then((answer) => answer.arrayBuffer()));
      all = await Promise.all(Array.from({ length: 40 }, () => fetch(new URL(path, url), options)));
      refused = all.filter(({ status }) => status === 503);
      await Promise.all(occupying);
    }
    assert.ok(refused.length > 0, `${path}: ${all.map(({ status }) => status)}`);
    assert.equal(refused[0].headers.get('retry-after'), '1');
    assert.equal((await refused[0].json()).error.code, 'cancelled');
  };
  try {
    const body = '{"seed":1}\n'.repeat(200);
    const type = 'application/x-www-form-urlencoded';
    await busy('image/digits.png?text=1234567890&size=2000');
    await busy('predict?count=400');
    await busy('mnist', { method: 'POST', body: 'value=1234567890', headers: { 'content-type': type } });
    await busy('batch', { method: 'POST', body, headers: { 'content-type': 'text/plain' } });
    const picture = readFileSync(`${root}models/digits/preview.png`);
    await busy('encode?model=digits-vae-gan', {
      method: 'POST',
      body: picture,
      headers: { 'content-type': 'image/png' },
    });
  } finally {
    await end();
  }
  const documented = Object.values(openapi.paths).flatMap((item) => Object.values(item));
  const named = documented.filter(({ responses }) => '503' in responses).map(({ operationId }) => operationId);
  assert.deepEqual(named, ['image', 'predict', 'mnist', 'batch', 'encode']);
});

test('a batch is answered while it is being worked on', async () => {
  const { url, end } = await start();
  try {
    const body = Array.from({ length: 1000 }, (_, key) => JSON.stringify({ key, text: '1234567890', vary: true })).join(
      '\n',
    );
    const response = await fetch(`${url}batch`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } });
    let pieces = 0;
    let text = '';
    for await (const piece of response.body) {
      ++pieces;
      text += Buffer.from(piece).toString();
    }
    assert.ok(pieces > 10, `${pieces} pieces`);
    assert.equal(text.trimEnd().split('\n').length, 1000);
  } finally {
    await end();
  }
});

test('what waits is answered before the end, by SIGINT and SIGTERM', async () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const { url, end } = await start('--threads', '1', '--timeout', '120');
    const asked = Array.from({ length: 4 }, (_, i) => fetch(`${url}image/nouns.png?seed=${i}&count=64`));
    await fetch(`${url}models`); // by now the others have come
    const { code, log } = await end(signal);
    assert.equal(code, 0);
    const statuses = (await Promise.allSettled(asked)).map(({ value }) => value?.status);
    assert.ok(
      statuses.every((status) => status === 200),
      String(statuses),
    );
    assert.ok(log.length >= 5);
  }
});

test('a site beside the API, and no file outside of it', async () => {
  const { url, end } = await start('--site', site);
  const home = new URL('/', url).href;
  try {
    const page = await fetch(home);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(await page.text(), /<title>/);
    assert.equal((await fetch(`${home}ganlet/api/image/digits.png?seed=1`)).headers.get('content-type'), 'image/png');
    for (const path of [
      'api.md',
      '%2e%2e/README.md',
      '..%2fREADME.md',
      'embed/..%2f..%2fREADME.md',
      '.git/config',
      'embed%5c..%5cindex.html',
      '/etc/passwd',
    ])
      assert.equal((await fetch(home + path)).status, 404, path);
    assert.equal((await fetch(home, { method: 'POST', body: 'x' })).status, 405);
    assert.equal((await fetch(`${home}models`)).status, 404);
  } finally {
    await end();
  }
});

/** What a server says to bytes that no client would send. */
async function raw(url, text) {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(text);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return answer.toString();
}

test('what is no HTTP, or too long for it, is refused, and the server goes on', async () => {
  const { url, end } = await start('--body-limit', '1000');
  try {
    assert.match(await raw(url, 'nonsense\r\n\r\n'), /^HTTP\/1.1 400 /);
    assert.match(await raw(url, `GET /${'a'.repeat(20000)} HTTP/1.1\r\n\r\n`), /^HTTP\/1.1 4\d\d /);
    const head = 'POST /api/batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked';
    const chunked = `${head}\r\n\r\n7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`;
    assert.match(await raw(url, chunked), /^HTTP\/1.1 413 /);
    const response = await fetch(`${url}models`);
    assert.equal(response.status, 200);
  } finally {
    await end();
  }
});

/** All that a server says to pieces of bytes that are sent 100 ms apart, until it closes the connection. */
async function said(url, ...pieces) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (data) => (text += data));
  socket.on('error', () => {}); // the server may close while a piece is being sent
  const closed = once(socket, 'close');
  for (const piece of pieces) {
    if (!socket.destroyed) socket.write(piece);
    await new Promise((go) => setTimeout(go, 100));
  }
  await closed;
  return text;
}

test('a connection has one request: what is behind it is no further one, however its length is written', async () => {
  const { url, end } = await start();
  const inner = 'GET /api/models HTTP/1.1\r\nhost: x\r\n\r\n';
  const lengths = ['content-length: 0', 'content-length: 0x10', 'content-length: +0', 'x: y'];
  try {
    for (const length of lengths) {
      const head = `POST /api/batch HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n${length}\r\n\r\n`;
      assert.equal((await said(url, head + inner)).match(/HTTP\/1\.1 \d/g)?.length, 1, length);
    }
  } finally {
    await end();
  }
});

test('slow clients keep neither places nor connections', async () => {
  const { url, end } = await start('--threads', '1', '--timeout', '3');
  const head = 'POST /api/batch HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n';
  const line = `{"text":"1234567890","vary":true}\n`;
  const reader = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    const slow = said(url, `${head}content-length: 1000\r\n\r\n`, ...Array(40).fill('{'));
    reader.pause();
    reader.write(`${head}content-length: ${1000 * line.length}\r\n\r\n${line.repeat(1000)}`);
    await new Promise((go) => setTimeout(go, 1500));
    assert.equal((await fetch(`${url}image/digits.png?seed=1`)).status, 200);
    assert.match(await slow, /^HTTP\/1.1 408 [\s\S]*took too long to come/);
  } finally {
    reader.destroy();
    await end();
  }
});

test('a model without classes is drawn where a digit is asked for', async (t) => {
  const models = mkdtempSync(join(tmpdir(), 'ganlet-models-'));
  t.after(() => rmSync(models, { recursive: true }));
  mkdirSync(join(models, 'digits'));
  const weights = tinyGenerator();
  writeFileSync(join(models, 'digits', 'generator.onnx'), weights);
  const description = {
    id: 'digits',
    version: 1,
    image: { width: side, height: side, channels: 1, range: [0, 1] },
    latent: { size: latentSize, distribution: 'normal' },
    parts: { generator: { file: 'generator.onnx', bytes: weights.length, sha256: sha256Of(weights) } },
  };
  writeFileSync(join(models, 'digits', 'model.json'), JSON.stringify(description));
  const { url, end } = await start('--models', models);
  try {
    const response = await fetch(`${url}predict`);
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal((await response.json()).length, side);
  } finally {
    await end();
  }
});

test('a port that is taken, and a wrong flag, end it at once', async () => {
  const { url, end } = await start();
  const again = spawn(program, ['serve', '--port', new URL(url).port], { stdio: 'pipe' });
  const [told] = await once(createInterface(again.stderr), 'line');
  assert.match(told, /^ganlet: 127\.0\.0\.1:\d+: can't be listened at/);
  assert.deepEqual(await once(again, 'exit'), [1, null]);
  await end();
  const wrong = spawn(program, ['serve', '--threads', '0'], { stdio: 'ignore' });
  assert.deepEqual(await once(wrong, 'exit'), [2, null]);
});
