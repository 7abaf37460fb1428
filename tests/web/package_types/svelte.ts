/// <reference types="ganlet/svelte" />
import type { SvelteHTMLElements } from 'svelte/elements';

type Props = SvelteHTMLElements['ganlet-image'];
export const props: Props = {
  class: 'hero',
  model: 'digits',
  text: '2026',
  seed: 7n,
  'text-limit': 20,
  controls: true,
};
// @ts-expect-error: a text
export const wrong: Props = { model: 7 };
