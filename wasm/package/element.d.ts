export type * from './ganlet-image.js';
