// The functions that web.cpp calls in the page: each forwards to `host`, an object of web/studio/studio.js, with texts
// and bytes copied out of the program's memory.
addToLibrary({
  host_send: (bytes, size) => Module['host'].send(HEAPU8.slice(bytes, bytes + size)),
  host_background_memory: () => Module['host'].backgroundMemory(),
  host_redraw: () => Module['host'].redraw(),
  host_fetch: (id, path) => Module['host'].fetch(id, UTF8ToString(path)),
  host_save: (name, bytes, size) => Module['host'].save(UTF8ToString(name), HEAPU8.slice(bytes, bytes + size)),
  host_read_picture: (id, path) => Module['host'].readPicture(id, UTF8ToString(path)),
  host_make_page: (attributes) => Module['host'].makePage(UTF8ToString(attributes)),
  host_choose_file: () => Module['host'].chooseFile(),
  host_can_copy_picture: () => (Module['host'].canCopyPicture() ? 1 : 0),
  host_copy_picture: (pixels, width, height) =>
    Module['host'].copyPicture(HEAPU8.slice(pixels, pixels + 4 * width * height), width, height),
  host_copy_text: (text) => Module['host'].copyText(UTF8ToString(text)),
  host_stored__deps: ['$stringToNewUTF8'],
  host_stored: (name) => {
    const text = Module['host'].stored(UTF8ToString(name));
    return text === null ? 0 : stringToNewUTF8(text);
  },
  host_store: (name, text) => Module['host'].store(UTF8ToString(name), UTF8ToString(text)),
  host_set_address: (fragment) => Module['host'].setAddress(UTF8ToString(fragment)),
  host_address__deps: ['$stringToNewUTF8'],
  host_address: () => stringToNewUTF8(Module['host'].address()),
  host_say: (text) => Module['host'].say(UTF8ToString(text)),
  host_prefers: (what) => (Module['host'].prefers(UTF8ToString(what)) ? 1 : 0),
  host_cursor: (kind) => Module['host'].cursor(kind),
});
