// Mouse, pen, touch and keys of the canvas, and text by a hidden field, which is what soft keyboards and input methods write into.

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

export function listenForInput(program, canvas, keys, frameNow) {
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      (event.clientX - box.left) * (canvas.width / box.width),
      (event.clientY - box.top) * (canvas.height / box.height),
    ];
  };
  const modifiers = (event) => Number(event.ctrlKey) + 2 * event.shiftKey + 4 * event.altKey + 8 * event.metaKey;
  const wantsText = () => program._studio_wants_text() === 1;

  /** Puts the focus where text goes, or back; phones show their keyboard only within the handler of a tap. */
  const followFocus = () => {
    const active = document.activeElement;
    if (wantsText() && active !== keys) keys.focus({ preventScroll: true });
    else if (!wantsText() && active === keys) canvas.focus({ preventScroll: true });
  };

  // --- pointers ---
  const fingers = new Map();
  let pinch = null; // distance and middle of two fingers
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  };
  const notchRatio = 1.2; // what the studio zooms by for one notch of the wheel

  canvas.addEventListener('pointerdown', (event) => {
    const [x, y] = place(event);
    canvas.setPointerCapture(event.pointerId);
    if (document.activeElement !== keys) canvas.focus({ preventScroll: true });
    const isTouch = event.pointerType === 'touch';
    if (isTouch) fingers.set(event.pointerId, [x, y]);
    if (fingers.size === 2) {
      program._studio_button(0, 0);
      pinch = spread();
      return;
    }
    if (fingers.size > 2) return;
    program._studio_pointer(x, y, isTouch);
    if (isTouch) frameNow(); // what lies under a finger is known only once it has been drawn there
    program._studio_button([0, 2, 1][event.button] ?? 0, 1);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = place(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, [x, y]);
    if (pinch && fingers.size === 2) {
      const now = spread();
      program._studio_pointer(...now.middle, true);
      program._studio_wheel(0, Math.log(now.distance / pinch.distance) / Math.log(notchRatio));
      pinch = now;
    } else if (!pinch) {
      program._studio_pointer(x, y, event.pointerType === 'touch');
    }
  });
  const up = (event) => {
    fingers.delete(event.pointerId);
    if (pinch) {
      if (fingers.size === 0) pinch = null;
      return;
    }
    program._studio_button([0, 2, 1][event.button] ?? 0, 0);
    frameNow();
    frameNow();
    followFocus();
    if (event.pointerType === 'touch') program._studio_pointer_left();
  };
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener('pointerleave', () => program._studio_pointer_left());
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) return; // the page's own zoom
      const unit = [1 / 100, 1 / 3, 1][event.deltaMode] ?? 1 / 100; // pixels, lines, pages
      program._studio_wheel(-event.deltaX * unit, -event.deltaY * unit);
      event.preventDefault();
    },
    { passive: false },
  );

  // --- keys ---
  const isCommand = (event) => event.ctrlKey || event.metaKey;
  const movesAndEdits = /^(Arrow(Left|Right|Up|Down)|Home|End|Backspace|Delete)$/;
  const moves = /^(Arrow(Left|Right|Up|Down)|Home|End|PageUp|PageDown|Enter|NumpadEnter|Escape|Space)$/;
  /** Whether the studio does something at a key that browsers have a use for too. Pasting comes as an event of its own. */
  const isUsed = (event) => {
    const { code, shiftKey } = event,
      writes = wantsText();
    if (!isCommand(event)) return moves.test(code) || (writes && movesAndEdits.test(code));
    if (code === 'KeyZ' || (code === 'KeyY' && !shiftKey)) return true;
    if (writes) return movesAndEdits.test(code) || (/^Key[ACX]$/.test(code) && !shiftKey);
    return event.ctrlKey && code.startsWith('Arrow'); // sliders, in small steps
  };
  const tell = (event, down) =>
    program.ccall('studio_key', null, ['string', 'number', 'number'], [event.code, down, modifiers(event)]);
  const keyDown = (event) => {
    if (event.isComposing || event.code === '' || event.altKey) return;
    const used = isUsed(event),
      command = isCommand(event);
    if (command && !used && !/^(Control|Meta)/.test(event.code)) return;
    tell(event, 1);
    const isWritten = event.target === keys && !command && event.code === 'Space';
    if (used && !isWritten && !/^Key[CX]$/.test(event.code)) event.preventDefault();
    if (event.target === canvas && !command && event.key.length === 1)
      program.ccall('studio_text', null, ['string'], [event.key]);
    requestAnimationFrame(followFocus);
  };
  const keyUp = (event) => {
    if (event.isComposing || event.code === '') return;
    tell(event, 0);
    requestAnimationFrame(followFocus);
  };
  for (const target of [canvas, keys]) {
    target.addEventListener('keydown', keyDown);
    target.addEventListener('keyup', keyUp);
  }
  const takeText = () => {
    if (keys.value) program.ccall('studio_text', null, ['string'], [keys.value]);
    keys.value = '';
  };
  keys.addEventListener('input', (event) => {
    if (!event.isComposing) takeText();
  });
  keys.addEventListener('compositionend', takeText);
  keys.addEventListener('beforeinput', (event) => {
    // Soft keyboards tell deleting only so.
    if (event.inputType !== 'deleteContentBackward') return;
    for (const down of [1, 0])
      program.ccall('studio_key', null, ['string', 'number', 'number'], ['Backspace', down, 0]);
  });

  // --- clipboard ---
  addEventListener('paste', (event) => {
    if (event.target instanceof HTMLInputElement) return;
    const text = event.clipboardData?.getData('text/plain').trim() ?? '';
    const link = text.indexOf('#');
    if (!text) return;
    if (wantsText()) program.ccall('studio_paste', null, ['string'], [text]);
    else if (link >= 0) program.ccall('studio_command', null, ['string'], [text.slice(link)]);
    else if (/^\d{1,24}$/.test(text)) program.ccall('studio_command', null, ['string'], [`text=${text}`]);
    event.preventDefault();
  });

  for (const target of [canvas, keys]) {
    target.addEventListener('focus', () => program._studio_focus(1));
    target.addEventListener('blur', () => program._studio_focus(0));
  }
}
