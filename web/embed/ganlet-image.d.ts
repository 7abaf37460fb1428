/**
 * <ganlet-image>: a generator's picture in any page.
 *
 *     import 'ganlet/element';
 *     <ganlet-image model="digits" text="2026" seed="7"></ganlet-image>
 *
 * Importing it defines the element; where there is no document, as on a server, it does nothing. Attributes have the
 * names and meanings of DrawRequest in ganlet.d.ts, and of the flags of `ganlet generate`.
 */
import type { ErrorCode, Info, LoadProgress } from './ganlet.js';

type Whole = number | bigint | string;
type Switch = boolean | '' | 'true' | 'false' | '0' | '1';

export interface GanletImageAttributes {
  /** A text to write, one image a symbol, in one hand; also `live:HH mm`, `live:date`, `live:countdown:2027-01-01`. */
  text?: string | number;
  /** The longest text allowed, 1 to 1000. */
  'text-limit'?: number | string;
  /** With a text: each symbol in a hand of its own. */
  vary?: Switch;
  /** With a text: how much a hand varies from symbol to symbol, 0 to 1. */
  jitter?: number | string;
  /** How many images. */
  count?: number | string;
  /** The class to draw; by default images take turns through all. */
  label?: number | string;
  /** A class for each image, with commas between. */
  labels?: string;
  /** Which picture: 0 to 2^64 - 1, `random`, or `from:` and any text. */
  seed?: Whole;
  /** A seed for each image, with commas between. */
  seeds?: string;
  /** Latent vectors instead of seeds, one after another, with commas between. */
  latents?: string;
  /** 0 (all alike) to 1 (full variety). */
  truncation?: number | string;
  /** Of a style-based model: layers to truncate, from the coarsest. */
  cutoff?: number | string;
  /** Of a style-based model: another seed, and the layers that take their style from it, such as `7:0-3`. */
  mix?: string;
  /** Of a style-based model: `fixed`, `off`, `each` or a seed. */
  noise?: Whole;
  /** Of a style-based model: what is added to each image's style. */
  'style-shifts'?: string;
  /** Draws as the model did at that step of its training. */
  step?: number | string;
  /** Images side by side; by default one row of text, else nearly a square. */
  columns?: number | string;
  /** A model's id, a folder with a model.json, or an .onnx file. Default `digits`; `digits@2` is a version of it. */
  model?: string;
  /** Which of the model's files draws: a name in model.json's `parts`. */
  'model-part'?: string;
  /** The folder that engine and models are found in. Default: this script's own. */
  base?: string;
  /** What computes: `auto` or `xnn`. */
  backend?: string;
  /** How the picture moves: `none`, `walk`, `morph` or `breathe`. */
  motion?: string;
  /** Pictures a second while it moves, 1 to 60. */
  fps?: number | string;
  /** Buttons below the picture. */
  controls?: Switch;
  /** A click draws another picture, or stops one that moves. */
  interactive?: Switch;
  /** `eager` draws at once, rather than near the viewport. */
  loading?: string;
  /** The text alternative; an empty one says that the picture only adorns. */
  alt?: string;
  /** `plain`, `grey`, `inverted` or `ink`. */
  palette?: string;
  /** The colour of what is bright in the model's picture. */
  ink?: string;
  /** The colour of what is dark in the model's picture. */
  paper?: string;
  /** `auto`, `smooth` or `nearest`. */
  smooth?: string;
  /** A picture that stands there until the first one is drawn. */
  poster?: string;
  /** In pixels, or a share of the line, such as `100%`. */
  width?: number | string;
  /** In pixels. */
  height?: number | string;
  /** Such as `4/1`. */
  'aspect-ratio'?: number | string;
}

export interface GanletImageDrawn {
  readonly model: string;
  readonly version: number;
  /** What was drawn, by the names of the engine's fields. */
  readonly request: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly backend: string;
}

export interface GanletImageProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place: string;
  /** The address that couldn't be had; else empty. */
  readonly url: string;
}

export interface GanletImageEventMap extends HTMLElementEventMap {
  /** The first picture is there. */
  'ganlet-ready': CustomEvent<GanletImageDrawn>;
  /** Engine and model are on their way. */
  'ganlet-progress': CustomEvent<LoadProgress>;
  /** A picture has been drawn. */
  'ganlet-change': CustomEvent<GanletImageDrawn>;
  /** Something went wrong; what stood there stays. */
  'ganlet-error': CustomEvent<GanletImageProblem>;
}

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;
type Numbers = 'text-limit' | 'jitter' | 'count' | 'label' | 'truncation' | 'cutoff' | 'step' | 'columns';
type OwnNumbers = 'fps' | 'width' | 'height';
/** Numbers that aren't given are undefined, switches false, and texts empty. */
type Reflected = {
  [Name in keyof GanletImageAttributes as Camel<Name>]-?: Name extends Numbers | OwnNumbers
    ? number | undefined
    : Switch extends GanletImageAttributes[Name]
      ? boolean
      : string;
};

/** Properties reflect attributes: `element.textLimit` is `text-limit`. */
export interface GanletImage extends HTMLElement, Reflected {
  /** Settles with the first picture. */
  readonly ready: Promise<GanletImage>;
  /** The model, once it has drawn; `backend` says what computed: `xnn`, or `javascript` without WebAssembly. */
  readonly info: (Info & { readonly backend: string }) | undefined;
  /** Draws what the attributes say, near the viewport or not. */
  draw(): Promise<void>;
  /** Draws another picture: the next seed's, or another random one. */
  next(): Promise<void>;
  /** The picture as a file, `image/png` by default, whose text says what it was drawn from. */
  toBlob(type?: string, quality?: number): Promise<Blob>;
  /** Has the reader save the picture. */
  download(name?: string): Promise<void>;
  addEventListener<Type extends keyof GanletImageEventMap>(
    type: Type,
    listener: (this: GanletImage, event: GanletImageEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'ganlet-image': GanletImage;
  }
}
