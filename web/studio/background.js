// The studio's worker: runs all networks, in a program of its own, so that no frame waits for them. The page sends it
// files and messages; it answers with messages.
import { removeFile, writeFile } from './program_files.js';
import createProgram from './studio-background.js';

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

function handle({ message, write, remove, bytes }) {
  if (write) return writeFile(program, write, bytes);
  if (remove) return removeFile(program, remove);
  const at = program._background_message(message.length);
  program.HEAPU8.set(message, at);
  program._background_receive();
  if (!isWorking) nextTurn();
  isWorking = true;
}

addEventListener('message', ({ data }) => (program ? handle(data) : early.push(data)));
globalThis.memoryBytes = () => program.HEAPU8.length;
program = await createProgram({
  answer: (bytes) => postMessage({ message: bytes, memory: memoryBytes() }, [bytes.buffer]),
});
early.forEach(handle);
