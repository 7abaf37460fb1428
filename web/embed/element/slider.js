// A slider along a picture's motion: loaded where `controls` asks for one.

/** How far it goes, in seconds: to the eighth seed after its own, to the next one, or to the calmest. */
const lengths = { walk: 20, morph: 2.5, breathe: 2.5 };

/** Puts a slider before the buttons of a picture, whose motion is `kind`; one that is there already stays. */
export function putSlider(bar, picture, kind) {
  const slider = bar.querySelector('input') ?? document.createElement('input');
  const max = lengths[kind];
  Object.assign(slider, { type: 'range', max, step: max / 100, className: 'slider', part: 'slider' });
  Object.assign(slider.style, { flex: '1', minInlineSize: '4rem', margin: '0' });
  slider.ariaLabel = 'From this picture to others';
  slider.oninput = () => picture.slide(slider.valueAsNumber);
  picture.showPlace = (seconds) => {
    slider.value = seconds;
    slider.ariaValueText = `${Math.round((100 * seconds) / max)} %`;
  };
  picture.showPlace(picture.slid);
  if (slider.parentNode !== bar) bar.prepend(slider);
}
