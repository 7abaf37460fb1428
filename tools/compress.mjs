// Compresses a file with gzip for pages, which unpack it themselves:
//
//     node tools/compress.mjs FROM TO
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [from, to] = process.argv.slice(2);
writeFileSync(to, gzipSync(readFileSync(from), { level: 9 }));
