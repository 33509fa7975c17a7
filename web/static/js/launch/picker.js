// The building picker: bars for floors, coloured by band while you type; a touch picks a floor.
import { h, s } from "../dom.js";
import { t, say } from "../words.js";

const BAR = { w: 44, dy: 6.4, h: 5.2 };

/** Columns of the picker: each entrance of each building with its floors, top first. */
function stacks(layout) {
  return layout.buildings.flatMap((building) => building.entrances.map((entrance) => ({
    path: entrance.path, building: building.path, name: say(building.name),
    floors: [...entrance.floors].filter((f) => (f.units.length || f.level > 0) && f.path !== entrance.path).sort((a, b) => (b.level ?? 0) - (a.level ?? 0)),
  })));
}

export class Picker {
  #host; #bars = new Map(); #marks = new Map(); #columns = []; #groups = []; #depth; #pick;

  constructor(host, layout, { depth, pick }) {
    this.#host = host; this.#depth = depth; this.#pick = pick;
    this.#columns = stacks(layout);
    this.#groups = layout.groups ?? [];
    if (this.#groups.length) host.before(h("p", { class: "picker-groups" }, this.#groups.map((one) => h("button", { type: "button", class: "btn small", onclick: () => pick(one.path) }, say(one.name)))));
    const most = Math.max(1, ...this.#columns.map((c) => c.floors.length));
    host.dataset.many = this.#columns.length > 12 ? "many" : this.#columns.length > 6 ? "some" : "few";
    host.replaceChildren(...this.#columns.map((column) => this.#column(column, Math.min(most, 60))));
    host.addEventListener("click", (event) => {
      const bar = event.target.closest("[data-path]");
      if (bar) this.#pick(this.#depth === "building" || this.#depth === "site" ? bar.dataset.building : bar.dataset.path);
    });
    host.addEventListener("keydown", (event) => this.#key(event));
  }

  #column(column, most) {
    const height = most * BAR.dy;
    const over = s("g", { class: "over" });
    const top = height - column.floors.length * BAR.dy;
    const bars = column.floors.map((floor, i) => {
      const path = `${column.path}/${floor.label}`;
      const bar = s("rect", { x: 0, y: top + i * BAR.dy, width: BAR.w, height: BAR.h, "data-path": path, "data-building": column.building });
      this.#bars.set(path, { bar, column, floor, y: top + i * BAR.dy });
      return bar;
    });
    this.#marks.set(column.path, over);
    return s("svg", { viewBox: `-17 0 ${BAR.w + 24} ${height + 16}`, "aria-hidden": "true" },
      s("rect", { class: "hit", x: 0, y: top, width: BAR.w, height: Math.max(1, height - top + 14), "data-path": `${column.path}`, "data-building": column.building }), bars,
      s("text", { x: BAR.w / 2, y: height + 12, "text-anchor": "middle" }, column.path), over);
  }

  /** Arrows move over buildings and floors; what they reach goes into the place field. */
  #key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [head, floor] = (this.now ?? "").split("/");
    let column = this.#columns.findIndex((c) => c.path === head || c.building === head);
    if (column < 0) column = 0; else column = Math.max(0, Math.min(this.#columns.length - 1, column + step[1]));
    const { path, building, floors } = this.#columns[column];
    if (this.#depth === "building" || this.#depth === "site") return this.#pick(building);
    if (!floors.length) return this.#pick(path); // shops and villas stand on no floor
    let at = floors.findIndex((f) => String(f.label) === floor);
    at = at < 0 ? floors.length - 1 : Math.max(0, Math.min(floors.length - 1, at + step[0]));
    this.#pick(`${path}/${floors[at].label}`);
  }

  /** Colours each floor by its band; `order` is the bands in the playbook's order. */
  bands(byFloor, order) {
    for (const [path, { bar }] of this.#bars) {
      const band = byFloor?.[path];
      const z = band === undefined ? "" : `z${Math.min(4, Math.max(1, order.indexOf(band) + 1))}`;
      if ((bar.getAttribute("class") ?? "") !== z) bar.setAttribute("class", z);
    }
    this.place(this.now ?? "");
  }

  /** The floor itself, its flag, and the bracket over the floors that leave with it. */
  place(path) {
    this.now = path;
    for (const over of this.#marks.values()) over.replaceChildren();
    for (const { bar } of this.#bars.values()) bar.removeAttribute("data-here");
    const [head, floor] = path.split("/");
    const whole = this.#groups.find((one) => one.path === head.toUpperCase());
    for (const [own, { bar, column, y, floor: one }] of this.#bars) {
      if (whole?.buildings.includes(column.building)) bar.setAttribute("data-here", "");
      if (!(column.path === head || column.building === head)) continue;
      if (floor === undefined) { bar.setAttribute("data-here", ""); continue; }
      if (String(one.label) !== floor) continue;
      bar.setAttribute("data-here", "floor");
      const over = this.#marks.get(column.path);
      over.append(s("path", { class: "fl", d: `M-16 ${y - 3.4}h11l5 6-5 6h-11z` }), s("text", { class: "ft", x: -9.5, y: y + 5.6, "text-anchor": "middle" }, String(one.label)));
      this.#bracket(over, own, column);
    }
  }
  #bracket(over, path, column) {
    const look = (one) => this.#bars.get(one)?.bar.getAttribute("class");
    const own = look(path);
    if (!own) return;
    const same = column.floors.map((f) => `${column.path}/${f.label}`).filter((one) => one === path || look(one) === "z1");
    const ys = same.map((one) => this.#bars.get(one).y);
    if (ys.length > 1) over.append(s("path", { class: "zn", d: `M${BAR.w + 2} ${Math.min(...ys)}h3V${Math.max(...ys) + BAR.h}h-3` }));
  }
  buildings() { return [...this.#groups.map((one) => one.path), ...new Set(this.#columns.map((c) => c.building))].slice(0, 30); }
  knows(path) {
    if (path === "all") return true;
    const [head, floor] = path.split("/");
    if (this.#groups.some((one) => one.path === path.toUpperCase())) return true;
    return this.#columns.some((c) => (c.path === head || c.building === head) && (floor === undefined || c.floors.some((f) => String(f.label) === floor)));
  }
}

export function bandKey(host, bands, counts) {
  host.replaceChildren(...bands.map((band, i) => h("span", {}, h("i", { class: `z${Math.min(4, i + 1)}` }), counts ? t("form.band", { name: say(band.name), n: band.people }) : say(band.name))));
}
