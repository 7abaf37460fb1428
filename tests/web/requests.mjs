// tests/requests.jsonl: what models are asked for, and what they have to answer by every road. A line names the model,
// its version and the request; then either the SHA-256 of the picture's RGBA as the simd128 build draws it, or the
// error.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../requests.jsonl', import.meta.url);

export const requests = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

/** Puts what was answered in the place of what is written there, for people to compare. */
export const writeAnswers = (answers) =>
  writeFileSync(
    file,
    requests
      .map(({ model, request }, i) => {
        const { version, sha256, error } = answers[i];
        return `${JSON.stringify({ model, version, request, sha256, error })}\n`;
      })
      .join(''),
  );

/**
 * Asks for each in turn, in Node or in a page, where this function goes as text. Gives for each the model's version,
 * and the picture's digest and size or the error; `look` sees each picture before.
 */
export async function answersOf(load, options, table, look = () => {}) {
  const models = new Map();
  const answers = [];
  const hexadecimal = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  for (const [i, { model: id, request }] of table.entries()) {
    if (!models.has(id)) models.set(id, await load(id, options));
    const model = models.get(id);
    const { version } = model.info;
    try {
      const picture = await model.draw(request);
      look(picture, i);
      const sha256 = hexadecimal(await crypto.subtle.digest('SHA-256', picture.data));
      answers.push({ version, sha256 });
    } catch ({ code, place, detail }) {
      answers.push({ version, error: { code, place, message: detail } });
    }
  }
  for (const model of models.values()) model.dispose();
  return answers;
}

export const wanted = requests.map(({ version, sha256, error }) => (error ? { version, error } : { version, sha256 }));

/** Whether layers of the model compute in float32, which relaxed SIMD rounds in its own way. */
export const isRounded = ({ model, error }) => ['nouns', 'creatures'].includes(model) && !error;
