// A program that uses the package's types; each line that misuses them fails.
import { GanletError, load, type Model } from 'ganlet';
import 'ganlet/element';
import type { FrameMessage, FrameRequest, GanletImage } from 'ganlet/element';
import { digits as inlined, load as loadInlined } from 'ganlet/inline';
import digits from 'ganlet/models/digits';
import 'ganlet/worker';

const model: Model = await load(digits, { workerUrl: new URL('./engine.js', 'https://me.example/') });
await loadInlined(inlined);
await load({ description: { id: 'mine' }, files: { 'generator.onnx': '/mine.onnx' } });
// @ts-expect-error: files are missing
await load({ description: {} });

const element = document.createElement('ganlet-image');
element.seed = '7';
element.textLimit = 20;
element.vary = true;
element.controls = 'slider';
// @ts-expect-error: buttons are shown or not, with or without a slider
element.controls = 'knob';
const isShown: boolean = element.controls;
// @ts-expect-error: a number
element.textLimit = 'long';
// @ts-expect-error: no such property
element['text-limit'] = 20;
const text: string = element.text;
const same: GanletImage = await element.ready;
element.addEventListener('ganlet-error', ({ detail }) => console.log(detail.code, detail.url satisfies string));
element.addEventListener('ganlet-progress', ({ detail }) => console.log(detail.loaded / detail.total));
const bytes: Blob = await same.toBlob('image/webp', 0.9);
console.log(model.info.title, text, isShown, bytes, element.info?.backend, GanletError);

const told = (message: FrameMessage) => (message.type === 'size' ? message.height : message.detail);
const asked: FrameRequest[] = [{ ganlet: 1, type: 'set', settings: { text: '31', vary: true, seed: null } }];
asked.push({ ganlet: 1, type: 'next' });
// @ts-expect-error: settings are missing
asked.push({ ganlet: 1, type: 'set' });
console.log(told({ ganlet: 1, type: 'size', width: 448, height: 112 }), asked);
