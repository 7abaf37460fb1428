// Files of a page: fetched from the site, dropped, chosen and saved; and the browser's storage.
import { droppedFiles } from '../dropped.js';
import { beginsAsOnnx, download, moduleOf, mostFileBytes } from '../ganlet/download.js';
import { keepForOffline } from '../offline.js';
import { animatedWebp } from './page_webp.js';
import { removeFile, writeFile } from './program_files.js';

/** The bytes that a response announces; 0 if unknown: the length of a compressed response isn't that of its content. */
const promised = (headers) => (headers.get('content-encoding') ? 0 : Number(headers.get('content-length') ?? 0));

/** Puts files where the page's program, and the program of its worker, can read them. */
export class Files {
  /** The files that were dropped last, by path: pages in one file hold them. */
  dropped = new Map();
  #program;
  #background;

  constructor(program, background) {
    this.#program = program;
    this.#background = background;
  }

  write(path, bytes) {
    this.#background.postMessage({ write: path, bytes });
    if (!path.endsWith('.onnx')) writeFile(this.#program, path, bytes); // only the worker reads networks
  }

  remove(path) {
    this.#background.postMessage({ remove: path });
    removeFile(this.#program, path);
  }
}

/** Fetches a file of the site, whose models are in ganlet/. */
export async function fetchFile(program, files, id, path) {
  let problem = '';
  const address = path.replace(/^models\//, 'ganlet/models/');
  try {
    let done = 0;
    const onBytes = (more, headers) => {
      done += more;
      program._studio_progress(id, done, promised(headers));
    };
    const { href } = new URL(address, document.baseURI);
    files.write(path, await download(href, { onBytes, most: mostFileBytes }));
    void keepForOffline([address]);
  } catch (error) {
    problem = error.message;
  }
  program.ccall('studio_fetched', null, ['number', 'string'], [id, problem]);
}

const mostSide = 1024; // pixels; encoders see far smaller pictures

/** Lets the browser decode a picture that was opened, and writes its pixels to a file beside it. */
export async function readPicture(program, files, id, path) {
  const pixels = `${path}.pixels`;
  let width = 0,
    height = 0,
    problem = '';
  try {
    const bitmap = await createImageBitmap(new Blob([program.FS.readFile(path)]));
    const scale = Math.min(1, mostSide / Math.max(bitmap.width, bitmap.height));
    [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0, width, height);
    program.FS.writeFile(pixels, context.getImageData(0, 0, width, height).data);
  } catch {
    problem = `${path.split('/').pop()} isn’t a picture that this browser can read`;
  }
  program.ccall(
    'studio_picture',
    null,
    ['number', 'string', 'number', 'number', 'string'],
    [id, pixels, width, height, problem],
  );
  for (const file of [path, pixels]) files.remove(file);
}

export async function saveFile(name, content) {
  const bytes = name.endsWith('.webp') ? await animatedWebp(content) : content;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** Saves one HTML file that draws what these attributes say; gives a sentence about it. */
export async function makePage(attributes, files) {
  const { singleFile } = await import('../single_file.js');
  const { model } = attributes;
  const file = files.dropped.get(model);
  if (file ? !beginsAsOnnx(new Uint8Array(await file.slice(0, 16).arrayBuffer())) : model.startsWith('/'))
    throw new Error('a page holds a model of this site, or one .onnx file; ganlet export-page takes any');
  const name = model.split('/').pop();
  const page = await singleFile(attributes, file && { name, bytes: await file.arrayBuffer() });
  const saved = `${attributes.text ?? name.replace(/\.onnx$/, '')}.html`;
  await saveFile(saved, page);
  return `Saved as ${saved}, ${Math.round(page.size / 1000)} KB, among your downloads`;
}

export async function copyPicture(pixels, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': await canvas.convertToBlob() })]);
}

let drops = 0;

/** Whether the program reads the files itself: a model.json of ganlet's, ONNX, pictures or latents. */
async function areOurs(dropped) {
  for (const [path, file] of dropped) {
    const bytes = new Uint8Array(await file.slice(0, 2 ** 22).arrayBuffer());
    const begin = String.fromCharCode(...bytes.subarray(0, 16));
    if (path.endsWith('model.json')) return !new TextDecoder().decode(bytes).includes('"modelTopology"');
    if (beginsAsOnnx(bytes) || /^(\x89PNG|\xff\xd8|GIF8|RIFF|\x93NUMPY|\s*\[)/.test(begin)) return true;
  }
  return false;
}

/**
 * Files of another framework, converted to an ONNX file; others as they are. If a file has tensors and no network, it
 * is guessed, and the reader asked.
 */
async function asOnnx(dropped, mayGuess = true) {
  const [{ answer }, { imported }] = await Promise.all([import('../ganlet/engine.js'), import('../ganlet/import.js')]);
  const ask = async (program, given) =>
    answer('import', { module: await moduleOf(program), chain: mayGuess, ...given });
  const found = await imported({ files: dropped.map(([, file]) => file), urls: [] }, { ask });
  const { onnx, name, urls, guesses } = found;
  if (guesses && !confirm(`This file has weights and no network; ${guesses}. Draw it?`)) return asOnnx(dropped, false);
  const isConverted = urls.length > 0; // the importer's is one of them
  return isConverted ? [[`${name || 'model'}.onnx`, new Blob([onnx])]] : dropped;
}

/** Writes files where the program can read them, and opens the folder with a model.json, or else the first file. */
async function openAll(program, files, dropped) {
  const root = `/dropped/${++drops}`;
  const opened = (await areOurs(dropped)) ? dropped : await asOnnx(dropped);
  const paths = [];
  if (opened.some(([path]) => /\.(onnx|json)$/.test(path))) files.dropped.clear();
  for (const [path, file] of opened) {
    const to = `${root}/${path.replace(/^\//, '')}`;
    files.dropped.set(to, file);
    files.write(to, new Uint8Array(await file.arrayBuffer()));
    paths.push(to);
  }
  const model = paths.find((path) => path.endsWith('/model.json'));
  const which = model ? model.slice(0, -'/model.json'.length) : paths[0];
  if (which) program.ccall('studio_opened', null, ['string'], [which]);
}

async function open(program, files, dropped) {
  try {
    await openAll(program, files, dropped);
  } catch ({ place, detail, message }) {
    const why = detail && place ? `${place}: ${detail}` : message;
    program.ccall('studio_refused', null, ['string'], [why]);
  }
}

export function listenForFiles(program, files, chooser) {
  const stop = (event) => event.preventDefault();
  addEventListener('dragover', stop);
  addEventListener('drop', async (event) => {
    event.preventDefault();
    await open(program, files, await droppedFiles(event.dataTransfer));
  });
  chooser.addEventListener('change', async () => {
    await open(
      program,
      files,
      [...chooser.files].map((file) => [file.name, file]),
    );
    chooser.value = '';
  });
}

// Storage may be forbidden; the studio then starts afresh each time.
export function stored(name) {
  try {
    return localStorage.getItem(`ganlet-${name}`);
  } catch {
    return null;
  }
}

export function store(name, text) {
  try {
    localStorage.setItem(`ganlet-${name}`, text);
  } catch {
    /* nothing to be done */
  }
}
