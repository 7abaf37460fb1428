// Mouse, pen, touch and keys on the canvas, and text through a hidden field, into which soft keyboards and input
// methods write.

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

/** What all functions below need: the program, the page's elements, and a function that draws a frame at once. */
class Input {
  constructor(program, canvas, keys, frameNow) {
    Object.assign(this, { program, canvas, keys, frameNow });
  }

  /** Calls one of the program's functions with texts and numbers. */
  call(name, ...values) {
    const types = values.map((value) => (typeof value === 'string' ? 'string' : 'number'));
    return this.program.ccall(`studio_${name}`, null, types, values);
  }

  /** Presses or releases a key, identified by its position on the keyboard. */
  key(code, down, modifiers = 0) {
    this.call('key', code, down, modifiers);
  }

  get wantsText() {
    return this.program._studio_wants_text() === 1;
  }

  /**
   * Moves the focus between the canvas and the text field, but never away from anything else in the page. Phones show
   * their keyboard only within the handler of a tap.
   */
  followFocus() {
    const [from, to] = this.wantsText ? [this.canvas, this.keys] : [this.keys, this.canvas];
    if (document.activeElement === from) to.focus({ preventScroll: true });
  }

  /** The position of an event on the canvas, in its pixels. */
  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      (event.clientX - box.left) * (this.canvas.width / box.width),
      (event.clientY - box.top) * (this.canvas.height / box.height),
    ];
  }
}

const notchRatio = 1.2; // the studio's zoom for one notch of the wheel

/** Fingers on the canvas: one acts as a mouse, two zoom. */
class Fingers {
  #places = new Map();
  #pinch = null; // the distance and middle of two fingers

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

  /** The middle of two fingers, and by how many notches they spread; null unless two fingers zoom. */
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
  if (isTouch) input.frameNow(); // what is under a finger is known only after a frame
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

/** Whether the studio handles a key that browsers use too. Copying and pasting have events of their own. */
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

/** The hidden field's constant beginning: in an empty field, soft keyboards don't report Backspace. */
const sentinel = '\u200b';

function pressOnce(input, code) {
  for (const down of [1, 0]) input.key(code, down);
}

/** Passes on the text that was written into the field, or the deletion of the sentinel, and empties the field. */
function takeText(input) {
  const { keys } = input;
  const text = keys.value.replace(sentinel, '');
  if (!keys.value.startsWith(sentinel) && text === '') pressOnce(input, 'Backspace');
  if (text) input.call('text', text);
  keys.value = sentinel;
  keys.setSelectionRange(sentinel.length, sentinel.length);
}

/** Soft keyboards send no keys, but announce what they are about to do. */
const softKeys = {
  deleteContentBackward: 'Backspace',
  deleteContentForward: 'Delete',
  insertLineBreak: 'Enter',
  insertParagraph: 'Enter',
};

function beforeInput(input, event) {
  const code = softKeys[event.inputType];
  if (!code || event.isComposing || !event.cancelable) return; // the field's change reports it then
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

/** Handles text pasted from other programs: a number is written, a link is opened. */
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

/** Puts the selection of the studio's own field on the clipboard within the event, which every browser allows. */
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
    // Without this, browsers copy nothing if nothing is selected in the hidden field.
    addEventListener(`before${name}`, (event) => input.wantsText && event.preventDefault());
  }
}

/** Returns the function to call after each frame. */
export function listenForInput(program, canvas, keys, frameNow) {
  const input = new Input(program, canvas, keys, frameNow);
  listenForPointers(input);
  listenForKeys(input);
  listenForText(input);
  listenForClipboard(input);
  return () => input.followFocus();
}
