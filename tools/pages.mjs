// Writes the landing page in each language, from web/index.html and the one file of strings, web/strings.json:
//
//     node tools/pages.mjs SITE [--no-studio] [--source=URL]
//
// With the address of the repository, the pages lead to it.
// index.html is English; others are called by their language, nl.html. In the template, {{name}} is a string; in a
// string, {name} is one of `pieces`, which all languages share, or what a script puts there. Strings that begin with
// "say." are for the page's scripts, which find them in the page.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../web/', import.meta.url));
export const { languages, pieces, strings } = JSON.parse(readFileSync(join(web, 'strings.json'), 'utf8'));
export const template = readFileSync(join(web, 'index.html'), 'utf8');

export const fileOf = (language) => (language === 'en' ? 'index.html' : `${language}.html`);

function links(current) {
  const one = ([language, name]) => {
    const href = language === 'en' ? './' : fileOf(language);
    const mark = language === current ? ' aria-current="page"' : '';
    return `<a href="${href}" lang="${language}" hreflang="${language}"${mark}>${name}</a>`;
  };
  return Object.entries(languages).map(one).join(' ');
}

/** What the page's scripts say, as JSON that can stand in a page. */
function words(language) {
  const own = Object.entries(strings).filter(([name]) => name.startsWith('say.'));
  const said = Object.fromEntries(own.map(([name, { [language]: text }]) => [name.slice(4), text]));
  return JSON.stringify(said).replaceAll('<', '\\u003c');
}

export function pageIn(language, hasStudio = true, source = '') {
  const given = { source, lang: language, 'language-links': links(language), words: words(language) };
  const textOf = (name) => {
    const text = given[name] ?? strings[name]?.[language];
    if (text === undefined) throw new Error(`web/strings.json has no "${name}" in ${language}`);
    return name in given ? text : text.replace(/\{([\w-]+)\}/g, (all, piece) => pieces[piece] ?? all);
  };
  const without = (page, part) => page.replace(new RegExp(`<!--${part}-->[\\s\\S]*?<!--/${part}-->\\s*`, 'g'), '');
  let page = hasStudio ? template : without(template, 'studio');
  page = source ? page : without(page, 'source');
  return page.replace(/<!--\/?(studio|source)-->\s*/g, '').replace(/\{\{([\w.-]+)\}\}/g, (_, name) => textOf(name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [site, ...flags] = process.argv.slice(2);
  mkdirSync(site, { recursive: true });
  for (const language of Object.keys(languages)) {
    const file = join(site, fileOf(language));
    const source = flags.find((flag) => flag.startsWith('--source='))?.slice(9);
    writeFileSync(file, pageIn(language, !flags.includes('--no-studio'), source));
  }
}
