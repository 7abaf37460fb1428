// The packed npm package: what it exports, in Node and to TypeScript, and the pictures that a model's version has.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { goldenLatent, library } from './library.mjs';
import { borrow, project, tarball, write } from './package.mjs';
import { root } from './program.mjs';
import { requests } from './requests.mjs';

const read = (file) => readFileSync(file, 'utf8');
const script = read(`${root}web/embed/ganlet-image.js`);
const { attributes } = await import(pathToFileURL(`${root}web/embed/ganlet-image.js`).href);

/** Runs a module in a project, by a Node of its own, and gives what it prints. */
function run(folder, source) {
  write(folder, { 'program.js': source });
  const options = { cwd: folder, encoding: 'utf8' };
  const ran = spawnSync(process.execPath, ['--no-warnings', 'program.js'], options);
  assert.equal(ran.status, 0, ran.stderr.slice(0, 2000));
  return ran.stdout.trim();
}

describe('the npm package', () => {
  let folder;
  let installed;
  const cleanups = [];
  before(() => {
    folder = project({ after: (cleanup) => cleanups.push(cleanup) });
    installed = join(folder, 'node_modules/ganlet');
  });
  process.on('exit', () => cleanups.forEach((cleanup) => cleanup()));

  test('npm installs it without a network', (t) => {
    const fresh = project(t);
    const flags = ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball];
    execFileSync('npm', flags, { cwd: fresh, stdio: 'pipe' });
    assert.deepEqual(Object.keys(JSON.parse(read(join(fresh, 'package.json'))).dependencies), ['ganlet']);
    assert.ok(existsSync(join(fresh, 'node_modules/ganlet/ganlet-relaxed-simd.wasm')));
  });

  test('every entry can be imported on a server, and every file that is exported is there', () => {
    const { exports } = JSON.parse(read(join(installed, 'package.json')));
    for (const target of Object.values(exports).flatMap((entry) => (entry.types ? Object.values(entry) : [entry])))
      assert.ok(statSync(join(installed, target)).isFile(), target);
    const entries = Object.entries(exports).filter(([, { default: file }]) => file?.endsWith('.js'));
    const names = entries.map(([name]) => name.replace('.', 'ganlet'));
    assert.deepEqual(names.sort(), [
      'ganlet',
      'ganlet/element',
      'ganlet/inline',
      'ganlet/models/digits',
      'ganlet/worker',
    ]);
    const imports = names.map((name) => `console.log(Object.keys(await import('${name}')).join());`).join('\n');
    const resolved = "console.log(import.meta.resolve('ganlet/ganlet-relaxed.wasm').endsWith('relaxed-simd.wasm'));";
    const printed = run(folder, `${imports}\n${resolved}\nconsole.log(typeof window, typeof document);`).split('\n');
    assert.equal(printed[0], 'GanletError,capabilities,load,supportedVariant');
    assert.deepEqual(printed.slice(-2), ['true', 'undefined undefined']);
  });

  test('in Node it draws its own model, by name, by folder and from the one module', () => {
    const wanted = requests.find(({ model, request }) => model === 'digits' && Object.keys(request).length === 0);
    const digests = run(
      folder,
      `import { createHash } from 'node:crypto';
      import { load } from 'ganlet';
      import digits from 'ganlet/models/digits';
      import * as inline from 'ganlet/inline';
      const loads = [
        () => load(digits, { variant: 'simd128' }),
        () => load(new URL('./node_modules/ganlet/models/digits/', import.meta.url), { variant: 'simd128' }),
        () => inline.load(inline.digits, { variant: 'simd128' }),
      ];
      for (const open of loads) {
        const model = await open();
        console.log(createHash('sha256').update((await model.draw()).data).digest('hex'));
        console.log(new Uint32Array((await model.latent(2026)).buffer).join());
        model.dispose();
      }`,
    ).split('\n');
    const latent = goldenLatent.map(String).join();
    assert.deepEqual(digests, [wanted.sha256, latent, wanted.sha256, latent, wanted.sha256, latent]);
  });

  test('each model’s default picture is the one of its version', async () => {
    const { load } = await import(pathToFileURL(join(installed, 'ganlet.js')).href);
    const { models } = JSON.parse(read(`${root}models/index.json`));
    for (const { id } of models) {
      const wanted = requests.find(({ model, request }) => model === id && Object.keys(request).length === 0);
      assert.ok(wanted, `${id}: tests/requests.jsonl has no line for {}`);
      const model = await load(pathToFileURL(`${root}models/${id}/`), { variant: 'simd128' });
      const { data } = await model.draw();
      const sha256 = createHash('sha256').update(data).digest('hex');
      assert.deepEqual([id, model.info.version, sha256], [id, wanted.version, wanted.sha256]);
      model.dispose();
    }
  });

  test('its version is the project’s and the element’s, and it depends on nothing', () => {
    const own = JSON.parse(read(join(installed, 'package.json')));
    const [, version] = /project\(ganlet VERSION ([\d.]+)/.exec(read(`${root}CMakeLists.txt`));
    assert.equal(own.version, version);
    assert.equal(/const version = '([^']+)'/.exec(script)[1], version);
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts'])
      assert.equal(own[kind], undefined);
    for (const file of own.sideEffects) assert.ok(existsSync(join(installed, file)), file);
  });

  test('THIRD-PARTY.txt has all libraries that are compiled into ganlet, and the site has it too', () => {
    const text = read(join(installed, 'THIRD-PARTY.txt'));
    const [, list] = /^sources='\n([\s\S]*?)'/m.exec(read(`${root}tools/fetch_sources.sh`));
    const names = [...list.matchAll(/^(\w+) /gm)].map(([, name]) => name);
    assert.ok(names.length >= 8);
    for (const name of [
      ...names,
      'musl',
      'libc++',
      'GLFW',
      'CLI11',
      'cpp-httplib',
      'tl::expected',
      'JSON for Modern C++',
    ])
      assert.ok(text.toLowerCase().replaceAll('dear ', '').includes(name.toLowerCase()), name);
    assert.equal(read(`${library}THIRD-PARTY.txt`), text);
  });

  test('custom-elements.json has the attributes, events and methods that the element has', () => {
    const { modules } = JSON.parse(read(join(installed, 'custom-elements.json')));
    const [{ attributes: told, members, events, cssParts }] = modules[0].declarations;
    assert.deepEqual(told.map(({ name }) => name).sort(), [...attributes].sort());
    assert.ok(told.every(({ description, type }) => description && type.text));
    const methods = members.filter(({ kind }) => kind === 'method').map(({ name }) => name);
    const [, listed] = /const methods = '([^']+)'/.exec(script);
    assert.deepEqual(methods.sort(), listed.split(' ').sort());
    const picture = read(`${root}web/embed/element/picture.js`);
    const tells = [...(picture + script).matchAll(/\btell\((?:view, )?'(\w+)'/g)].map(([, name]) => `ganlet-${name}`);
    assert.deepEqual(events.map(({ name }) => name).sort(), [...new Set(tells)].sort());
    const scripts = ['ganlet-image', 'element/controls', 'element/slider'].map((name) => `web/embed/${name}.js`);
    const made = /(?:#make\('\w+', |button\(|part: |more: )'([\w-]+)'/g;
    const parts = scripts.flatMap((file) => [...read(root + file).matchAll(made)].map(([, name]) => name));
    assert.deepEqual(
      [...new Set(parts)].filter((name) => !cssParts.some((one) => one.name === name)),
      ['spoken'], // which nobody sees
    );
  });

  test('tsc --strict knows the library, the element, and the tag in React, Vue and Svelte', () => {
    borrow(folder, ['@types/react', 'csstype', 'vue', '@vue', 'svelte']);
    for (const name of readdirSync(`${root}tests/web/package_types`))
      copyFileSync(`${root}tests/web/package_types/${name}`, join(folder, name));
    const check = (flags) => {
      const tsc = [`${root}node_modules/typescript/bin/tsc`, '--strict', '--noEmit', '--target', 'es2022', ...flags];
      const ran = spawnSync(process.execPath, tsc, { cwd: folder, encoding: 'utf8' });
      assert.equal(ran.stdout + ran.stderr, '');
    };
    check(['--module', 'esnext', '--moduleResolution', 'bundler', '--skipLibCheck', 'false', 'plain.ts']);
    // The declarations of frameworks are theirs to check.
    const all = ['plain.ts', 'react.tsx', 'vue.ts', 'svelte.ts'];
    check(['--module', 'nodenext', '--moduleResolution', 'nodenext', '--skipLibCheck', '--jsx', 'preserve', ...all]);
  });

  test('publint and attw find nothing', async () => {
    const { publint } = await import('publint');
    const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
    assert.deepEqual(messages, []);
    const files = [
      './ganlet.wasm',
      './ganlet-relaxed.wasm',
      './ganlet-any.wasm',
      './ganlet-import.wasm',
      './ganlet-import-lite.wasm',
      './ganlet-import-torch.wasm',
      './ganlet-webgpu.wasm',
      './custom-elements.json',
      './package.json',
    ];
    const attw = [`${root}node_modules/@arethetypeswrong/cli/dist/index.js`, tarball, '--profile', 'esm-only'];
    const flags = ['--no-definitely-typed', '--exclude-entrypoints', ...files];
    const ran = spawnSync(process.execPath, [...attw, ...flags], { encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  });

  test('each file keeps to its size', (t) => {
    // Bytes with gzip, as npm packs and hosts send them.
    const most = {
      'ganlet-image.js': 6000,
      'ganlet-small.js': 6000,
      'element/*': 10000,
      'element/ask.js': 700,
      'element/between.js': 700,
      'element/by_url.js': 700,
      'element/canvas.js': 700,
      'element/live.js': 400,
      'element/missing.js': 700,
      'element/slider.js': 500,
      'ganlet.js': 5500,
      'engine.js': 3500,
      'download.js': 2600,
      'errors.js': 300,
      'import.js': 1500,
      'webgpu.js': 3000,
      'pictures.js': 1000,
      'element.js': 300,
      'inline.js': 520000,
      'ganlet-relaxed-simd.wasm': 190000,
      'ganlet-simd128.wasm': 190000,
      'ganlet-any.wasm': 270000,
      'ganlet-import.wasm': 150000,
      'ganlet-import-lite.wasm': 100000,
      'ganlet-import-torch.wasm': 100000,
      'ganlet-webgpu.wasm': 320000,
      'models/digits/*': 270000,
      'custom-elements.json': 5000,
      'THIRD-PARTY.txt': 12000,
    };
    const sizes = {};
    for (const entry of readdirSync(installed, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    )) {
      const path = join(entry.parentPath ?? entry.path, entry.name).slice(realpathSync(installed).length + 1);
      const key = path in most ? path : `${path.replace(/\/[^/]*$/, '')}/*`;
      const bytes = gzipSync(readFileSync(join(installed, path)), { level: 9 }).length;
      const isPlain = /\.(d\.ts|md)$|LICENSE|package\.json$/.test(path);
      if (isPlain) assert.ok(bytes <= 4000, `${path}: ${bytes} bytes`);
      else sizes[key] = (sizes[key] ?? 0) + bytes;
    }
    t.diagnostic(JSON.stringify(sizes));
    assert.deepEqual(Object.keys(sizes).sort(), Object.keys(most).sort());
    for (const [name, bytes] of Object.entries(sizes)) assert.ok(bytes <= most[name], `${name}: ${bytes} bytes`);
    // Fetched only for other frameworks' files, for rare operators and for GPUs.
    const rare = ['any', 'import', 'import-lite', 'import-torch', 'webgpu'].map((name) => `ganlet-${name}.wasm`);
    rare.push('import.js', 'webgpu.js');
    const rest = rare.reduce((left, name) => left - sizes[name], statSync(tarball).size);
    assert.ok(rest <= 1250000, `${rest} bytes without what is rarely fetched`);
  });
});
