// The buttons of a picture: over it if it is interactive, below it with `controls`, and in its place if the reader
// saves data.

function button(part, { sign = '', label, press, more = '' }) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = part;
  made.part = `${part} ${more}`;
  made.textContent = sign;
  made.ariaLabel = label;
  made.title = label;
  made.addEventListener('click', press);
  return made;
}

/** Updates an element's buttons. `moves`: whether its picture does; `paused`: whether the reader has stopped it. */
export function putButtons(view, picture, { interactive, controls, slider, moves, paused }) {
  if (view.isGiven) return;
  const focused = view.root.activeElement?.className;
  view.press?.remove();
  view.bar?.remove();
  const another = { sign: '↻', label: 'Another picture', press: () => picture.next().catch(() => {}) };
  const pause = { sign: paused ? '▶' : '‖', label: paused ? 'Play' : 'Pause', press: () => picture.toggle() };
  const download = () => picture.download().catch(() => {});
  const save = { sign: '↓', label: 'Save the picture', press: download, more: 'save' };
  if (interactive || (moves && !controls)) {
    const { label, press } = moves ? pause : another;
    view.press = button('press', { label, press });
    view.frame.append(view.press);
  }
  if (controls) {
    view.bar = document.createElement('div');
    view.bar.className = 'bar';
    view.bar.part = 'controls';
    const made = [another, ...(moves ? [pause] : []), save].map((one) => button('button', one));
    view.bar.append(...made);
    view.root.append(view.bar);
    if (slider)
      import('./slider.js').then(
        ({ putSlider }) => putSlider(view, picture, slider),
        () => {},
      );
  }
  if (focused) view.root.querySelector(`.${focused}`)?.focus();
}

/** Shows a button that asks before anything is downloaded. */
export function askFirst(view, press) {
  const ask = button('press', { sign: '▶', label: 'Draw the picture (this downloads a small network)', press });
  ask.classList.add('ask');
  view.frame.append(ask);
  return ask;
}
