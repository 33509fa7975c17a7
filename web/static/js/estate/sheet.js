// The building drawing, live: a changed flat is one changed attribute, many of them one frame.
import { h, s, put } from "../dom.js";
import { t, say, pct } from "../words.js";
import { clockShort } from "../clock.js";
import { CELL, sheetPlan } from "./plan.js";
import { towerSvg } from "./tower.js";

const PER_FRAME = 2500; // cells repainted in one frame at most; the rest follow in the next
const ORDER = ["help", "unre", "none", "told", "evac", "safe", "away"];
const DONE = new Set(["safe", "evac", "away"]);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Sheet extends EventTarget {
  #host; #layout; #towers = new Map(); #where = new Map(); #states = new Map(); #pending = new Map(); #frame = 0;
  #people = new Map(); #mark = null; #screens = {}; #clear = false; #over = false; #hidden = new Set(); #affected;

  constructor(host, layout, { affected = null, room, link = true } = {}) {
    super();
    this.#host = host; this.#layout = layout; this.#affected = affected; this.link = link;
    this.room = room ?? (() => defaultRoom(host));
    this.#draw();
    if (!room) this.#watchWidth();
  }

  get layout() { return this.#layout; }
  state(id) { return this.#states.get(Number(id)) ?? null; }
  tower(path) { return this.#towers.get(path); }
  towers() { return [...this.#towers.values()]; }

  #draw() {
    const plan = sheetPlan(this.#layout, this.room(), this.#affected);
    this.mode = plan.mode;
    this.#towers.clear(); this.#where.clear();
    let index = 0;
    const lines = plan.lines.map((line) => h("div", { class: "line" }, line.map((one) => this.#tower(one, index++, plan.scale))));
    this.#host.querySelectorAll(":scope > .line").forEach((old) => old.remove());
    this.#host.append(...lines);
    this.#host.dataset.mode = plan.mode;
  }

  #tower(plan, index, scale) {
    const drawn = towerSvg(plan, index, scale);
    const { building } = plan;
    const label = h("span", { class: "sr" }, say(building.name) || building.path);
    const door = this.link
      ? h("a", { class: "tw", href: `#tower-${building.path}`, id: `tower-${building.path}`, "data-tower": building.path }, label, drawn.svg)
      : h("span", { class: "tw" }, drawn.svg);
    const tower = { ...drawn, small: scale < 0.8, plan, building, door, label, rings: new Map(), cursor: null };
    this.#towers.set(building.path, tower);
    for (const [id, cell] of drawn.cells) this.#where.set(id, { tower, cell });
    return door;
  }

  /** Another window size is another plan; the states come back as they were. */
  #watchWidth() {
    let width = this.#host.clientWidth, waiting = 0;
    new ResizeObserver(() => {
      if (Math.abs(this.#host.clientWidth - width) < 24) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => { width = this.#host.clientWidth; this.redraw(); }, 200);
    }).observe(this.#host);
  }
  redraw(layout) {
    if (layout) this.#layout = layout;
    this.#draw();
    const all = new Map(this.#states);
    this.#states.clear();
    this.cells(Object.fromEntries(all), { at_once: true });
    this.people(Object.fromEntries(this.#people));
    if (this.#mark) this.mark(this.#mark);
    this.screens(this.#screens);
    this.filter(this.#hidden);
    this.dispatchEvent(new Event("drawn"));
  }

  cells(changes, { at_once = false } = {}) {
    for (const [id, state] of Object.entries(changes)) this.#pending.set(Number(id), state);
    if (at_once) while (this.#pending.size) this.#paint();
    else if (!this.#frame && this.#pending.size) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#frame = 0;
    let left = PER_FRAME;
    const few = this.#pending.size < 40 && !calm.matches && this.#states.size > 0;
    for (const [id, state] of this.#pending) {
      this.#pending.delete(id);
      this.#one(id, state, few);
      if (--left === 0) break;
    }
    if (this.#pending.size) this.#frame = requestAnimationFrame(() => this.#paint());
    else this.dispatchEvent(new Event("painted"));
  }

  #one(id, state, fade) {
    this.#states.set(id, state);
    const found = this.#where.get(id);
    if (!found) return;
    const { tower, cell } = found;
    let shown = state;
    if (cell.units) {
      cell.units.set(id, state);
      shown = worst(cell.units.values());
      const done = [...cell.units.values()].filter((one) => DONE.has(one)).length;
      cell.share.setAttribute("width", ((done / cell.floor.units.length) * CELL.w).toFixed(1));
    }
    if (cell.state === shown) return;
    cell.state = shown;
    cell.use.setAttribute("href", `#u-${shown}`);
    this.#dim(cell);
    if (fade) cell.use.animate([{ opacity: 0.15 }, { opacity: 1 }], { duration: 240, easing: "ease-out" });
    ring(tower, cell, shown === "help");
  }

  #dim(cell) {
    if (this.#hidden.has(cell.state)) cell.use.setAttribute("class", "dim");
    else if (cell.use.hasAttribute("class")) cell.use.removeAttribute("class");
  }

  /** Fades the flats of the states in `hidden`, in place. */
  filter(hidden) {
    this.#hidden = new Set(hidden);
    for (const { cell } of this.#where.values()) this.#dim(cell);
  }

  /** `{unit: [people, answered]}`: the share that answered, under each tower and in its name. */
  people(changes) {
    const touched = new Set();
    for (const [id, pair] of Object.entries(changes)) {
      this.#people.set(Number(id), pair);
      const found = this.#where.get(Number(id));
      if (found) touched.add(found.tower);
    }
    for (const tower of touched) this.#name(tower);
  }
  #name(tower) {
    let people = 0, answered = 0, help = 0;
    for (const [id] of tower.cells) {
      const pair = this.#people.get(id);
      if (pair) { people += pair[0]; answered += pair[1]; }
      if (this.#states.get(id) === "help") help += 1;
    }
    put(tower.percent, people ? `${Math.floor((answered / people) * 100)}%` : "");
    put(tower.label, t("sheet.tower", { name: say(tower.building.name) || tower.building.path, people, percent: pct(answered, people), help }));
  }
  share(path) {
    let people = 0, answered = 0;
    for (const [id] of this.#towers.get(path)?.cells ?? []) {
      const pair = this.#people.get(id);
      if (pair) { people += pair[0]; answered += pair[1]; }
    }
    return { people, answered };
  }

  /** `clear`: what they show is the all-clear; `over`: nothing is to be shown any more. */
  get clear() { return this.#clear; }
  screens(states, { clear = this.#clear, over = this.#over } = {}) {
    this.#clear = clear; this.#over = over;
    this.#screens = { ...this.#screens, ...states };
    for (const tower of this.#towers.values())
      for (const group of tower.lobby.values()) paintScreens(group, this.#screens, { clear, over });
  }

  /** The flag, the affected floor and the bracket: `{building, floor, flag, zone: [labels], zoneName}`. */
  mark(mark) {
    this.#mark = mark;
    const tower = this.#towers.get(mark.building);
    if (!tower) return;
    tower.over.querySelectorAll(".place").forEach((old) => old.remove());
    tower.over.prepend(...placeMarks(tower, mark));
  }

  /** The flat the keyboard stands on. */
  cursor(path, id) {
    const tower = this.#towers.get(path);
    tower?.cursor?.remove();
    const found = id === null ? null : this.#where.get(id);
    if (!tower || !found) return;
    tower.cursor = s("rect", { class: "sel", x: found.cell.x - 1.5, y: found.cell.y - 1.2, width: CELL.w + 3, height: CELL.h + 2.4, rx: 3 });
    tower.over.append(tower.cursor);
  }

  cellAt(target) {
    for (const [id, { cell }] of this.#where) if (cell.use === target) return cell.unit ? id : null;
    return null;
  }
}

export const worst = (states) => {
  const all = [...states];
  return ORDER.find((one) => all.includes(one)) ?? "vac";
};

function ring(tower, cell, on) {
  const old = tower.rings.get(cell);
  if (on && !old) {
    const made = s("rect", { class: "ring", x: cell.x - 2.5, y: cell.y - 2.5, width: CELL.w + 5, height: CELL.h + 5, rx: 3.5 });
    tower.rings.set(cell, made);
    tower.over.append(made);
  } else if (!on && old) { old.remove(); tower.rings.delete(cell); }
}

function paintScreens(group, states, { clear, over }) {
  const known = group.screens.map((one) => states[one.recipient]).filter(Boolean);
  const shown = known.filter((one) => one.state === "shown").length;
  const off = known.find((one) => one.state === "offline");
  const lobby = group.screens.filter((one) => one.kind !== "lift").map((one) => states[one.recipient]);
  const lit = lobby.some((one) => one?.state === "shown") && !lobby.some((one) => one?.state === "offline");
  const broken = lobby.some((one) => one?.state === "offline");
  group.shape?.setAttribute("class", lit ? `scr${clear ? " clear" : ""}` : broken ? "scr off" : "scr idle");
  if (group.lines) {
    const { x, y } = group;
    group.lines.setAttribute("class", lit ? "scr-l" : "scr-x");
    group.lines.setAttribute("d", lit && clear ? `M${x + 10} ${y + 10.5}l5 5 9-10` : lit ? `M${x + 5} ${y + 6}h24M${x + 5} ${y + 10.5}h18M${x + 5} ${y + 15}h21` : broken ? `M${x + 12} ${y + 5}l10 10M${x + 22} ${y + 5}l-10 10` : "");
  }
  const inCars = group.screens.filter((one) => one.kind === "lift").map((one) => states[one.recipient]?.state);
  group.carScreens?.forEach((car, i) => car.setAttribute("class", inCars[i] === "shown" ? `scr${clear ? " clear" : ""}` : "scr dim"));
  if (!group.text) return;
  put(group.text, off ? t("sheet.offline") : known.length && (shown || !over) ? (shown === known.length ? t(clear ? "sheet.clear" : "sheet.shown") : t("sheet.shown_some", { n: shown, of: known.length })) : "");
  group.text.setAttribute("class", off ? "bad-t" : "ok-t");
  if (off?.since) put(group.second, t("sheet.since", { at: clockShort(off.since) }));
}

function placeMarks(tower, { floor, flag, zone = [], zoneName = "" }) {
  const { rows } = tower.plan;
  const made = [];
  const y = rows.get(String(floor));
  if (y !== undefined) {
    made.push(
      s("rect", { class: "fire place", x: tower.x0 - 1, y: y - 1.7, width: tower.x1 - tower.x0 + 2, height: 14.8, rx: 2 }),
      s("path", { class: "flag place", d: `M${tower.x0 - 31} ${y - 2.5}h24l6 8.2-6 8.2h-24z` }),
      s("text", { class: "flag-t place", x: tower.x0 - 18, y: y + 9.4, "text-anchor": "middle" }, flag),
    );
  }
  const ys = zone.map((label) => rows.get(String(label))).filter((one) => one !== undefined);
  if (ys.length > 1) {
    const top = Math.min(...ys) - 1, end = Math.max(...ys) + CELL.h + 1, x = tower.x1 + 3, mid = (top + end) / 2;
    made.push(s("path", { class: "zone place", d: `M${x} ${top}h5V${end}h-5` }));
    if (end - top > 60) made.push(s("text", { class: "zone-t place", "text-anchor": "middle", transform: `translate(${x + (tower.small ? 17 : 16)} ${mid}) rotate(-90)` }, zoneName));
  }
  return made;
}

function defaultRoom(host) {
  const phone = innerWidth <= 860;
  const style = getComputedStyle(host);
  const width = host.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const below = host.dataset.below ? Number(host.dataset.below) : 200;
  const top = host.getBoundingClientRect().top + scrollY;
  const height = phone ? Infinity : Math.max(Number(host.dataset.least ?? 380), innerHeight - top - below);
  return { phone, width, height, largest: Number(host.dataset.largest ?? 2.6) };
}

