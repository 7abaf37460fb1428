/// <reference types="ganlet/vue" />
import type { GlobalComponents } from 'vue';

type Props = InstanceType<GlobalComponents['ganlet-image']>['$props'];
export const props: Props = { model: 'digits', text: '2026', seed: 7, 'text-limit': 20 };
// @ts-expect-error: a text
export const wrong: Props = { model: 7 };
