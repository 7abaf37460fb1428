/**
 * <ganlet-image>: a generator's picture in any page.
 *
 *     import 'ganlet/element';
 *     <ganlet-image model="digits" text="2026" seed="7"></ganlet-image>
 *
 * Importing it defines the element; where there is no document, as on a server, it does nothing. Attributes have the
 * names and meanings of DrawRequest in ganlet.d.ts, and of the flags of `ganlet generate`.
 */
import type { ErrorCode, Info, LoadProgress, Picture } from './ganlet.js';

type Whole = number | bigint | string;
type Switch = boolean | '' | 'true' | 'false' | '0' | '1';

export interface GanletImageAttributes {
  /** A text to write, one image per symbol; also `live:HH mm`, `live:date`, `live:countdown:2027-01-01`. */
  text?: string | number;
  /** The longest text allowed, 1 to 1000. */
  'text-limit'?: number | string;
  /** With a text: draws each symbol in its own hand. */
  vary?: Switch;
  /** With a text: how much a hand varies from symbol to symbol, 0 to 1. */
  jitter?: number | string;
  /** How many images. */
  count?: number | string;
  /** The class to draw; by default images cycle through all classes. */
  label?: number | string;
  /** A class for each image, separated by commas. */
  labels?: string;
  /** Which picture: 0 to 2^64 - 1, `random`, or `from:` and any text. */
  seed?: Whole;
  /** A seed for each image, separated by commas. */
  seeds?: string;
  /** Latent vectors instead of seeds, one after another, separated by commas. */
  latents?: string;
  /** 0 (all alike) to 1 (full variety). */
  truncation?: number | string;
  /** For style-based models: how many layers to truncate, from the coarsest. */
  cutoff?: number | string;
  /** For style-based models: another seed, and the layers that take their style from it, such as `7:0-3`. */
  mix?: string;
  /** For style-based models: `fixed`, `off`, `each` or a seed. */
  noise?: Whole;
  /** For style-based models: numbers added to each image's style. */
  'style-shifts'?: string;
  /** Draws with the generator kept nearest to that step of training. */
  step?: number | string;
  /** Images side by side; by default one row of text, else nearly a square. */
  columns?: number | string;
  /** A model's id, a folder with a model.json, or an .onnx file. Default `digits`; `digits@2` is a version of it. */
  model?: string;
  /** Which of the model's files draws: a name in model.json's `parts`. */
  'model-part'?: string;
  /** The folder that contains the engine and the models. Default: this script's own. */
  base?: string;
  /** What computes: `auto` and `xnn`, the processor; `webgpu`, the GPU, if there is one. Pages have no `reference`. */
  backend?: string;
  /** How the picture moves: `none`, `walk`, `morph` or `breathe`. */
  motion?: string;
  /** Pictures per second while it moves, 1 to 60. */
  fps?: number | string;
  /** Shows buttons below the picture; `slider` also a slider, which alone moves it then. */
  controls?: Switch | 'slider';
  /** A click draws another picture, or stops one that moves. */
  interactive?: Switch;
  /** `eager` draws at once, instead of when near the viewport. */
  loading?: string;
  /** The text alternative; an empty one marks the picture as decorative. With `aria-live="polite"` it is announced. */
  alt?: string;
  /** `plain`, `grey`, `inverted` or `ink`. */
  palette?: string;
  /** The colour for what is bright in the model's picture. */
  ink?: string;
  /** The colour for what is dark in the model's picture. */
  paper?: string;
  /** `auto`, `smooth` or `nearest`. */
  smooth?: string;
  /** A picture that is shown until the first one is drawn. */
  poster?: string;
  /** In pixels, or a percentage of the line, such as `100%`. Without, that of the image in the tag, or the model's. */
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
  /** The URL that couldn't be fetched; else empty. */
  readonly url: string;
}

export interface GanletImageEventMap extends HTMLElementEventMap {
  /** The first picture has been drawn. */
  'ganlet-ready': CustomEvent<GanletImageDrawn>;
  /** Engine and model are loading. */
  'ganlet-progress': CustomEvent<LoadProgress>;
  /** A picture has been drawn. */
  'ganlet-change': CustomEvent<GanletImageDrawn>;
  /** Something went wrong; what was shown before stays. */
  'ganlet-error': CustomEvent<GanletImageProblem>;
}

/** What a frame of embed.html sends to its parent. */
export type FrameMessage = { readonly ganlet: 1 } & (
  | { readonly type: 'size'; readonly width: number; readonly height: number }
  | { readonly type: 'ready' | 'change'; readonly detail: GanletImageDrawn }
  | { readonly type: 'error'; readonly detail: GanletImageProblem }
);

/** What a frame takes from its parent; null removes a setting. */
export type FrameRequest = { ganlet: 1 } & (
  | { type: 'set'; settings: Readonly<Record<string, string | number | boolean | null>> }
  | { type: 'next' }
);

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;
type Numbers = 'text-limit' | 'jitter' | 'count' | 'label' | 'truncation' | 'cutoff' | 'step' | 'columns';
type OwnNumbers = 'fps' | 'width' | 'height';
/** Numbers that aren't set are undefined, switches false, and strings empty. */
type Reflected = {
  [Name in keyof GanletImageAttributes as Camel<Name>]-?: Name extends Numbers | OwnNumbers
    ? number | undefined
    : Switch extends GanletImageAttributes[Name]
      ? boolean
      : string;
};

/** Properties reflect attributes: `element.textLimit` is `text-limit`. */
export interface GanletImage extends HTMLElement, Omit<Reflected, 'controls'> {
  /** Whether there are buttons; 'slider' can be set, too. */
  get controls(): boolean;
  set controls(shown: boolean | 'slider');
  /** Settles with the first picture. */
  readonly ready: Promise<GanletImage>;
  /** The model, once it has drawn; `backend` is what computed: `xnn`, `webgpu`, or `javascript` without WebAssembly. */
  readonly info: (Omit<Info, 'backend'> & { readonly backend: string }) | undefined;
  /** Draws what the attributes say, whether near the viewport or not. */
  draw(): Promise<void>;
  /** Draws another picture: of the next seed or seeds, or of another random one. Latents give way to the seed. */
  next(): Promise<void>;
  /** Shows what the model makes of a picture, for a model that takes them: `info.takesPictures`. */
  apply(image: Picture): Promise<void>;
  /** The picture as a file, by default `image/png`, which records in its text what it was drawn from. */
  toBlob(type?: string, quality?: number): Promise<Blob>;
  /** Lets the reader save the picture. */
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
