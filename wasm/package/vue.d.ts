/** <ganlet-image> in templates: `/// <reference types="ganlet/vue" />`, or "types": ["ganlet/vue"] in tsconfig.json. */
import type { DefineComponent, HTMLAttributes } from 'vue';
import type { GanletImageAttributes } from './ganlet-image.js';

declare module 'vue' {
  interface GlobalComponents {
    'ganlet-image': DefineComponent<GanletImageAttributes>;
  }
  interface IntrinsicElementAttributes {
    'ganlet-image': HTMLAttributes & GanletImageAttributes;
  }
}
