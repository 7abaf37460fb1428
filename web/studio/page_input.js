// Mouse, pen, touch and keys of the canvas, and text by a hidden field, which is what soft keyboards and input methods
// write into.

const cursors = [
  'default',
  'text',
  'move',
  'ns-resize',
  'ew-resize',
  'nesw-resize',
  'nwse-resize',
  'pointer',
  'not-allowed',
];
export const cursorName = (kind) => (kind < 0 ? 'none' : (cursors[kind] ?? 'default'));

/** The program, the page's elements, and a frame at once; what all of the functions below need. */
class Input {
  constructor(program, canvas, keys, frameNow) {
    Object.assign(this, { program, canvas, keys, frameNow });
  }

  /** Calls one of the program's functions with texts and numbers. */
  call(name, ...values) {
    const types = values.map((value) => (typeof value === 'string' ? 'string' : 'number'));
    return this.program.ccall(`studio_${name}`, null, types, values);
  }

  /** A key by its place on the keyboard, pressed or let go of. */
  key(code, down, modifiers = 0) {
    this.call('key', code, down, modifiers);
  }

  get wantsText() {
    return this.program._studio_wants_text() === 1;
  }

  /** Moves the focus between the canvas and the field where text goes, never from anything else of the page. Phones
   * show their keyboard only within the handler of a tap. */
  followFocus() {
    const [from, to] = this.wantsText ? [this.canvas, this.keys] : [this.keys, this.canvas];
    if (document.activeElement === from) to.focus({ preventScroll: true });
  }

  /** Where an event is on the canvas, in its pixels. */
  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      (event.clientX - box.left) * (this.canvas.width / box.width),
      (event.clientY - box.top) * (this.canvas.height / box.height),
    ];
  }
}

const notchRatio = 1.2; // what the studio zooms by for one notch of the wheel

/** Fingers on the canvas: one is a mouse, two zoom. */
class Fingers {
  #places = new Map();
  #pinch = null; // distance and middle of two fingers

  get isPinching() {
    return this.#pinch !== null;
  }

  get count() {
    return this.#places.size;
  }

  down(id, place) {
    this.#places.set(id, place);
    if (this.count === 2) this.#pinch = this.#spread();
  }

  up(id) {
    this.#places.delete(id);
    if (this.count === 0) this.#pinch = null;
  }

