// Style mixing: a table of pictures, each with the coarse layers of the picture at its left and the fine layers of the
// picture above.

const rows = 3,
  columns = 4;
const gap = 4; // pixels of the network between the first row and column and the rest

/** Draws the table for a style-based model when it is opened. */
export class Mixing {
  #details;
  #canvas;
  #cut;
  #model = null;
  #seed = 0n;
  #turn = 0; // counts tables, so that an older one stops when a newer one begins
  #problem;
  #onDrawn;

  /**
   * `details` contains a canvas, a slider and an element for problems; `onDrawn` is called after the first table of
   * each model.
   */
  constructor(details, onDrawn) {
    this.#onDrawn = onDrawn;
    this.#details = details;
    this.#canvas = details.querySelector('canvas');
    this.#cut = details.querySelector('input');
    this.#problem = details.querySelector('[role=status]');
    details.addEventListener('toggle', () => this.#draw());
    this.#cut.addEventListener('input', () => this.#draw());
  }

  /** Shows the table for another model or seed; hides it if the model has no styles. */
  show(model, seed) {
    this.#details.hidden = !model.info.hasStyles;
    if (model !== this.#model) this.#canvas.width = this.#canvas.height = 1;
    this.#model = model;
    this.#seed = seed;
    return this.#draw();
  }

  async #draw() {
    const turn = ++this.#turn;
    if (this.#details.hidden || !this.#details.open) return;
    try {
      this.#problem.textContent = '';
      this.#cut.max = this.#model.info.styleLayers - 1;
      const isFirst = this.#canvas.width === 1;
      this.#fitCanvas();
      await this.#drawCells(turn);
      if (isFirst && turn === this.#turn) this.#onDrawn();
    } catch (error) {
      if (turn === this.#turn && error.code !== 'cancelled') this.#problem.textContent = error.message;
    }
  }

  #fitCanvas() {
    const { width, height } = this.#model.info.image;
    const [wide, high] = [(columns + 1) * width + gap, (rows + 1) * height + gap];
    if (this.#canvas.width === wide && this.#canvas.height === high) return; // setting a size would clear it
    this.#canvas.width = wide;
    this.#canvas.height = high;
  }

  async #drawCells(turn) {
    const { image, styleLayers } = this.#model.info;
    const first = Number(this.#cut.value);
    const context = this.#canvas.getContext('2d');
    const seedAt = (place) => BigInt.asUintN(64, this.#seed + BigInt(place));
    for (let row = 0; row <= rows; ++row)
      for (let column = 0; column <= columns; ++column) {
        if (row === 0 && column === 0) continue;
        const [left, above] = [seedAt(row - 1), seedAt(rows + column - 1)];
        const mix = { seed: above, layers: [first, styleLayers - 1] };
        const request = row === 0 ? { seed: above } : { seed: left, ...(column === 0 ? {} : { mix }) };
        const picture = await this.#model.draw(request);
        if (turn !== this.#turn) return;
        const at = (place, size) => place * size + (place > 0 ? gap : 0);
        context.putImageData(picture, at(column, image.width), at(row, image.height));
      }
    this.#canvas.dataset.mixed = `${this.#seed} ${first}`;
  }
}
