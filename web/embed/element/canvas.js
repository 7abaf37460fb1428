// Pictures in canvases of the page with `data-ganlet`: loaded where there is one.

/** Draws into a canvas from now on, while it is in the document. It keeps its size and its text alternative. */
export function wake(canvas, { views, changed, connected, disconnected }) {
  if (!views.has(canvas)) views.set(canvas, viewOf(canvas, changed, disconnected));
  connected(canvas);
}

/** A canvas as the view of a picture. */
function viewOf(canvas, changed, disconnected) {
  const alt = canvas.ariaLabel ?? canvas.textContent.trim();
  const nameOf = (name) => `data-ganlet-${name}`.replace(/-model$/, '');
  const watcher = new MutationObserver((records) => {
    if (canvas.isConnected) return changed(canvas, records);
    watcher.disconnect();
    disconnected(canvas);
  });
  return {
    host: canvas,
    canvas,
    alt,
    get: (name) => (name === 'base' ? null : canvas.getAttribute(nameOf(name))), // not from where scripts are loaded
    failed: (message) => console.warn(`ganlet: ${message}`, canvas),

    /** There is nothing to lay out: it is watched, to be told of changes and of leaving the document. */
    lay() {
      watcher.observe(canvas, { attributes: true });
      watcher.observe(document, { childList: true, subtree: true });
    },

    describe(text) {
      if (alt || canvas.ariaLabel === text) return;
      canvas.setAttribute('role', 'img');
      canvas.ariaLabel = text;
    },

    /** Draws pixels of a model whose images are `side` wide. */
    paint(pixels, side) {
      const { width, height } = canvas;
      const source = new OffscreenCanvas(pixels.width, pixels.height);
      source.getContext('2d').putImageData(pixels, 0, 0);
      const scale = Math.min(width / pixels.width, height / pixels.height);
      const context = canvas.getContext('2d');
      context.clearRect(0, 0, width, height);
      context.imageSmoothingEnabled = side > 64; // as elements have it
      const [x, y] = [scale * pixels.width, scale * pixels.height];
      context.drawImage(source, (width - x) / 2, (height - y) / 2, x, y);
    },
  };
}