  /** Where the middle of two fingers is, and by how many notches they spread; null unless two fingers zoom. */
  move(id, place) {
    if (this.#places.has(id)) this.#places.set(id, place);
    if (!this.isPinching || this.count !== 2) return null;
    const before = this.#pinch.distance;
    this.#pinch = this.#spread();
    return { middle: this.#pinch.middle, notches: Math.log(this.#pinch.distance / before) / Math.log(notchRatio) };
  }

  #spread() {
    const [a, b] = [...this.#places.values()];
    return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }
}

const buttonOf = (event) => [0, 2, 1][event.button] ?? 0;

function pointerDown(input, fingers, event) {
  const { program, canvas, keys } = input;
  const [x, y] = input.placeOf(event);
  canvas.setPointerCapture(event.pointerId);
  if (document.activeElement !== keys) canvas.focus({ preventScroll: true });
  const isTouch = event.pointerType === 'touch';
  if (isTouch) fingers.down(event.pointerId, [x, y]);
  if (fingers.count === 2) program._studio_button(0, 0);
  if (fingers.count >= 2) return;
  program._studio_pointer(x, y, isTouch);
  if (isTouch) input.frameNow(); // what lies under a finger is known only once it has been drawn there
  program._studio_button(buttonOf(event), 1);
  event.preventDefault();
}

function pointerMove(input, fingers, event) {
  const { program } = input;
  const place = input.placeOf(event);
  const pinch = fingers.move(event.pointerId, place);
  if (pinch) {
    program._studio_pointer(...pinch.middle, true);
    program._studio_wheel(0, pinch.notches);
  } else if (!fingers.isPinching) {
    program._studio_pointer(...place, event.pointerType === 'touch');
  }
}

function pointerUp(input, fingers, event) {
  const { program, frameNow } = input;
  const wasPinching = fingers.isPinching;
  fingers.up(event.pointerId);
  if (wasPinching) return;
  program._studio_button(buttonOf(event), 0);
  frameNow();
  frameNow();
  if (event.pointerType === 'touch') program._studio_pointer_left();
}

function turnWheel({ program }, event) {
  if (event.ctrlKey) return; // the page's own zoom
  const unit = [1 / 100, 1 / 3, 1][event.deltaMode] ?? 1 / 100; // pixels, lines, pages
  program._studio_wheel(-event.deltaX * unit, -event.deltaY * unit);
  event.preventDefault();
}

function listenForPointers(input) {
  const { canvas, program } = input;
  const fingers = new Fingers();
  canvas.addEventListener('pointerdown', (event) => pointerDown(input, fingers, event));
  canvas.addEventListener('pointermove', (event) => pointerMove(input, fingers, event));
  for (const name of ['pointerup', 'pointercancel'])
    canvas.addEventListener(name, (event) => pointerUp(input, fingers, event));
  canvas.addEventListener('pointerleave', () => program._studio_pointer_left());
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('wheel', (event) => turnWheel(input, event), { passive: false });
}

const isCommand = (event) => event.ctrlKey || event.metaKey;
const modifiersOf = (event) => Number(event.ctrlKey) + 2 * event.shiftKey + 4 * event.altKey + 8 * event.metaKey;
const movesAndEdits = /^(Arrow(Left|Right|Up|Down)|Home|End|Backspace|Delete)$/;
const moves = /^(Arrow(Left|Right|Up|Down)|Home|End|PageUp|PageDown|Enter|NumpadEnter|Escape|Space)$/;

/**
 * Whether the studio does something at a key that browsers have a use for too. Copying and pasting come as events of
 * their own.
 */
function isUsed(event, writes) {
  const { code, shiftKey } = event;
  if (!isCommand(event)) return moves.test(code) || (writes && movesAndEdits.test(code));
  if (code === 'KeyZ' || (code === 'KeyY' && !shiftKey)) return true;
  if (writes) return movesAndEdits.test(code) || (code === 'KeyA' && !shiftKey);
  return event.ctrlKey && code.startsWith('Arrow'); // sliders, in small steps
}

function keyDown(input, event) {
  if (event.isComposing || event.code === '' || event.altKey) return;
  const used = isUsed(event, input.wantsText),
    command = isCommand(event);
  if (command && !used && !/^(Control|Meta)/.test(event.code)) return;
  input.key(event.code, 1, modifiersOf(event));
  const isWritten = event.target === input.keys && !command && event.code === 'Space';
  if (used && !isWritten) event.preventDefault();
  if (event.target === input.canvas && !command && event.key.length === 1) input.call('text', event.key);
}

function keyUp(input, event) {
  if (event.isComposing || event.code === '') return;
  input.key(event.code, 0, modifiersOf(event));
}

function listenForKeys(input) {
  for (const target of [input.canvas, input.keys]) {
    target.addEventListener('keydown', (event) => keyDown(input, event));
    target.addEventListener('keyup', (event) => keyUp(input, event));
    target.addEventListener('focus', () => input.program._studio_focus(1));
    target.addEventListener('blur', () => input.program._studio_focus(0));
  }
}

/** What the hidden field always begins with: soft keyboards say nothing of Backspace in an empty field. */
const sentinel = '\u200b';

function pressOnce(input, code) {
  for (const down of [1, 0]) input.key(code, down);
}

/** Hands on what was written into the field, or that the sentinel was deleted, and empties it. */
function takeText(input) {
  const { keys } = input;
  const text = keys.value.replace(sentinel, '');
  if (!keys.value.startsWith(sentinel) && text === '') pressOnce(input, 'Backspace');
  if (text) input.call('text', text);
  keys.value = sentinel;
  keys.setSelectionRange(sentinel.length, sentinel.length);
}

/** Soft keyboards send no keys, but say what they are about to do. */
const softKeys = {
  deleteContentBackward: 'Backspace',
  deleteContentForward: 'Delete',
  insertLineBreak: 'Enter',
  insertParagraph: 'Enter',
};

function beforeInput(input, event) {
  const code = softKeys[event.inputType];
  if (!code || event.isComposing || !event.cancelable) return; // then the field's own change tells
  event.preventDefault();
  pressOnce(input, code);
}

function listenForText(input) {
  const { keys } = input;
  keys.value = sentinel;
  keys.addEventListener('input', (event) => {
    if (!event.isComposing) takeText(input);
  });
  keys.addEventListener('compositionend', () => takeText(input));
  keys.addEventListener('beforeinput', (event) => beforeInput(input, event));
}

/** Text of other programs: a number is written, a link is followed. */
function paste(input, event) {
  if (event.target instanceof HTMLInputElement) return;
  const text = event.clipboardData?.getData('text/plain').trim() ?? '';
  if (!text) return;
  const link = text.indexOf('#');
  if (input.wantsText) input.call('paste', text);
  else if (link >= 0) input.call('command', text.slice(link));
  else if (/^\d{1,24}$/.test(text)) input.call('command', `text=${text}`);
  event.preventDefault();
}

/** What is marked in the studio's own field goes to the clipboard within the event, which every browser allows. */
function copyOrCut(input, event) {
  if (event.target instanceof HTMLInputElement || !input.wantsText) return;
  const code = event.type === 'cut' ? 'KeyX' : 'KeyC',
    control = 1;
  input.program._studio_forget_copied();
  input.key(code, 1, control);
  input.frameNow();
  input.key(code, 0, 0);
  input.frameNow();
  const text = input.program.UTF8ToString(input.program._studio_copied());
  if (text) event.clipboardData.setData('text/plain', text);
  event.preventDefault();
}

function listenForClipboard(input) {
  addEventListener('paste', (event) => paste(input, event));
  for (const name of ['copy', 'cut']) {
    addEventListener(name, (event) => copyOrCut(input, event));
    // Without this, browsers copy nothing where the hidden field has nothing marked.
    addEventListener(`before${name}`, (event) => input.wantsText && event.preventDefault());
  }
}

/** Returns what is to be called after each frame. */
export function listenForInput(program, canvas, keys, frameNow) {
  const input = new Input(program, canvas, keys, frameNow);
  listenForPointers(input);
  listenForKeys(input);
  listenForText(input);
  listenForClipboard(input);
  return () => input.followFocus();
}
