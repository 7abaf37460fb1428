/** <ganlet-image> in Svelte: `/// <reference types="ganlet/svelte" />`, or "types": ["ganlet/svelte"]. */
import type { HTMLAttributes } from 'svelte/elements';
import type { GanletImage, GanletImageAttributes } from './ganlet-image.js';

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'ganlet-image': HTMLAttributes<GanletImage> & GanletImageAttributes;
  }
}
