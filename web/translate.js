// A model that makes pictures of pictures: a pad to draw on, which also takes a picture or the camera's, and beside it
// what the model makes of it, while it changes.
import { byId, say, showProblem, state } from './app.js';
import { saveAs } from './ganlet/element/save.js';
import { Pad } from './pad.js';

const mostSide = 1024; // pixels of a picture that is taken
const cameraSide = 480;
const openSide = 256; // of the pad, if the network takes any size
const penSteps = 40; // of the arrow keys, along a side

const look = new CSSStyleSheet();
look.replaceSync(`
#translate:not([hidden]) { display: grid; grid-template-columns: 1fr 1fr; gap: 0.9rem 1.4rem; margin: 1rem 0 0; }
#translate .pad { position: relative; display: grid; }
#translate canvas {
  width: 100%; height: auto; border: 1px solid var(--line); border-radius: 0.9rem; image-rendering: auto;
}
#given { touch-action: none; cursor: crosshair; }
.pen {
  position: absolute; width: 0.9rem; height: 0.9rem; margin: -0.45rem; border: 2px solid #1f5fbf; border-radius: 50%;
  pointer-events: none;
}
.pen.down { background: #1f5fbf; }
#given:not(:focus-visible) + .pen { display: none; }
#translate p {
  display: flex; flex-wrap: wrap; gap: 0.7rem 1.2rem; align-items: center; grid-column: 1 / -1; margin: 0;
  max-width: none;
}
#translate p button:last-child { margin-left: auto; }
@media (max-width: 32rem) {
  #translate:not([hidden]) { grid-template-columns: 1fr; }
}`);
document.adoptedStyleSheets.push(look);

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The width and height of a network's input, (N,C,H,W) or (N,H,W,C). */
function sidesOf({ inputs: [{ shape }] }) {
  const [height, width] = shape.slice([1, 3, 4].includes(shape[1]) ? 2 : 1);
  return [width ?? openSide, height ?? openSide];
}

const given = made('canvas', { id: 'given', tabIndex: 0, role: 'img', ariaLabel: say('sketch') });
const pen = made('span', { className: 'pen' });
const result = made('canvas', { role: 'img' });
const time = made('figcaption', {});
const clear = made('button', { type: 'button', textContent: byId('clear').textContent });
const file = made('input', { type: 'file', accept: 'image/*' });
const camera = made('button', { type: 'button' });
const save = made('button', { type: 'button', textContent: byId('download').textContent });
const section = made(
  'section',
  { id: 'translate' },
  made('figure', {}, made('div', { className: 'pad' }, given, pen), made('figcaption', { textContent: say('give') })),
  made('figure', {}, result, time),
  made(
    'p',
    {},
    clear,
    made('label', { className: 'file' }, byId('file-label').firstChild.textContent, file),
    camera,
    save,
  ),
);
byId('plate').parentNode.before(section);

let model;
let next; // the picture that is to be made next
let busy = false;

/** Makes the newest picture; those that came while another was made are left out. */
async function refresh(picture = given) {
  next = picture;
  if (busy) return;
  busy = true;
  while (next && model) {
    const maker = model;
    const start = performance.now();
    const asked = next;
    next = undefined;
    try {
      const image = await maker.apply(asked);
      if (maker !== model) continue;
      result.width = image.width;
      result.height = image.height;
      result.getContext('2d').putImageData(image, 0, 0);
      time.textContent = say('drawn', { time: `${Math.round(performance.now() - start)} ms` });
      save.disabled = false;
      showProblem('');
    } catch (error) {
      if (maker === model && error.code !== 'cancelled') showProblem(error.message);
    }
  }
  busy = false;
}

const pad = new Pad(given, () => refresh(), { onStroke: () => refresh(), thickness: 0.012 });

/** Puts a picture on the pad, no larger than `most`. */
function put(picture, width, height, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  given.width = Math.max(1, Math.round(width * scale));
  given.height = Math.max(1, Math.round(height * scale));
  given.getContext('2d').drawImage(picture, 0, 0, given.width, given.height);
}

/** Takes a file as the picture, if a model is shown that takes them. */
export async function take(blob) {
  stopCamera();
  try {
    const bitmap = await createImageBitmap(blob);
    put(bitmap, bitmap.width, bitmap.height, mostSide);
    bitmap.close();
  } catch {
    showProblem(say('no-picture', { name: blob.name }));
    return;
  }
  await refresh();
}

function begin() {
  stopCamera();
  [given.width, given.height] = sidesOf(model.info);
  pad.clear();
  return refresh();
}

let video;

function stopCamera() {
  for (const track of video?.srcObject?.getTracks() ?? []) track.stop();
  video = undefined;
  camera.textContent = say('camera');
}

/** Its frames go from here to the model, in this page, and nowhere else. */
async function useCamera() {
  if (video) {
    stopCamera();
    return;
  }
  const mine = made('video', { muted: true, playsInline: true });
  video = mine;
  camera.textContent = say('camera-stop');
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: cameraSide } });
    mine.srcObject = stream;
    if (video !== mine) for (const track of stream.getTracks()) track.stop(); // stopped meanwhile
    await mine.play();
    while (video === mine) {
      put(mine, mine.videoWidth, mine.videoHeight, cameraSide);
      await refresh();
      await new Promise((done) => requestAnimationFrame(done));
    }
  } catch (error) {
    if (video !== mine) return;
    stopCamera();
    showProblem(say('no-camera', { why: error.message }));
  }
}

// With keys, arrows move a pen over the pad, which Space puts down and lifts.
const place = { x: 0.5, y: 0.5, isDown: false };
const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function showPen() {
  pen.style.left = `${100 * place.x}%`;
  pen.style.top = `${100 * place.y}%`;
  pen.classList.toggle('down', place.isDown);
}

given.addEventListener('keydown', (event) => {
  const [across, down] = moves[event.key] ?? [0, 0];
  if (event.key !== ' ' && !moves[event.key]) return;
  event.preventDefault();
  if (event.key === ' ') place.isDown = !place.isDown;
  const inside = (at) => Math.min(1, Math.max(0, at));
  const from = [place.x * given.width, place.y * given.height];
  place.x = inside(place.x + across / penSteps);
  place.y = inside(place.y + down / penSteps);
  showPen();
  if (!place.isDown) return;
  pad.line(from, [place.x * given.width, place.y * given.height]);
  refresh();
});
given.addEventListener('blur', () => {
  place.isDown = false;
  showPen();
});
showPen();

clear.addEventListener('click', begin);
camera.addEventListener('click', useCamera);
camera.hidden = !navigator.mediaDevices;
file.addEventListener('change', async () => {
  const [chosen] = file.files;
  file.value = ''; // so that the same file can be chosen again
  if (chosen) await take(chosen);
});
save.addEventListener('click', () => result.toBlob((blob) => saveAs(blob, `${model.info.id || 'picture'}.png`)));
addEventListener('paste', ({ clipboardData }) => {
  const picture = [...(clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
  if (picture && model) take(picture);
});
document.addEventListener('visibilitychange', () => document.hidden && stopCamera());

/** Shows the pad for the page's model, or nothing if that draws its pictures itself. */
export function show() {
  model = state.model.info.takesPictures ? state.model : undefined;
  section.hidden = !model;
  if (!model) {
    stopCamera();
    return undefined;
  }
  result.ariaLabel = say('what-it-makes', { title: model.info.title });
  time.textContent = '';
  save.disabled = true;
  const begun = begin();
  result.width = given.width; // which empties it
  result.height = given.height;
  return begun;
}
