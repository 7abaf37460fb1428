// The buttons of a picture: over it if it is interactive, and below it with `controls`.

export function button(part, { sign = '', label, press, more = '' }) {
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

/**
 * Updates an element's buttons. `slider`: the motion along which there is one; `moves`: whether the picture does by
 * itself; `paused`: whether the reader has stopped it. The keyboard stays where it is.
 */
export function putButtons(view, picture, { interactive, controls, slider, moves, paused }) {
  const { root, frame } = view;
  if (!frame) return; // a canvas of the page
  const focused = root.activeElement?.part.value;
  for (const old of root.querySelectorAll('button')) old.remove();
  const next = () => picture.next().catch(() => {});
  const another = { sign: '↻', label: 'Another picture', press: next, more: 'another' };
  const [sign, label] = paused ? ['▶', 'Play'] : ['‖', 'Pause'];
  const pause = { sign, label, press: () => picture.toggle(), more: 'pause' };
  const download = () => picture.download().catch(() => {});
  const save = { sign: '↓', label: 'Save the picture', press: download, more: 'save' };
  if (interactive || (moves && !controls))
    frame.append(button('press', { ...(moves ? pause : another), sign: '', more: '' }));
  view.slides = controls && slider;
  if (!view.slides) view.bar?.querySelector('input')?.remove();
  if (controls) {
    view.bar ??= Object.assign(document.createElement('div'), { className: 'bar', part: 'controls' });
    view.bar.append(...[another, ...(moves ? [pause] : []), save].map((one) => button('button', one)));
    root.append(view.bar);
  } else view.bar?.remove();
  if (view.slides)
    import('./slider.js').then(
      ({ putSlider }) => view.slides === slider && putSlider(view.bar, picture, slider),
      () => {},
    );
  if (focused) root.querySelector(`[part="${focused}"]`)?.focus();
}
