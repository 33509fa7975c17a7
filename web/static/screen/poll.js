/** The way to the hub: a socket, or, where a proxy lets none through, asking over HTTP.
 * For screens and consoles alike, so in the syntax of old browsers. */

const SOCKET = "/live";
const ASK = "/live/poll";
const OPEN = 4000; // ms a socket may take to open
const MOST = 2; // sockets that fail before asking is tried
const EARLY = 8000; // ms until a socket is tried again …
const LATER = 60000; // … and from then on, each time twice as long
const LATEST = 600000;
const SPARE = 4000; // ms an answer may be later than the hub said
const PAUSE = 250; // ms at least from one poll to the next
const USUAL = 8000; // ms a poll waits where the hub has not said
const HELD = "x-muster-hold"; // every answer of the hub has it, and no proxy's
const CODES = { 401: 4401, 403: 4403, 404: 1012, 429: 1013, 503: 1013 };

/** Which way works just now. `dial()` gives something that behaves as a WebSocket does; `found` is
 * called when sockets work again while we are asking. */
export class Way {
  constructor(found) {
    this.found = found;
    this.polling = false;
    this.failures = 0;
    this.turn = 0;
  }

  dial() {
    return this.polling ? this.ask() : this.socket();
  }

  socket() {
    let socket;
    try {
      socket = open();
    } catch (error) {
      this.failed();
      return this.ask();
    }
    let heard = false;
    const late = setTimeout(() => { if (socket.readyState === 0) socket.close(); }, OPEN);
    socket.addEventListener("message", () => { if (!heard) { heard = true; this.failures = 0; } });
    socket.addEventListener("close", () => { clearTimeout(late); if (!heard) this.failed(); });
    return socket;
  }

  /** One socket more that nothing was heard on. */
  failed() {
    this.failures += 1;
    if (this.failures < MOST || this.polling) return;
    this.polling = true;
    this.turn += 1;
    this.later(EARLY, this.turn);
  }

  /** Asking, too, can fail: then the hub is away, and a socket is the first thing to try. */
  ask() {
    return new Asking(() => { this.failures = 0; }, () => {
      this.polling = false;
      this.failures = MOST - 1;
      this.turn += 1;
    });
  }

  later(ms, turn) {
    setTimeout(() => this.probe(ms, turn), ms * (0.75 + Math.random() / 2));
  }

  /** Tries a socket beside the asking: the first word on it, and everybody changes over. */
  probe(ms, turn) {
    if (!this.polling || turn !== this.turn) return;
    const again = () => { if (this.polling && turn === this.turn) this.later(Math.min(LATEST, Math.max(LATER, ms * 2)), turn); };
    let socket;
    try {
      socket = open();
    } catch (error) {
      again();
      return;
    }
    let heard = false;
    const late = setTimeout(() => socket.close(), OPEN * 2);
    socket.onopen = () => socket.send('{"op":"hello"}');
    socket.onclose = () => { clearTimeout(late); if (!heard) again(); };
    socket.onmessage = () => {
      if (heard) return;
      heard = true;
      socket.close();
      if (!this.polling || turn !== this.turn) return;
      this.polling = false;
      this.failures = 0;
      this.turn += 1;
      this.found();
    };
  }
}

/** The path everything lives below, where the public address has one. */
const base = () => document.body.dataset.base || "";

function open() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}${base()}${SOCKET}`, ["muster.v1"]);
}

/** A WebSocket's likeness over HTTP: the first frame sent is the hello. A request that fails ends
 * it, as a lost line would: what it may have missed is asked for by the next one. */
class Asking {
  constructor(worked, failed) {
    this.worked = worked;
    this.failed = failed;
    this.readyState = 0;
    this.session = "";
    this.hold = USUAL;
    this.queue = [];
    this.busy = false;
    setTimeout(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      if (this.onopen) this.onopen();
    }, 0);
  }

  /** ms without a word after which the line is dead. */
  get patience() {
    return this.hold + SPARE;
  }

  send(text) {
    const frame = JSON.parse(text);
    if (frame.op === "ping") return; // every answer says that the hub is there
    this.queue.push(frame);
    setTimeout(() => this.flush(), 0); // what is said in one breath goes in one request
  }

  close() {
    this.end(1000);
  }

  async flush() {
    if (this.busy || this.readyState !== 1 || !this.queue.length) return;
    this.busy = true;
    const said = this.queue.splice(0, 20);
    const begins = !this.session;
    const body = begins ? { hello: said[0], say: said.slice(1) } : { session: this.session, say: said };
    const answer = await this.post(body, SPARE * 2);
    this.busy = false;
    if (!answer || !this.take(answer)) return;
    if (begins) this.loop();
    this.flush();
  }

  async loop() {
    while (this.readyState === 1) {
      const began = performance.now();
      const answer = await this.post({ session: this.session }, this.patience);
      if (!answer || !this.take(answer)) return;
      this.worked();
      await new Promise((done) => setTimeout(done, Math.max(answer.again, began + PAUSE - performance.now(), 0)));
    }
  }

  /** Whether it goes on. */
  take(answer) {
    if (this.readyState !== 1) return false;
    const { session, frames, at, close } = answer.body;
    if (session) this.session = session;
    this.say(at ? { op: "beat", at } : { op: "beat" });
    for (const frame of frames || []) this.say(frame);
    if (close) this.end(close);
    return this.readyState === 1;
  }

  say(frame) {
    if (this.readyState === 1 && this.onmessage) this.onmessage({ data: JSON.stringify(frame) });
  }

  /** The hub's answer, or null and the line is over. */
  async post(body, patience) {
    try {
      return await this.answered(await timed(patience, (signal) => fetch(base() + ASK, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        signal,
      })), patience);
    } catch (error) {
      this.failed();
      this.end(1006);
      return null;
    }
  }

  async answered(response, patience) {
    const held = parseFloat(response.headers.get(HELD));
    const ours = response.ok ? held > 0 : /problem\+json/.test(response.headers.get("content-type") || "");
    if (held > 0) this.hold = held * 1000;
    if (response.status === 204 && ours) return { body: {}, again: later(response) };
    const said = ours ? await timed(patience, () => response.json()) : {};
    if (response.ok && ours) return { body: said, again: later(response) };
    // Only the hub itself may say that a screen is no longer one: a portal's 401 is none of its.
    const code = ours && said.code ? CODES[response.status] : 0;
    if (!code) throw new Error("not the hub");
    this.end(code);
    return null;
  }

  end(code) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    if (this.onclose) this.onclose({ code });
  }
}

const later = (response) => (parseFloat(response.headers.get("retry-after")) || 0) * 1000;

/** What `work` gives, or an error after so many ms. */
function timed(ms, work) {
  const ending = typeof AbortController === "function" ? new AbortController() : null;
  return new Promise((done, fail) => {
    const late = setTimeout(() => { if (ending) ending.abort(); fail(new Error("late")); }, ms);
    const over = (way) => (value) => { clearTimeout(late); way(value); };
    work(ending ? ending.signal : undefined).then(over(done), over(fail));
  });
}
