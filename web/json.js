// JSON files of the site: of a limited size, and an error names the file, also where a host sends a web page for it.
import { download } from './ganlet/download.js';

const mostBytes = 2 ** 22;

export async function jsonAt(url) {
  const bytes = await download(url, { most: mostBytes });
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`${url}: ${error.message}`);
  }
}
