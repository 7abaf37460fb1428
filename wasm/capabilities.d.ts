import type { Variant } from './ganlet.js';

export interface Capabilities {
  /** The build of the engine that runs here; undefined if none does. */
  readonly variant: Variant | undefined;
  /** Where models run unless `LoadOptions.worker` says otherwise: in the page if its one worker could not start. */
  readonly runsIn: 'worker' | 'page';
  /** Why nothing runs here, in a sentence; empty if something does. */
  readonly problem: string;
  /** Asks what `backend: 'webgpu'` would run on; rejects in `ganlet/inline`, which can't use it. */
  readonly webgpu: () => Promise<Gpu>;
}

export interface Gpu {
  /** What the browser calls it; empty if there is none. */
  readonly name: string;
  /** Whether it is no GPU, but a program that stands in for one, slower than the processor's own backend. */
  readonly isFallback: boolean;
  /** Why WebGPU doesn't run here, in a sentence; empty if it does. */
  readonly problem: string;
}
