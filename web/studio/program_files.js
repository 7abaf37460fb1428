/** Writes bytes to a program's own file system, and creates the folders of the path. */
export function writeFile(program, path, bytes) {
  const folders = path.split('/').slice(0, -1);
  folders.reduce((parent, name) => {
    const folder = parent + name;
    if (folder && !program.FS.analyzePath(folder).exists) program.FS.mkdir(folder);
    return `${folder}/`;
  }, '');
  program.FS.writeFile(path, bytes);
}

export function removeFile(program, path) {
  if (program.FS.analyzePath(path).exists) program.FS.unlink(path);
}
