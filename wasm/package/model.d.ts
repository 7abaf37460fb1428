import type { BroughtModel } from '../../ganlet.js';

/** The model, as `load` takes it. Bundlers find its files. */
declare const model: BroughtModel;
export default model;
