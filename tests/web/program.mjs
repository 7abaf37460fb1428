// The native program, as built with the site's tests or as GANLET_PROGRAM says; it finds models from the root.
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = process.env.GANLET_PROGRAM ?? `${root}build/desktop/bin/ganlet`;
