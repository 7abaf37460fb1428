// WebKitGTK's MiniBrowser through Debian's webkit2gtk-driver, by the few calls of WebDriver (W3C) that the tests need.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';

const libraries = '/usr/lib/x86_64-linux-gnu';
const driver = '/usr/bin/WebKitWebDriver';
const browser = existsSync(libraries)
  ? readdirSync(libraries)
      .map((name) => `${libraries}/${name}/MiniBrowser`)
      .find((path) => path.includes('/webkit2gtk-4.') && existsSync(path))
  : undefined;

/** Why WebKit can't be driven here, or false; for a test's `skip`. */
export const missingWebkit = !(existsSync(driver) && browser) && 'webkit2gtk-driver is not installed';

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Opens a browser on a screen of its own. Pages know `goto` and `evaluate(function, argument)`, as Playwright's do. */
export async function openWebkit() {
  const port = await freePort();
  // Its sandbox needs rights that containers don't give; the pages are our own.
  const env = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
  const started = spawn('xvfb-run', ['-a', driver, `--port=${port}`], { env, stdio: 'ignore', detached: true });
  const end = () => process.kill(-started.pid, 'SIGTERM');

  async function call(method, path, body) {
    const options = { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) };
    const { value } = await (await fetch(`http://127.0.0.1:${port}${path}`, options)).json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  async function session() {
    const options = { binary: browser, args: ['--automation'] };
    const capabilities = { alwaysMatch: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options } };
    for (let attempt = 0; ; ++attempt)
      try {
        return await call('POST', '/session', { capabilities });
      } catch (error) {
        if (attempt === 100 || error.cause?.code !== 'ECONNREFUSED') throw error;
        await new Promise((done) => setTimeout(done, 200)); // the driver is still starting
      }
  }

  try {
    const path = `/session/${(await session()).sessionId}`;
    return {
      goto: (url) => call('POST', `${path}/url`, { url }),
      async evaluate(question, argument) {
        const script = `const done = arguments[1];
          const failed = (error) => done({ error: String(error) });
          Promise.resolve((${question})(arguments[0])).then((value) => done({ value }), failed);`;
        const { value, error } = await call('POST', `${path}/execute/async`, { script, args: [argument ?? null] });
        if (error) throw new Error(error);
        return value;
      },
      close: () => call('DELETE', path).finally(end),
    };
  } catch (error) {
    end();
    throw error;
  }
}
