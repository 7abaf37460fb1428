// embed.html: says so in the frame and to its parent if one of the other scripts doesn't run.
addEventListener('load', () => {
  if (document.querySelector('ganlet-image')) return;
  const file = globalThis[Symbol.for('ganlet')]?.current ? 'embed.js' : 'ganlet-image.classic.js';
  const { href: url } = new URL(file, document.baseURI);
  const message = `can't run ${url}: is it on the host, and may this page run it?`;
  const problem = document.createElement('p');
  problem.className = 'problem';
  problem.textContent = `ganlet ${message}`;
  document.body.append(problem);
  if (parent !== window)
    parent.postMessage({ ganlet: 1, type: 'error', detail: { code: 'io', message, place: '', url } }, '*');
});
