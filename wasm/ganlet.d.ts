/**
 * ganlet in JavaScript: trained image generators that run where the reader is.
 *
 *     import { load } from './ganlet/ganlet.js';
 *     const digits = await load('models/digits/');
 *     context.putImageData(await digits.draw({ text: '2026', seed: 11 }), 0, 0);
 *     digits.dispose();
 *
 * Every promise rejects with a {@link GanletError}, or with the signal's reason if an AbortSignal ended it.
 */
import type { Capabilities } from './capabilities.js';
import type { SeesPictures } from './pictures.js';

export type { Capabilities, Gpu } from './capabilities.js';
export type { Picture } from './pictures.js';

/**
 * The codes of the native library. `internal` is a fault of ganlet itself. It ends the instance that the model ran in,
 * and the next call loads the model again. So does `limit_exceeded` when memory runs out.
 */
export type ErrorCode =
  | 'invalid_argument'
  | 'not_found'
  | 'io'
  | 'corrupt'
  | 'unsupported'
  | 'limit_exceeded'
  | 'cancelled'
  | 'device_lost'
  | 'internal';

export class GanletError extends Error {
  readonly name: 'GanletError';
  readonly code: ErrorCode;
  /** Where it went wrong, such as `graph.node[12] ConvTranspose 'up2'` or a URL; empty if there is no place. */
  readonly place: string;
  /** What went wrong, without the place. `message` is `place: detail`, or the detail alone. Text, never markup. */
  readonly detail: string;
}

/** A build of the engine. Relaxed SIMD is used if the browser has it, since its int8 products are faster. */
export type Variant = 'relaxed-simd' | 'simd128';

/** The best build for this browser; undefined if it has no WebAssembly SIMD, so that ganlet cannot run there. */
export function supportedVariant(): Variant | undefined;

/** What runs here and where, as far as is known before loading. */
export function capabilities(): Capabilities;

export interface LoadProgress {
  /** Bytes of engine and model that have arrived, after decompression. */
  readonly loaded: number;
  /** Bytes expected, as far as known so far; never less than `loaded`, and equal to it at the end. */
  readonly total: number;
}

export interface LoadOptions {
  /** The folder (ending in `/`) with both builds of the engine, or one .wasm file. Default: the folder of ganlet.js. */
  wasmUrl?: string | URL;
  /**
   * The URL of engine.js, which the worker runs, of the page's own origin. Default: beside ganlet.js. A page has one
   * worker, from the URL of its first model.
   */
  workerUrl?: string | URL;
  /**
   * The folder (ending in `/`) in which ids are looked up. Default: `models/` beside the page; in Node, in the working
   * directory.
   */
  models?: string | URL;
  /** Which of the model's files draws: a name in model.json's `parts`. Default `generator`. */
  part?: string;
  /** Of several networks in a file. */
  network?: string;
  /** Guesses the network of a PyTorch file of tensors alone, if they can only be one chain of layers. */
  chain?: boolean;
  /** Ends loading and frees everything. */
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
  /**
   * Whether to run in a worker, so that the page never waits; all models of a page share one. `true` is an error if no
   * worker can start. Default: in browsers a worker if one can start, else the page; in Node no worker.
   */
  worker?: boolean;
  /** Default: `supportedVariant()`. */
  variant?: Variant;
  /**
   * What computes: the processor (`xnn`, the default), or the GPU by WebGPU, where there is one: within 2 of 255 steps.
   * A seed's picture that never changes is the processor's.
   */
  backend?: 'xnn' | 'webgpu';
}

export interface ValueInfo {
  readonly name: string;
  readonly type: 'float32' | 'int64' | 'bool';
  /** Sizes as in the file; null is the batch, or any side of a picture. */
  readonly shape: readonly (number | null)[];
}

export interface Info {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly license: string;
  readonly trainingData: string;
  /** A seed's picture never changes within an id and a version. */
  readonly version: number;
  /** Names of the classes; empty for a model without classes. */
  readonly labels: readonly string[];
  /** model.json's record of the training. */
  readonly training: Readonly<Record<string, unknown>>;
  /** model.json's record of the quality. */
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly latentSize: number;
  /** Whether `encode` works: the model's folder has an encoder. */
  readonly hasEncoder: boolean;
  /** Whether `apply` works. Such a model draws nothing: it has no `latentSize`, `styleLayers`, `image` and `range`. */
  readonly takesPictures: boolean;
  /** Whether `DrawRequest.mix` works: the model's folder has a mapping and a synthesis network. */
  readonly hasStyles: boolean;
  /** How many layers take a style; 0 for models without styles. */
  readonly styleLayers: number;
  readonly distribution: 'normal' | 'uniform';
  readonly image: { readonly width: number; readonly height: number; readonly channels: 1 | 3 | 4 };
  /** The network values that become brightness 0 and 255. */
  readonly range: readonly [low: number, high: number];
  /** Over how many pictures `range` was measured, where nothing tells it. */
  readonly measuredPictures?: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly parameters: number;
  /** For one image; of any size, for 256 x 256. */
  readonly multiplyAdds: number;
  /** What `LoadOptions.chain` has guessed, in words. */
  readonly guesses?: string;
  /** The size of the model's files that have been loaded. */
  readonly bytes: number;
  readonly part: string;
  readonly variant: Variant | 'any' | 'webgpu';
  /** What computes. */
  readonly backend: 'xnn' | 'webgpu';
  readonly runsIn: 'worker' | 'page';
  /** The URLs that have been fetched, for a service worker to keep: the engine and the model's files. */
  readonly urls: readonly string[];
}

