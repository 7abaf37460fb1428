// The studio's worker: runs all networks, in a program of its own, so that no frame waits for them. The page sends it
// files and messages; it answers with messages. For networks that its program doesn't support it starts a second worker
// of this script, whose program has all operators, and passes on what concerns them.
import { moduleOf } from '../ganlet/download.js';
import { filesOf, removeFile, writeFile } from './program_files.js';
import createProgram from './studio-background.js';

const nameOfOther = 'studio with all operators';
const hasAll = globalThis.name === nameOfOther;
const programWithAll = new URL('studio-background-any.wasm.gz', import.meta.url).href;

let program = null;
let isWorking = false;
const early = []; // what arrived before the program was ready
const turns = new MessageChannel(); // one slice per turn, so that messages of the page are received in between

function nextTurn() {
  turns.port2.postMessage(null);
}

turns.port1.onmessage = () => {
  isWorking = program._background_work() === 1;
  if (isWorking) nextTurn();
};

let other = null; // the second worker
let memoryOfOther = 0; // bytes
let refusals = []; // the answers should it not start

function answer(bytes) {
  postMessage({ message: bytes, memory: memoryBytes() + memoryOfOther }, [bytes.buffer]);
}

function startOther() {
  const worker = new Worker(import.meta.url, { type: 'module', name: nameOfOther });
  worker.addEventListener('message', ({ data }) => {
    if (refusals.length > 0) postMessage({ used: programWithAll });
    refusals = [];
    memoryOfOther = data.memory;
    answer(data.message);
  });
  worker.addEventListener('error', (event) => {
    if (refusals.length === 0) throw new Error(event.message); // it had started: for the page to tell
    event.preventDefault();
    other = null; // to be tried again with the next network
    for (const refusal of refusals.splice(0)) answer(refusal);
  });
  for (const [path, bytes] of filesOf(program)) worker.postMessage({ write: path, bytes }, [bytes.buffer]);
  return worker;
}

/** Passes a message on. It begins with a network that this program refuses, in the words of `otherwise`. */
function sendOn(message, otherwise) {
  const isRefusal = otherwise.length > 0;
  if (hasAll) {
    if (isRefusal) answer(otherwise);
    return;
  }
  if (isRefusal) {
    refusals.push(otherwise);
    other ??= startOther();
  }
  other?.postMessage({ message });
}

function handle({ message, write, remove, bytes }) {
  if (message === undefined) other?.postMessage({ write, remove, bytes });
  if (write) return writeFile(program, write, bytes);
  if (remove) return removeFile(program, remove);
  const at = program._background_message(message.length);
  program.HEAPU8.set(message, at);
  program._background_receive();
  if (!isWorking) nextTurn();
  isWorking = true;
}

/** The studio's program by which this script was built has the same imports as the one with all operators. */
async function instantiateWithAll(imports, done) {
  const module = await moduleOf(programWithAll);
  done(await WebAssembly.instantiate(module, imports), module);
}

// So that who started this worker gets to know, as of what is thrown.
addEventListener('unhandledrejection', ({ reason }) => {
  throw reason;
});
addEventListener('message', ({ data }) => (program ? handle(data) : early.push(data)));
globalThis.memoryBytes = () => program.HEAPU8.length;
program = await createProgram({ answer, sendOn, ...(hasAll && { instantiateWasm: instantiateWithAll }) });
early.forEach(handle);
