import type { CallOptions } from './ganlet.js';

/**
 * What `apply` and `encode` take: RGBA pixels, a file, or anything that a canvas can draw. It must stay as it is until
 * the promise settles. In Node it is pixels.
 */
export type Picture =
  | ImageData
  | CanvasImageSource
  | Blob
  | { width: number; height: number; data: Uint8ClampedArray | Uint8Array };

/** What a Model does with pictures. */
export interface SeesPictures {
  /**
   * Finds the latent vector of a picture of any size and colour, which is cropped and scaled as the model's card says.
   * The encoder is fetched for the first one.
   */
  encode(picture: Picture, options?: CallOptions): Promise<Float32Array>;
  /**
   * Makes another picture of one of any size, if `info.takesPictures`. The result has the picture's size times the
   * network's scale, to the pixel. A picture larger than the network's fixed size is cut into tiles where that changes
   * at most 1 of 255, or fitted. Colours are kept beside a network of luma, and so is opacity. What the network's
   * numbers mean is found from its end, or by trying; model.json's `image.range` tells it. After a signal it ends with
   * the next tile.
   */
  apply(picture: Picture, options?: CallOptions): Promise<ImageData>;
}
