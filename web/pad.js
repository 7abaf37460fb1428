// A pad to draw on: ink on paper, as an encoder for handwriting expects it.

const paper = '#ffffff',
  ink = '#101014';
const thickness = 0.075; // of the side

/** Calls `onDrawn(canvas)` whenever a stroke ends. */
export class Pad {
  #canvas;
  #context;
  #last = null;

  constructor(canvas, onDrawn) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { willReadFrequently: true });
    this.clear();
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#last = this.#place(event);
      this.#strokeTo(this.#last);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#last) for (const part of event.getCoalescedEvents?.() ?? [event]) this.#strokeTo(this.#place(part));
    });
    const end = () => {
      if (this.#last) onDrawn(canvas);
      this.#last = null;
    };
    canvas.addEventListener('pointerup', end);
    canvas.addEventListener('pointercancel', end);
  }

  clear() {
    this.#context.fillStyle = paper;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [((clientX - left) * this.#canvas.width) / width, ((clientY - top) * this.#canvas.height) / height];
  }

  #strokeTo(place) {
    const context = this.#context;
    context.strokeStyle = ink;
    context.lineCap = context.lineJoin = 'round';
    context.lineWidth = thickness * this.#canvas.width;
    context.beginPath();
    context.moveTo(...this.#last);
    context.lineTo(...place);
    context.stroke();
    this.#last = place;
  }
}
