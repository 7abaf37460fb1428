// Asks before anything is downloaded: loaded where the reader saves data.
import { button } from './controls.js';

/** Settles when the reader wants the picture: by a button in its place, or by a click on a canvas of the page. */
export const askFirst = ({ frame, canvas }) =>
  new Promise((done) => {
    const label = 'Draw the picture (this downloads a small network)';
    const press = () => {
      ask.remove();
      canvas.removeEventListener('click', press);
      done();
    };
    const ask = button('press', { sign: '▶', label, press });
    ask.classList.add('ask');
    if (frame) return frame.append(ask);
    canvas.after(ask);
    canvas.addEventListener('click', press);
  });
