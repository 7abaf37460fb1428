// A slow line in front of a server: every connection takes a round trip to open, what is sent takes half of one to
// arrive, and all answers together share one bandwidth. A proxy, since a browser's own emulation leaves out its
// workers.
import { connect, createServer } from 'node:net';

const packetBytes = 1460; // connections take turns after each, as those of TCP do

/** Gives functions that hand pieces on in order, `milliseconds` after they came; null ends the stream. */
function delayed(to, milliseconds) {
  let last = Promise.resolve();
  return (piece, extra = 0) => {
    const due = new Promise((done) => setTimeout(done, milliseconds + extra));
    last = last.then(() => due).then(() => (piece === null ? to.end() : to.write(piece)));
  };
}

/** Sends what several connections have waiting, a packet of each in turn, with one bandwidth for all. */
class Line {
  #bytesPerMillisecond;
  #waiting = []; // { deliver, pieces } of each connection that has something to send
  #free = 0; // when the last packet has been sent
  #timer = null;

  constructor(bitsPerSecond) {
    this.#bytesPerMillisecond = bitsPerSecond / 8000;
  }

  /** A connection's end of the line: a function that takes its bytes, or null at their end. */
  join(deliver) {
    const connection = { deliver, pieces: [] };
    return (bytes) => {
      if (connection.pieces.length === 0) this.#waiting.push(connection);
      if (bytes === null) connection.pieces.push(null);
      else
        for (let at = 0; at < bytes.length; at += packetBytes)
          connection.pieces.push(bytes.subarray(at, at + packetBytes));
      if (!this.#timer) this.#send();
    };
  }

  #send() {
    this.#timer = null;
    this.#free = Math.max(this.#free, performance.now() - 1); // a timer may be a millisecond late
    while (this.#waiting.length > 0 && this.#free <= performance.now()) {
      const connection = this.#waiting.shift();
      const piece = connection.pieces.shift();
      connection.deliver(piece);
      if (connection.pieces.length > 0) this.#waiting.push(connection);
      this.#free += (piece?.length ?? 0) / this.#bytesPerMillisecond;
    }
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#send(), this.#free - performance.now());
  }
}

/** Serves what `url` serves, over such a line. Close it by `server.close()`. */
export async function shape(url, { roundTrip, bitsPerSecond }) {
  const target = new URL(url);
  const line = new Line(bitsPerSecond);
  const server = createServer({ noDelay: true }, (visitor) => {
    const upstream = connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    const ask = delayed(upstream, roundTrip / 2);
    const answer = line.join(delayed(visitor, roundTrip / 2));
    let opening = roundTrip; // what the handshake of TCP takes
    visitor.on('data', (piece) => {
      ask(piece, opening);
      opening = 0;
    });
    visitor.on('end', () => ask(null));
    upstream.on('data', answer);
    upstream.on('end', () => answer(null));
    visitor.on('error', () => upstream.destroy());
    upstream.on('error', () => visitor.destroy());
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${server.address().port}${target.pathname}` };
}
