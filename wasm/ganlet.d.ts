/**
 * ganlet in JavaScript: trained image generators, run where the reader is.
 *
 *     import { load } from './ganlet/ganlet.js';
 *     const digits = await load('models/digits/');
 *     context.putImageData(await digits.generate({ text: '2026', seed: 11 }), 0, 0);
 *     digits.dispose();
 *
 * Every promise rejects with a {@link GanletError}, or with the signal's reason where an AbortSignal ended it.
 */

/** What kind of thing went wrong: the codes of the native library. */
export type ErrorCode =
  | 'invalid_argument'
  | 'not_found'
  | 'io'
  | 'corrupt'
  | 'unsupported'
  | 'limit_exceeded'
  | 'cancelled'
  | 'device_lost';

export class GanletError extends Error {
  readonly name: 'GanletError';
  readonly code: ErrorCode;
  /** Where it went wrong, such as `graph.node[12] ConvTranspose 'up2'` or a URL; empty where there is no place. */
  readonly place: string;
  /** What went wrong, without the place. `message` is `place: detail`, or the detail alone. Text, never markup. */
  readonly detail: string;
}

/** A build of the engine. Relaxed SIMD is chosen where the browser has it, since its int8 products are faster. */
export type Variant = 'relaxed-simd' | 'simd128';

/** The best build for this browser; undefined where it has no WebAssembly SIMD, so that nothing of ganlet runs. */
export function supportedVariant(): Variant | undefined;

export interface Progress {
  /** Bytes of engine and model that have arrived, after decompression. */
  readonly loaded: number;
  /** Bytes expected, as far as known yet; never less than `loaded`, and equal to it at the end. */
  readonly total: number;
}

export interface LoadOptions {
  /** The folder (ending in `/`) with both builds of the engine, or one .wasm file. Default: the folder of ganlet.js. */
  wasmUrl?: string | URL;
  /** The folder (ending in `/`) in which ids are looked up. Default: `models/` beside the page; in Node, in the working directory. */
  models?: string | URL;
  /** Which of the model's files: a name in model.json's `parts`. Default `generator`. */
  part?: string;
  /** Ends loading; nothing is left behind. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Whether to run in a worker, so that the page never waits. Default: true in browsers, false in Node. */
  worker?: boolean;
  /** Default: `supportedVariant()`. */
  variant?: Variant;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: 'float32' | 'int64' | 'bool';
  /** Sizes as the file has them; null is the batch. */
  readonly shape: readonly (number | null)[];
}

export interface Info {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly license: string;
  readonly trainingData: string;
  /** Names of the classes; empty for a model without. */
  readonly labels: readonly string[];
  /** What model.json says of how the model was trained, as it stands there: `family`, `steps`, `settings`, and in `along` the parts kept on the way. */
  readonly training: Readonly<Record<string, unknown>>;
  /** What model.json says of the model's quality, as it stands there. */
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly latentSize: number;
  /** Whether `encode` works: the model's folder has an encoder. */
  readonly hasEncoder: boolean;
  /** Whether `mix` works: the model's folder has a mapping and a synthesis network. */
  readonly hasStyles: boolean;
  readonly distribution: 'normal' | 'uniform';
  readonly image: { readonly width: number; readonly height: number; readonly channels: 1 | 3 | 4 };
  /** Network values that become brightness 0 and 255. */
  readonly range: readonly [low: number, high: number];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly parameters: number;
  /** For one image. */
  readonly multiplyAdds: number;
  /** Of the ONNX file. */
  readonly bytes: number;
  readonly part: string;
  readonly variant: Variant;
  /** What was fetched, for a service worker to keep: the engine and the model's files. */
  readonly urls: readonly string[];
}

/** What to draw. `{}` draws one image of seed 0. */
export interface Request {
  /** Digits, one image each, side by side in one handwriting; overrides `count` and `label`. For models with classes 0 to 9. */
  text?: string;
  /** Each digit of the text in a handwriting of its own. Default false. */
  vary?: boolean;
  /** Longest text allowed. Default 10. */
  textLimit?: number;
  /** A class: an index into `info.labels`. Default, where the model has classes: image i has class i modulo their number. */
  label?: number;
  /** 0 to 2^64 - 1. Image i has seed + i; with `text`, unless `vary`, all have `seed`. Default 0. */
  seed?: number | bigint;
  /** Latent vectors instead of a seed: count times latentSize numbers; one vector will do for a text in one handwriting. */
  z?: ArrayLike<number>;
  /** How many images. Default 1. */
  count?: number;
  /** Images side by side before the next row begins. Default: a text in one row, else nearly a square. */
  columns?: number;
  /**
   * Psi from 0 (the mean image) to 1 (full variety). Default 1. Below 1, a style-based model moves styles towards its mean style and draws as
   * `mix` does, with the noise of seed 0.
   */
  truncation?: number;
  /** Ends drawing within a few images. */
  signal?: AbortSignal;
}

/** A picture of mixed styles. */
export interface MixRequest {
  /** 0 to 2^64 - 1. Default 0. */
  seed?: number | bigint;
  /** Another seed, whose style takes the place of the first's in `layers`. */
  with?: number | bigint;
  /** The first and the last layer that do, counted from 0 at the coarsest, below `styleLayers()`. */
  layers?: readonly [first: number, last: number];
  /** Psi from 0 (the mean style) to 1 (full variety). Default 1. */
  truncation?: number;
  /** The seed of the layers' noise, or none. Default 0. */
  noise?: number | bigint | 'off';
}

/** An array in C order. */
export interface Tensor {
  readonly data: Float32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
}

export interface Generator {
  readonly info: Info;
  /**
   * Draws. All images of a request come as one picture, in rows of `columns`; what is left of the last row is transparent.
   * In Node, which has no ImageData, it is an object of the same `width`, `height`, `data` and `colorSpace`.
   */
  generate(request?: Request): Promise<ImageData>;
  /**
   * Runs the network on given arrays, one for each of `info.inputs` by name; int64 inputs take a BigInt64Array, bool ones a Uint8Array.
   * Gives every output by name, in ONNX's order of axes.
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: { signal?: AbortSignal }): Promise<Record<string, Tensor>>;
  /** The latent vector of a seed, to be mixed with others and given as `z`: the same numbers on every platform. */
  latent(seed: number | bigint): Promise<Float32Array>;
  /**
   * Finds the latent vector of a picture, to be edited and given as `z`; the encoder is fetched with the first one. Any size and colour
   * will do: the picture is cropped and scaled as the model's card says.
   */
  encode(
    image: ImageData | CanvasImageSource | { width: number; height: number; data: Uint8ClampedArray | Uint8Array },
  ): Promise<Float32Array>;
  /** Draws one picture of a style-based model; its two networks are fetched with the first one. */
  mix(request?: MixRequest): Promise<ImageData>;
  /** How many layers take a style of their own; fetches what `mix` does. */
  styleLayers(): Promise<number>;
  /** Frees the engine and ends its worker; what is still running rejects as cancelled. May be called twice. */
  dispose(): void;
}

/**
 * Loads a generator.
 *
 * @param model a model's folder (a URL that ends in `/`, holding model.json), a bare .onnx file (a URL), an id that is looked up in
 *   `options.models`, or the bytes of an .onnx file. URLs are relative to the page; in Node, to the working directory, and may be `file:`.
 *   The bytes of a file named by model.json must have the length and SHA-256 that stand there.
 */
export function load(model: string | URL | Uint8Array, options?: LoadOptions): Promise<Generator>;
