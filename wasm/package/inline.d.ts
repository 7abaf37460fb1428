/**
 * All of ganlet in one module: the library, <ganlet-image>, the simd128 engine and the model `digits`, for bundlers
 * that leave files behind and for pages that fetch nothing.
 *
 *     import { digits, load } from 'ganlet/inline';
 *     const model = await load(digits);
 */
import type { BroughtModel } from './ganlet.js';

export * from './ganlet.js';
export type * from './ganlet-image.js';
export declare const digits: BroughtModel;
