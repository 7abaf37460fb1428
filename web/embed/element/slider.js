// A slider along a picture's motion: loaded where `controls` asks for one.

/** How far it goes, in seconds: to the eighth seed after its own, to the next one, or to the calmest. */
const lengths = { walk: 20, morph: 2.5, breathe: 2.5 };

/** Puts a slider before the buttons of a picture, whose motion is `kind`. */
export function putSlider(view, picture, kind) {
  const slider = document.createElement('input');
  Object.assign(slider, { type: 'range', max: lengths[kind], step: lengths[kind] / 100, value: 0 });
  Object.assign(slider, { className: 'slider', part: 'slider', ariaLabel: 'From this picture to others' });
  Object.assign(slider.style, { flex: '1', minInlineSize: '4rem', margin: '0' });
  view.bar.style.inlineSize = '100%';
  slider.addEventListener('input', () => picture.slide(slider.valueAsNumber));
  view.host.addEventListener('ganlet-change', () => {
    slider.value = 0;
  });
  view.bar.prepend(slider);
}
