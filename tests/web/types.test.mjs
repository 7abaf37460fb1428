// ganlet.d.ts: a program that uses all of it passes `tsc --strict`, and each line that misuses it fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { library } from './library.mjs';
import { root } from './program.mjs';

test('tsc --strict accepts what is right and nothing else', () => {
  const options = [
    '--strict',
    '--noEmit',
    '--target',
    'es2022',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--lib',
    'es2022,dom',
    '--skipLibCheck',
    'false',
  ];
  const ran = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, ...options, `${root}tests/web/types.ts`],
    { encoding: 'utf8' },
  );
  assert.equal(ran.stdout + ran.stderr, '');
  assert.equal(ran.status, 0);
});

test('the declarations name what the module exports', async () => {
  const { default: fs } = await import('node:fs');
  const declared = [
    ...fs.readFileSync(`${library}ganlet.d.ts`, 'utf8').matchAll(/^export (?:function|class) (\w+)/gm),
  ].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(await import(`${library}ganlet.js`)).sort());
});
