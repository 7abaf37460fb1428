// A pad to draw on: ink on paper, as an encoder for handwriting expects it.

const paper = '#ffffff',
  ink = '#101014';

/**
 * Calls `onDrawn(canvas)` whenever a stroke ends, and `onStroke()` while it is drawn. `thickness` is a share of the
 * width, of a pixel at least.
 */
export class Pad {
  #canvas;
  #context;
  #thickness;
  #last = null;

  constructor(canvas, onDrawn, { onStroke = () => {}, thickness = 0.075 } = {}) {
    this.#canvas = canvas;
    this.#thickness = thickness;
    this.#context = canvas.getContext('2d', { willReadFrequently: true });
    this.clear();
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#last = this.#place(event);
      this.#strokeTo(this.#last);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!this.#last) return;
      for (const part of event.getCoalescedEvents?.() ?? [event]) this.#strokeTo(this.#place(part));
      onStroke();
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
    this.line(this.#last, place);
    this.#last = place;
  }

  /** A line between two places, [x, y] in the canvas's pixels. */
  line(from, to) {
    const context = this.#context;
    context.strokeStyle = ink;
    context.lineCap = context.lineJoin = 'round';
    context.lineWidth = Math.max(1, this.#thickness * this.#canvas.width);
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  }
}
