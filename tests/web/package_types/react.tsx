/// <reference types="ganlet/react" />
import { createRef, type ReactElement } from 'react';
import type { GanletImage } from 'ganlet/element';

const place = createRef<GanletImage>();
export const picture: ReactElement = (
  <ganlet-image ref={place} className="hero" model="digits" text={2026} text-limit={20} seed={7} vary interactive>
    <img src="2026.png" width={448} height={112} alt="2026" />
  </ganlet-image>
);
// @ts-expect-error: no such attribute
export const wrong = <ganlet-image words="2026" />;
