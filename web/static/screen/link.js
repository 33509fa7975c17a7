/** The line to the hub: a websocket or its likeness, said hello, kept alive, come back with jitter. */

import { mark, since } from "./elapsed.js";
import { Way } from "./poll.js";

const ASK = 5000; // ms between our questions: a line that is only half dead shows in time
const HUSH = 12000; // ms without a word: the picture says so, the line gets another chance
const QUIET = 40000; // ms without a word from the hub (it beats every 15 s): the line is dead
const SOON = 500;
const AT_ONCE = 150; // ms until the other way is tried, when a socket has failed again
const LATE = 15000;

/** `on`: {open, frame, down, refused}; a frame after `down` means the line is back.
 * `close()` ends it for good. */
export class Link {
  constructor(hello, on) {
    this.hello = hello;
    this.on = on;
    this.tries = 0;
    this.heard = null; // when a word came last
    this.socket = null;
    this.ended = false;
    this.way = new Way(() => this.change());
    this.connect();
    this.watch = setInterval(() => this.check(), 1000);
    this.asking = setInterval(() => this.send({ op: "ping" }), ASK);
    addEventListener("online", () => this.again(0));
  }

  connect() {
    if (this.ended) return;
    const socket = this.way.dial();
    this.asked = this.way.polling;
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ op: "hello", ...this.hello }));
    socket.onmessage = (event) => this.frame(socket, event);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  frame(socket, event) {
    if (socket !== this.socket) return;
    this.heard = mark();
    let frame;
    try {
      frame = JSON.parse(event.data);
    } catch {
      return; // not ours; the next one will be
    }
    if (frame.op === "welcome") {
      this.tries = 0;
      this.on.open(frame);
    } else {
      this.on.frame(frame);
    }
  }

  send(frame) {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  closed(socket, code) {
    if (socket !== this.socket || this.ended) return;
    this.socket = null;
    this.on.down();
    if (code === 4401 || code === 4403) this.on.refused(code);
    else if (this.way.polling && !this.asked) this.again(AT_ONCE);
    else this.again(code === 1012 ? SOON : Math.min(LATE, SOON * 2 ** this.tries));
  }

  /** Comes back after up to `most` ms: full jitter, so that ten thousand do not knock at once. */
  again(most) {
    if (this.ended || this.socket) return;
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), most ? 100 + Math.random() * most * 2 : 0);
  }

  /** Sockets work again: the next line is one, and the old one is no loss. */
  change() {
    const old = this.socket;
    this.socket = null;
    if (old) old.close();
    clearTimeout(this.timer);
    this.connect();
  }

  check() {
    const socket = this.socket;
    if (!socket || !this.heard) return;
    const silent = since(this.heard);
    if (silent > Math.max(HUSH, socket.patience || 0)) this.on.down();
    if (silent > QUIET) {
      this.socket = null;
      this.heard = null;
      socket.close();
      this.again(SOON);
    }
  }

  close() {
    this.ended = true;
    clearInterval(this.watch);
    clearInterval(this.asking);
    if (this.socket) this.socket.close();
  }
}