/** What to draw. `{}` draws one image of seed 0. Integers beyond 2^53 are bigints or strings. */
export interface DrawRequest {
  /**
   * One image per symbol, side by side in one handwriting; overrides `count`, `label` and `labels`. For models whose
   * classes have such names.
   */
  text?: string;
  /** The longest text allowed, up to 1000. Default 1000. */
  textLimit?: number;
  /** Draws each symbol of the text in its own handwriting. */
  vary?: boolean;
  /** With a text in one handwriting: how much the images of equal symbols differ, 0 to 1. Default 0. */
  jitter?: number;
  /** How many images. Default 1. */
  count?: number;
  /**
   * The class of all images: an index into `info.labels`. Default: image i has class i modulo the number of classes.
   */
  label?: number;
  /** Instead of `label`: one for each image. */
  labels?: ArrayLike<number>;
  /** 0 to 2^64 - 1. Image i has seed + i; with `text`, unless `vary`, all have `seed`. Default 0. */
  seed?: number | bigint | string;
  /** Instead of `seed`: one for each image. */
  seeds?: readonly (number | bigint | string)[];
  /** Latent vectors instead of a seed: count times latentSize numbers, or one vector for a text in one handwriting. */
  latents?: ArrayLike<number>;
  /** @deprecated the earlier name of `latents` */
  z?: ArrayLike<number>;
  /**
   * Psi from 0 (the mean image) to 1 (full variety). Default 1. For a style-based model, it moves styles towards their
   * mean.
   */
  truncation?: number;
  /** For style-based models: how many layers are truncated, from the coarsest. Default: all. */
  cutoff?: number;
  /** For style-based models: another seed, and the layers that take their style from it, such as `7:0-3`. */
  mix?: string | { readonly seed: number | bigint | string; readonly layers: readonly [first: number, last: number] };
  /**
   * For style-based models: the training's noise, none, or noise from each image's seed or from this seed.
   * Default `fixed`.
   */
  noise?: 'fixed' | 'off' | 'each' | number | bigint;
  /** Draws with the generator kept nearest to this step of training; ignored if the model's folder has kept none. */
  step?: number;
  /** Images in a row. Default: a text in one, else nearly a square. */
  columns?: number;
  /** Ends drawing within a few images. */
  signal?: AbortSignal;
}

/** An array in C order. */
export interface Tensor {
  readonly data: Float32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface Model extends SeesPictures {
  readonly info: Info;
  /**
   * Draws a request: all images as one picture, in rows of `columns`; the rest of the last row is transparent. In Node,
   * the result is an object with the `width`, `height`, `data` and `colorSpace` of ImageData.
   */
  draw(request?: DrawRequest): Promise<ImageData>;
  /** The same as `draw`. */
  generate(request?: DrawRequest): Promise<ImageData>;
  /**
   * Runs the network on arrays, one for each of `info.inputs` by name; int64 inputs take a BigInt64Array, bool ones a
   * Uint8Array. Returns every output by name, in ONNX's order of axes; picture i has seed i.
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: CallOptions): Promise<Record<string, Tensor>>;
  /** The latent vector of a seed, the same on every platform; it can be passed as `latents`. */
  latent(seed: number | bigint, options?: CallOptions): Promise<Float32Array>;
  /** The ONNX file that the model's file is or has become; an error for a model's folder. */
  onnx(options?: CallOptions): Promise<Uint8Array>;
  /**
   * Frees the model; calls still running reject as cancelled. The worker ends with its last model.
   */
  dispose(): void;
}

/**
 * A model that a script brings, such as the package's `ganlet/models/digits`: model.json as an object, and its files.
 */
export interface BroughtModel {
  readonly description: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string | URL | Uint8Array>>;
}

/**
 * Loads a model.
 *
 * @param model a model's folder (a URL that ends in `/`, with a model.json); a file of ONNX, Keras, PyTorch,
 *   TensorFlow.js or TensorFlow Lite (a URL, also of an object or data; a Blob or bytes); all files of a model; an id
 *   in `options.models`; or a model that a script brings. URLs are relative to the page; in Node, to the working
 *   directory, where they may be `file:`. Files must have the length and SHA-256 that model.json gives. Bytes must not
 *   change while the model lives.
 */
export function load(
  model: string | URL | BufferSource | Blob | Iterable<BufferSource | Blob> | BroughtModel,
  options?: LoadOptions,
): Promise<Model>;
