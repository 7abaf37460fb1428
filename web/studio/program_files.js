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

/** All files of a program: [path, bytes]. */
export function filesOf({ FS }, folder = '/') {
  const isOfSystem = (name) => folder === '/' && ['dev', 'home', 'proc', 'tmp'].includes(name);
  const names = FS.readdir(folder).filter((name) => name !== '.' && name !== '..' && !isOfSystem(name));
  return names.flatMap((name) => {
    const path = folder + name;
    return FS.isDir(FS.stat(path).mode) ? filesOf({ FS }, `${path}/`) : [[path, FS.readFile(path)]];
  });
}

export function removeFile(program, path) {
  if (program.FS.analyzePath(path).exists) program.FS.unlink(path);
}
