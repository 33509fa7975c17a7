// One building as a drawing. Everything is placed here once; afterwards only attributes change.
import { s } from "../dom.js";
import { t, say } from "../words.js";
import { CELL } from "./plan.js";

const ROOFS = [[0, 30], [42, 34], [28, 60], [42, 34], [28, 60], [86, 30]];

export function towerSvg(plan, index, scale) {
  const { building, width, height, foot } = plan;
  const svg = s("svg", {
    class: "tower", viewBox: `0 0 ${width} ${height}`,
    width: Math.round(width * scale * 10) / 10, height: Math.round(height * scale * 10) / 10, "aria-hidden": "true", "data-small": scale < 0.8,
  });
  const cells = new Map();
  const lobby = new Map();
  for (const [i, entrance] of plan.entrances.entries()) {
    svg.append(...walls(plan, entrance, i === 0 ? index : -1));
    if (i === 0) svg.append(...floorNumbers(plan, scale < 0.8 ? 10 : 5));
    svg.append(...flats(plan, entrance, cells));
    svg.append(...ground(plan, entrance, lobby));
  }
  const over = s("g", { class: "over" });
  const last = plan.entrances.at(-1);
  const x0 = plan.entrances[0].x, x1 = last.x + last.width;
  const percent = plan.compact ? s("text", { class: "pct", x: x0, y: foot + 32 }) : s("text", { class: "pct", x: x1, y: foot + 16, "text-anchor": "end" });
  svg.append(
    s("path", { class: "ground", d: `M-2 ${foot}H${width + 2}` }),
    s("text", { class: "name", x: x0, y: foot + 16 }, shortName(building, plan.compact)),
    percent, over,
  );
  return { svg, cells, lobby, over, percent, x0, x1 };
}

const shortName = (building, compact) => (compact && building.path.length < 6 ? building.path : say(building.name) || building.path);

function walls(plan, entrance, index) {
  const { wallTop: top, foot } = plan;
  const parts = [];
  if (index >= 0 && !plan.compact && plan.entrances.length === 1) {
    const [at, wide] = ROOFS[index % ROOFS.length];
    const w = Math.min(wide, entrance.width), x = entrance.x + Math.min(at, entrance.width - w);
    parts.push(s("path", { class: "wall", d: `M${x} ${top}v-8h${w}v8` }));
  }
  parts.push(s("rect", { class: "wall", x: entrance.x, y: top, width: entrance.width, height: foot - top }));
  if (entrance.shaft !== null) {
    const x = entrance.shaft, end = foot - 34;
    parts.push(s("rect", { class: "shaft", x, y: top, width: 12, height: end - top }));
    if (entrance.lifts.length) parts.push(s("path", { class: "rope", d: `M${x + 3.5} ${top}V${end}M${x + 8.5} ${top}V${end}` }));
  }
  return parts;
}

function floorNumbers(plan, step) {
  const few = plan.levels.length <= 9 && step === 5;
  const last = plan.levels.length - 1;
  const shown = plan.levels.filter((f, i) => few || i === last || (f.level % step === 0 && last - i > 1));
  return shown.map((f) => s("text", { x: plan.entrances[0].x - 4, y: plan.rows.get(f.label) + 9, "text-anchor": "end" }, f.label));
}

function flats(plan, entrance, cells) {
  const made = [];
  for (const floor of entrance.floors) {
    const y = plan.rows.get(String(floor.label));
    if (y === undefined) continue;
    if (plan.compact) {
      const use = cell(entrance.column(0), y, "vac");
      const share = s("rect", { class: "share", x: entrance.column(0), y: y + CELL.h - 2.2, width: 0, height: 2.2 });
      made.push(use, share);
      const group = { use, share, x: entrance.column(0), y, floor, units: new Map(), state: "vac" };
      for (const unit of floor.units) cells.set(unit.id, group);
    } else {
      for (const [i, unit] of floor.units.entries()) {
        const x = entrance.column(entrance.cols.of(unit, floor, i));
        const use = cell(x, y, "vac");
        made.push(use);
        cells.set(unit.id, { use, x, y, floor, unit, entrance, state: "vac" });
      }
    }
  }
  return made;
}
const cell = (x, y, state) => s("use", { href: `#u-${state}`, x, y, width: CELL.w, height: CELL.h });

/** The lobby: its screen, its lift cars, and room for two short facts. */
function ground(plan, entrance, lobby) {
  const { foot } = plan;
  const parts = [];
  const screens = entrance.screens;
  if (plan.compact) {
    if (!screens.length) return parts;
    const shape = s("rect", { class: "scr idle", x: entrance.x + 5, y: foot - 11, width: 20, height: 8, rx: 1.5 });
    parts.push(shape);
    lobby.set(entrance.path, { screens, shape, small: true });
    return parts;
  }
  const y = foot - 27;
  const roomy = entrance.width >= 104;
  let group = null;
  if (screens.some((one) => one.kind !== "lift")) {
    const shape = s("rect", { class: "scr idle", x: entrance.x + 6, y, width: 34, height: 20, rx: 2 });
    const lines = s("path", { class: "scr-l", d: "" });
    parts.push(shape, lines);
    group = { screens, shape, lines, x: entrance.x + 6, y };
  }
  const cars = Math.min(entrance.lifts.length, 3);
  const first = entrance.shaft === null ? entrance.x + 46 : entrance.shaft + 6 - cars * 4.5 + (group ? Math.max(0, entrance.x + 44 - (entrance.shaft + 6 - cars * 4.5)) : 0);
  const carScreens = [];
  for (let i = 0; i < cars; i += 1) {
    parts.push(s("rect", { class: "car", x: first + i * 9, y, width: 8, height: 22 }));
    if (screens.some((one) => one.kind === "lift")) {
      const inside = s("rect", { class: "scr dim", x: first + i * 9 + 2, y: y + 3, width: 4, height: 5 });
      carScreens.push(inside);
      parts.push(inside);
    }
  }
  if (roomy && (screens.length || cars)) {
    const x = Math.max(first + cars * 9 + 5, entrance.x + 46);
    const one = s("text", { class: "ok-t", x, y: y + 8 });
    const two = s("text", { class: "ok-t second", x, y: y + 19 }, cars ? t("sheet.lifts", { n: entrance.lifts.length }) : "");
    parts.push(one, two);
    group = { ...(group ?? { screens }), text: one, second: two, carScreens };
  } else if (group) group.carScreens = carScreens;
  if (group) lobby.set(entrance.path, group);
  if (plan.entrances.length > 1) parts.push(s("text", { class: "ent", x: entrance.x + 4, y: plan.wallTop - 3 }, entrance.path));
  return parts;
}
