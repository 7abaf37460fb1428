// Draws models in a page in which neither it nor its worker has WebAssembly: the models that ganlet-small.js supports.
import { contentOf, download } from '../download.js';
import { models, open as openSmall } from '../ganlet-small.js';

/**
 * The model, or throws `error` if it can't be drawn this way. Files are checked as the engine does, if the page can.
 */
export async function open(source, { models: folderOfModels, onProgress }, error) {
  const { json, folder, files } = await contentOf(source, folderOfModels, {});
  const description = JSON.parse(new TextDecoder().decode(json));
  const part = description.parts?.generator;
  if (!models.includes(description.id) || !part) throw error;
  const url = new URL(files?.[part.file] ?? encodeURIComponent(part.file), folder).href;
  let loaded = 0;
  const onBytes = (bytes) => onProgress({ loaded: (loaded += bytes), total: part.bytes });
  const file = await download(url, { onBytes, most: part.bytes });
  const digest = await crypto.subtle?.digest('SHA-256', file); // undefined on plain http addresses
  const hexadecimal = [...new Uint8Array(digest ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (file.length !== part.bytes || (digest && hexadecimal !== part.sha256))
    throw Object.assign(new Error(`${url}: isn't the file that model.json describes`), { code: 'corrupt', place: url });
  return openSmall(description, file);
}
