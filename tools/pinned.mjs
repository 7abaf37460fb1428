// Writes a page that has, as a text to be copied, the tag that loads one version of the script and no other:
//
//     node tools/pinned.mjs SCRIPT.js VERSION OUT.html
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

import { escaped } from '../web/single_file.js';

const [script, version, out] = process.argv.slice(2);
const digest = (kind, form) => createHash(kind).update(readFileSync(script)).digest(form);
const hash = digest('sha384', 'base64');
// One name never means two contents: the script knows the hashes of all that it loads.
const folder = `ganlet/${version}-${digest('sha256', 'hex').slice(0, 8)}`;
const source = `src="/${folder}/${basename(script)}"`;
const tag = `<script defer ${source} integrity="sha384-${hash}" crossorigin="anonymous"></script>`;
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The script of ganlet ${version}, pinned</title>
<link rel="icon" href="../icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../style.css">
</head>
<body class="reading">
<header><h1>The script of ganlet ${version}, pinned</h1></header>
<main>
<p>For pages that shall never change: with this folder uploaded as <code>/${folder}/</code>, this tag runs the
script with this hash, and no other.</p>
<p class="code"><label>The tag<textarea rows="4" readonly spellcheck="false">${escaped(tag)}</textarea></label></p>
</main>
</body>
</html>
`;
writeFileSync(out, page);
