// <ganlet-image> for bundlers, which include the files of the model that it draws by default.
import './ganlet-image.js';
import digits from './models/digits/index.js';

const registry = globalThis[Symbol.for('ganlet')];
(registry.models ??= new Map()).set('digits', digits);
