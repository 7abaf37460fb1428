/** <ganlet-image> in JSX: `/// <reference types="ganlet/react" />`, or "types": ["ganlet/react"] in tsconfig.json. */
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { GanletImage, GanletImageAttributes } from './ganlet-image.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'ganlet-image': DetailedHTMLProps<HTMLAttributes<GanletImage>, GanletImage> & GanletImageAttributes;
    }
  }
}
