// The files of a drop on a page.

/** All files below an entry of a drop, as [path, File]. */
async function filesBelow(entry) {
  if (entry.isFile) return [[entry.fullPath, await new Promise((done, failed) => entry.file(done, failed))]];
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return files;
    for (const one of some) files.push(...(await filesBelow(one)));
  }
}

/** The files of a drop, also those in folders, as [path, File]. Must be called while the event is handled. */
export async function droppedFiles({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...files].map((file) => [file.name, file]);
  return (await Promise.all(entries.map(filesBelow))).flat();
}
