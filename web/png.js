// Pictures of the page as PNG files, which say in their texts what they were drawn from.
import { saveAs, withTexts } from './ganlet/element/save.js';

export { saveAs };

/** A canvas's picture, each pixel `scale` pixels wide; `inverted` as the page shows it. */
export async function pngOf(picture, scale, info, request, inverted = false) {
  const large = document.createElement('canvas');
  large.width = picture.width * scale;
  large.height = picture.height * scale;
  const context = large.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, large.width, large.height);
  context.globalCompositeOperation = 'difference';
  context.fillStyle = '#fff';
  if (inverted) context.fillRect(0, 0, large.width, large.height);
  const blob = await new Promise((done) => large.toBlob(done, 'image/png'));
  return blob && withTexts(blob, info, request);
}
