// The reader's own generator: files that are dropped on the page or chosen, and saving them as an ONNX file.
import { byId, showProblem, state } from './app.js';
import { droppedFiles } from './dropped.js';

/** Calls `open` with files that are dropped or chosen. */
export function listenForFiles(open) {
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', async (event) => {
    if (event.defaultPrevented) return; // the section on tags has a place of its own for models
    event.preventDefault();
    const files = (await droppedFiles(event.dataTransfer)).map(([, file]) => file);
    if (files.length > 0) await open(files);
  });
  byId('own-files').addEventListener('change', async () => {
    const files = [...byId('own-files').files];
    byId('own-files').value = ''; // so that the same file can be chosen again
    if (files.length > 0) await open(files);
  });
  byId('save-onnx').addEventListener('click', saveOnnx);
}

async function saveOnnx() {
  const { model, source } = state;
  try {
    const brought = source.files?.[source.description?.parts.generator?.file];
    const file = new Blob([brought ?? (await model.onnx())], { type: 'application/octet-stream' });
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file) });
    link.download = `${model.info.id || 'model'}.onnx`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    if (error.code !== 'cancelled') showProblem(error.message);
  }
}
