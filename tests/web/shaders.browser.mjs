// The kernels' WGSL, as ganlet-shaders wrote it for the native build, through Chromium's own compiler.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { gpuBrowsers } from './browsers.mjs';

const folder = new URL('../../build/desktop/shaders/shaders/', import.meta.url);
const kernels = readdirSync(folder).filter((name) => name.endsWith('.wgsl'));

/** What the compiler says of a shader, and then of a pipeline with it, as lines. */
const complaints = (page, code) =>
  page.evaluate(async (text) => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code: text });
    const { messages } = await module.getCompilationInfo();
    const lines = messages.map(({ lineNum, message }) => `${lineNum}: ${message}`);
    device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    const error = await device.popErrorScope();
    device.destroy();
    return error ? [...lines, error.message] : lines;
  }, code);

describe('WGSL of the kernels in Chromium', () => {
  let browser, page, server;
  before(async () => {
    server = createServer((_, answer) => answer.end('<!doctype html><title>shaders</title>')).listen(0, '127.0.0.1');
    await new Promise((done) => server.on('listening', done));
    browser = await gpuBrowsers.Chromium();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`); // which is a secure context
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  test('there are kernels, and a fault in one would be seen', async () => {
    assert.ok(kernels.length >= 10, kernels.join(', '));
    const code = readFileSync(new URL('softmax.wgsl', folder), 'utf8');
    assert.notDeepEqual(await complaints(page, code.replace('largest_ = max', 'largest_ = 1u + max')), []);
  });
  for (const name of kernels)
    test(name, async () => {
      assert.deepEqual(await complaints(page, readFileSync(new URL(name, folder), 'utf8')), []);
    });
});
