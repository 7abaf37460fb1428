// Converts files of other frameworks to ONNX files, with the one of three programs that reads them. Loaded only when
// there is such a file.
import { beginsAsOnnx, download, isPlainName, mostFileBytes } from './download.js';
import { GanletError } from './errors.js';

// By what follows in their names; in a form that bundlers recognize.
const programs = {
  '': () => new URL('./ganlet-import.wasm', import.meta.url).href, // Keras and TensorFlow.js
  '-lite': () => new URL('./ganlet-import-lite.wasm', import.meta.url).href, // TensorFlow Lite, and ONNX in two files
  '-torch': () => new URL('./ganlet-import-torch.wasm', import.meta.url).href,
};

const latin = new TextDecoder('latin1');

/**
 * Whose file it would be; ONNX's begin with an 8, and come here if their weights are beside them. PyTorch's are
 * archives with its names, pickles, and safetensors.
 */
function kindOf(bytes) {
  const begin = latin.decode(bytes.subarray(0, 10));
  if (begin.startsWith('TFL3', 4) || bytes[0] === 8) return '-lite';
  const isOfTorch = begin.startsWith('PK')
    ? /data\.pkl|serialized_exported_program\.json|archive_format/.test(latin.decode(bytes))
    : begin[0] === '\x80' || begin.slice(6) === '\0\0{"';
  return isOfTorch ? '-torch' : '';
}

/** The program for a file: next to the engine if its place was given. */
function programFor(bytes, engine) {
  const kind = kindOf(bytes);
  return engine ? new URL(`ganlet-import${kind}.wasm`, engine).href : programs[kind]();
}

const nameOf = (file) => file.name ?? '';
const withoutEnding = (name) => name.replace(/\.\w+$/, '');

/** A file, a Blob or bytes, as [name, bytes]. */
async function read(file) {
  if (ArrayBuffer.isView(file)) return ['', new Uint8Array(file.buffer, file.byteOffset, file.byteLength)];
  if (file instanceof ArrayBuffer) return ['', new Uint8Array(file)];
  if (typeof file?.arrayBuffer !== 'function')
    throw new GanletError('invalid_argument', '', 'a model is a URL, bytes, a file, or a list of files');
  if (file.size > mostFileBytes)
    throw new GanletError('limit_exceeded', nameOf(file), `is larger than the ${mostFileBytes} bytes that it may have`);
  return [nameOf(file), new Uint8Array(await file.arrayBuffer())];
}

const isOne = (given) => given instanceof ArrayBuffer || ArrayBuffer.isView(given) || !given?.[Symbol.iterator];

/** Whether it is a model.json of TensorFlow.js, which has further files. */
const isDescription = ([, bytes]) =>
  bytes[0] === 0x7b && new TextDecoder().decode(bytes.subarray(0, 2 ** 22)).includes('"modelTopology"');

/** Further files of a model by their plain names: from those that were given, or fetched from its folder. */
async function besides(names, given, url, options) {
  const found = names.map(async (name) => {
    const [, bytes] = given.find(([own]) => own === name) ?? [];
    if (bytes) return [name, bytes];
    if (!/^(https?|file):/.test(url ?? '') || !isPlainName(name))
      throw new GanletError('not_found', name, 'this file of the model is missing: give all of them together');
    return [name, await download(new URL(encodeURIComponent(name), url).href, { ...options, most: mostFileBytes })];
  });
  return Object.fromEntries(await Promise.all(found));
}

/**
 * Turns what `contentOf` found into what an engine opens: a network's file alone. Bytes of no known format stay as they
 * are, and the engine reports that. `ask(program, {file, beside}, url)` converts a file.
 */
export async function imported({ foreign, name, files, url, urls }, { ask, wasm: engine, ...options }) {
  const given = foreign ? [[name, foreign]] : await Promise.all((isOne(files) ? [files] : [...files]).map(read));
  const first = given.find(isDescription);
  for (const [own, bytes] of first ? [first] : given) {
    const id = foreign ? name : withoutEnding(own);
    if (beginsAsOnnx(bytes)) return { onnx: bytes, name: id, urls };
    const wasm = programFor(bytes, engine);
    let answer = await ask(wasm, { file: bytes, beside: {} }, url);
    const { needs = [] } = answer;
    if (needs.length > 0) {
      const beside = await besides(needs, given, url, options);
      answer = await ask(wasm, { file: bytes, beside }, url);
    }
    const fetched = url ? needs.map((one) => new URL(encodeURIComponent(one), url).href) : [];
    const { data, guesses } = answer;
    if (data) return { onnx: data, name: id, url, urls: [...urls, ...fetched, wasm], guesses };
  }
  if (given.length !== 1) throw new GanletError('unsupported', '', 'none of these files is a model that can be read');
  return { onnx: given[0][1], name, url, urls };
}
