// Writes FILE.gz, which a page unpacks itself, beside each FILE:
//
//     node tools/compress.mjs FILE ...
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

for (const file of process.argv.slice(2)) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
