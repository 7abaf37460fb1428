// Writes the tag that loads one version of the script and no other:
//
//     node tools/pinned.mjs SCRIPT.js VERSION OUT.html
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [script, version, out] = process.argv.slice(2);
const hash = createHash('sha384').update(readFileSync(script)).digest('base64');
const source = `src="/ganlet/${version}/${basename(script)}"`;
writeFileSync(out, `<script defer ${source} integrity="sha384-${hash}" crossorigin="anonymous"></script>\n`);
