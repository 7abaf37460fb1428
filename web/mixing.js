// Style mixing: a table of pictures, each with the coarse layers of the picture at its left and the fine ones of the picture above.

const rows = 3,
  columns = 4;
const gap = 4; // pixels of the network between the first row and column and the rest

/** Draws the table for a style-based generator once it is asked for, which is when the two networks are fetched. */
export class Mixing {
  #details;
  #canvas;
  #cut;
  #generator = null;
  #seed = 0;
  #turn = 0; // counts tables, so that an older one stops when a newer one begins
  #problem;
  #onLoaded;

  /** `details` holds a canvas, a slider and an element for problems; `onLoaded` is called when a generator's networks have come. */
  constructor(details, onLoaded) {
    this.#onLoaded = onLoaded;
    this.#details = details;
    this.#canvas = details.querySelector('canvas');
    this.#cut = details.querySelector('input');
    this.#problem = details.querySelector('[role=status]');
    details.addEventListener('toggle', () => this.#draw());
    this.#cut.addEventListener('input', () => this.#draw());
  }

  /** Shows the table of another generator or seed, or nothing where there is no such generator. */
  show(generator, seed) {
    this.#details.hidden = !generator.info.hasStyles;
    if (generator !== this.#generator) this.#canvas.width = this.#canvas.height = 1;
    this.#generator = generator;
    this.#seed = seed;
    return this.#draw();
  }

  async #draw() {
    const turn = ++this.#turn;
    if (this.#details.hidden || !this.#details.open) return;
    try {
      this.#problem.textContent = this.#canvas.width > 1 ? '' : 'Loading the two networks.';
      const layers = await this.#generator.styleLayers();
      if (turn !== this.#turn) return;
      this.#problem.textContent = '';
      if (this.#canvas.width === 1) this.#onLoaded();
      this.#cut.max = layers - 1;
      this.#fitCanvas();
      await this.#drawCells(turn, layers);
    } catch (error) {
      if (turn === this.#turn && error.code !== 'cancelled') this.#problem.textContent = error.message;
    }
  }

  #fitCanvas() {
    const { width, height } = this.#generator.info.image;
    const [wide, high] = [(columns + 1) * width + gap, (rows + 1) * height + gap];
    if (this.#canvas.width === wide && this.#canvas.height === high) return; // setting a size clears
    this.#canvas.width = wide;
    this.#canvas.height = high;
  }

  async #drawCells(turn, layers) {
    const { width, height } = this.#generator.info.image;
    const first = Number(this.#cut.value);
    const context = this.#canvas.getContext('2d');
    for (let row = 0; row <= rows; ++row)
      for (let column = 0; column <= columns; ++column) {
        if (row === 0 && column === 0) continue;
        const left = this.#seed + row - 1,
          above = this.#seed + rows + column - 1;
        const request =
          row === 0
            ? { seed: above }
            : column === 0
              ? { seed: left }
              : { seed: left, with: above, layers: [first, layers - 1] };
        const image = await this.#generator.mix(request);
        if (turn !== this.#turn) return;
        context.putImageData(image, column * width + (column > 0 ? gap : 0), row * height + (row > 0 ? gap : 0));
      }
    this.#canvas.dataset.mixed = `${this.#seed} ${first}`;
  }
}
