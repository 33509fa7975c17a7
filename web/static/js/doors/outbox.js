// What was entered and is not on record yet: held for a moment to be taken back, then sent, and kept
// on this phone until the hub has it. A stairwell has no signal; nothing entered there is lost.
import { OTHER, get, post } from "../api.js";
import { t } from "../words.js";

const UNDO = 6000; // within this long a slip of the finger is taken back without a trace
const AGAIN = 5000; // how often what could not be sent is tried by itself
const LATER = new Set([0, 401, 408, 429, 500, 502, 503, 504]);

/** Each entry: {task, outcome, was, phase: held | sending | waiting | clash | refused, why}. Entries belong to
 * whoever made them: none goes out under the name of the next who logs in on this phone. */
export class Outbox extends EventTarget {
  #entries = new Map(); #key; #timers = new Map();

  constructor(incident, actor) {
    super();
    this.incident = incident; this.actor = actor;
    this.#key = `muster.doors.${incident}.${actor}`;
    for (const one of this.#kept()) this.#entries.set(one.task, { ...one, phase: "waiting", why: "" });
    setTimeout(() => this.retry(), 300);
    setInterval(() => this.retry(), AGAIN);
    addEventListener("online", () => this.retry());
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#leave(); });
  }
  #kept() { try { return JSON.parse(localStorage.getItem(this.#key)) ?? []; } catch { return []; } }
  #keep() {
    const kept = [...this.#entries.values()].filter((one) => one.phase !== "refused" && one.phase !== "clash").map(({ task, outcome, was }) => ({ task, outcome, was }));
    try { if (kept.length) localStorage.setItem(this.#key, JSON.stringify(kept)); else localStorage.removeItem(this.#key); } catch { /* no room: it is still sent from here */ }
  }
  #said(task, kind = "changed", more = {}) { this.#keep(); this.dispatchEvent(new CustomEvent(kind, { detail: { task, ...more } })); }

  of(task) { return this.#entries.get(task); }
  /** How many entries of other people wait on this phone until they log in here again. */
  get others() {
    let found = 0;
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(`muster.doors.${this.incident}.`) && key !== this.#key) found += JSON.parse(localStorage.getItem(key)).length;
    } catch { /* nothing can be read: nothing is kept either */ }
    return found;
  }
  get stuck() { return [...this.#entries.values()].filter((one) => one.phase === "waiting"); }

  /** Entered now; sent when the moment to take it back has passed. */
  put(task, outcome, was) {
    clearTimeout(this.#timers.get(task));
    this.#entries.set(task, { task, outcome, was, phase: "held", why: "" });
    this.#timers.set(task, setTimeout(() => this.#send(task), UNDO));
    this.#said(task);
  }
  drop(task) {
    clearTimeout(this.#timers.get(task));
    this.#entries.delete(task);
    this.#said(task);
  }
  retry() { for (const one of this.stuck) this.#send(one.task); }

  async #send(task, options = {}) {
    const one = this.#entries.get(task);
    if (!one || one.phase === "sending") return;
    clearTimeout(this.#timers.get(task));
    one.phase = "sending";
    this.#said(task);
    const body = one.outcome === null ? { state: "open", was: one.was } : { state: "done", outcome: one.outcome, was: one.was };
    try {
      await post(`/incidents/${this.incident}/tasks/${task}`, body, { timeout: 12000, ...options });
      this.#end(one, await this.#row(task).catch(() => null));
    } catch (error) {
      if (error.code === "meanwhile") await this.#clash(one);
      else if (error.code === OTHER) { one.phase = "waiting"; one.why = t("doors.other_login", { name: document.body.dataset.name }); }
      else if (LATER.has(error.status) || error.name === "AbortError") { one.phase = "waiting"; one.why = error.status ? error.message : t("doors.no_contact"); }
      else { one.phase = "refused"; one.why = error.message; }
    }
    if (this.#entries.get(task) === one) this.#said(task);
  }
  #end(one, row) {
    if (this.#entries.get(one.task) === one) this.#entries.delete(one.task);
    this.#said(one.task, "sent", { row, outcome: one.outcome });
  }
  /** Somebody was there first. If it was this very entry, whose answer got lost on the way, all is well. */
  async #clash(one) {
    let row = null;
    try { row = await this.#row(one.task); } catch { one.phase = "waiting"; one.why = t("doors.no_contact"); return; }
    const mine = row && (one.outcome === null ? row.state === "open" : row.done_by === this.actor && row.outcome === one.outcome);
    if (mine) return this.#end(one, row);
    one.phase = "clash";
    this.dispatchEvent(new CustomEvent("row", { detail: { task: one.task, row } }));
  }
  async #row(task) {
    const { items } = await get(`/incidents/${this.incident}/doors?after=${task - 1}&limit=1`, { timeout: 8000 });
    return items.find((one) => one.task === task) ?? null;
  }
  /** The page is put away: what is held goes now, by a request that outlives it. */
  #leave() { for (const one of this.#entries.values()) if (one.phase === "held") this.#send(one.task, { keepalive: true }); }
}
