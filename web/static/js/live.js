// One line: ticket, hello, watch; back with `since` and `epoch` after a loss. A websocket, or its likeness.
import { OTHER, post } from "./api.js";
import { mark } from "../screen/elapsed.js";
import { Way } from "../screen/poll.js";

const ASK = 2500; // a ping this often, so that a dead line is known within five seconds
const SILENT = 9000;
const LONGEST = 8000;

export class Live extends EventTarget {
  #way = new Way(() => this.#change()); #asked = false;
  #topic; #seq = null; #epoch = null; #tries = 0; #socket = null; #quiet = 0; #over = false; #joining = false;
  lastContact = mark();
  open = false;

  constructor(topic) {
    super();
    this.#topic = topic;
    setInterval(() => this.#ping(), ASK);
    addEventListener("online", () => { this.#tries = 0; this.connect(); });
  }

  async connect() {
    clearTimeout(this.retry);
    if (this.#joining || this.#socket) return;
    this.#joining = true;
    let ticket;
    try {
      ({ ticket } = await post("/live/tickets", {}, { timeout: 6000 }));
      this.#joining = false;
    } catch (error) {
      this.#joining = false;
      if ([401, 403].includes(error.status) || error.code === OTHER) this.#tell("refused", { what: error.message });
      return [401, 403].includes(error.status) ? undefined : this.#again();
    }
    const socket = this.#way.dial();
    this.#asked = this.#way.polling;
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ op: "hello", ticket }));
      socket.send(JSON.stringify({ op: "watch", topic: this.#topic, ...(this.#seq === null ? {} : { since: this.#seq, epoch: this.#epoch }) }));
      this.#listen();
    };
    socket.onmessage = ({ data }) => this.#read(JSON.parse(data));
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#drop();
      if (code === 4403) this.#tell("refused", { what: "" });
      else this.#again(code === 1012 || code === 1013 || (this.#way.polling && !this.#asked));
    };
  }

  /** No socket comes through, so news is asked for. */
  get polling() { return this.#asked; }

  /** Sockets work again: the next line is one, and the old one is no loss. */
  #change() {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    clearTimeout(this.#quiet);
    this.connect();
  }

  close() { this.#over = true; clearTimeout(this.retry); this.#socket?.close(); }

  #read(frame) {
    this.lastContact = mark();
    this.#listen();
    if (frame.topic === this.#topic && frame.seq !== undefined) {
      this.#seq = frame.seq;
      this.#epoch = frame.epoch ?? this.#epoch;
    }
    if (frame.op === "welcome" || frame.op === "snapshot") {
      this.#tries = 0;
      if (!this.open) { this.open = true; this.#tell("contact", { open: true }); }
    }
    this.#tell(frame.op, frame);
  }

  #listen() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#socket?.close(), Math.max(SILENT, this.#socket?.patience ?? 0));
  }
  #ping() { if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"op":"ping"}'); }
  #drop() {
    clearTimeout(this.#quiet);
    if (this.open) { this.open = false; this.#tell("contact", { open: false }); }
  }
  #again(soon = false) {
    if (this.#over) return;
    const wait = Math.min(LONGEST, 300 * 2 ** this.#tries++);
    this.retry = setTimeout(() => this.connect(), (soon ? 300 : wait / 2) + Math.random() * wait);
  }
  #tell(kind, detail) { this.dispatchEvent(new CustomEvent(kind, { detail })); }
}
