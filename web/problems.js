// Tells in the page why it could not start, in words for whoever has installed it. A classic script, since those also
// run where modules don't: in a page opened from a disk.
(() => {
  function tell(text) {
    const fault = Object.assign(document.createElement('p'), { id: 'fault', role: 'alert', textContent: text });
    document.body.prepend(fault);
  }

  const serveIt =
    'Browsers run this page only from a web server. In the folder that it lies in, run "python3 -m http.server", ' +
    'and open http://localhost:8000/ here. Any host for static files will do as well.';

  /** Why a file of the page can't be used; undefined if it can. */
  async function faultOf(url, type) {
    const answer = await fetch(url).catch(() => null);
    if (!answer) return `${url} can't be reached.`;
    const isWhole = await answer
      .clone()
      .text()
      .then(
        () => true,
        () => false,
      );
    if (!isWhole) return `${url} breaks off.`;
    const sent = answer.headers.get('content-type') ?? '';
    if (sent.startsWith('text/html')) return `Got HTML, probably a 404, from ${url}`;
    if (!answer.ok) return `Got HTTP ${answer.status} from ${url}`;
    return sent.includes(type)
      ? ''
      : `${url} is served as "${sent}", so that browsers refuse it: should be text/${type}.`;
  }

  /** Whether a stylesheet was refused: browsers then show none, or an empty one. */
  function isEmpty({ sheet }) {
    try {
      return !sheet?.cssRules.length;
    } catch {
      return false; // a frame without an origin of its own may not read its rules
    }
  }

  async function look() {
    if (location.protocol === 'file:') return tell(serveIt);
    const started = document.documentElement.dataset.started;
    const scripts = started ? [] : [...document.querySelectorAll('script[type=module], link[rel=modulepreload]')];
    const sheets = [...document.querySelectorAll('link[rel=stylesheet]')].filter(isEmpty);
    const faults = await Promise.all([
      ...scripts.map(({ src, href }) => faultOf(src ?? href, 'javascript')),
      ...sheets.map(({ href }) => faultOf(href, 'css')),
    ]);
    const found = faults.filter(Boolean);
    if (found.length > 0) tell(found.join(' '));
    else if (!started) tell('This browser is too old for this page: it needs modules of JavaScript.');
  }

  addEventListener('load', look);
})();
