// Where every wall, floor and flat stands, decided once before anything is drawn. Pure.
//
// Units: a cell is 22 x 11.4 on a pitch of 24 x 13. One scale for the whole sheet, so that floors of
// different towers compare and all stand on one ground.
export const CELL = { w: 22, h: 11.4, dx: 24, dy: 13 };
export const READABLE = 14; // pixels a cell must be wide; below that floors become the cells
const SIDE = { left: 20, right: 20, top: 22, lobby: 36, name: 23 };
const GAP = 4;

const natural = (a, b) => String(a).localeCompare(String(b), "en", { numeric: true });

/** The column of each flat: by its number without the floor, so 1203 stands above 1103. */
function columns(entrance) {
  const most = Math.max(1, ...entrance.floors.map((f) => f.units.length));
  const ends = new Set();
  for (const floor of entrance.floors)
    for (const unit of floor.units) ends.add(ending(unit.label, floor.label));
  const names = [...ends].sort(natural);
  const byName = names.length <= Math.ceil(most * 1.34);
  return {
    count: byName ? Math.max(1, names.length) : most,
    of: (unit, floor, i) => (byName ? names.indexOf(ending(unit.label, floor.label)) : i),
  };
}
function ending(label, floor) {
  const text = String(label);
  return text.startsWith(String(floor)) && text.length > String(floor).length ? text.slice(String(floor).length) : text.slice(-2);
}

/** One entrance as columns of flats on both sides of the shaft. */
function entrancePlan(entrance, x0, compact) {
  const cols = compact ? { count: 1, of: () => 0 } : columns(entrance);
  const left = Math.ceil(cols.count / 2);
  const shaft = compact ? 0 : 14;
  const x = (i) => x0 + 4 + i * CELL.dx + (i >= left ? shaft : 0);
  return {
    path: entrance.path, name: entrance.name, x: x0, cols,
    width: cols.count * CELL.dx + 6 + shaft,
    shaft: compact ? null : x0 + 4 + left * CELL.dx,
    column: x, lifts: entrance.lifts ?? [], screens: entrance.screens ?? [], floors: entrance.floors,
  };
}

/** Floors that show: a cellar without flats would only push the ground away. */
const storeys = (building) => {
  const byLabel = new Map();
  for (const entrance of building.entrances)
    for (const floor of entrance.floors)
      if (floor.units.length || floor.level > 0) byLabel.set(String(floor.label), floor.level ?? 0);
  return [...byLabel].sort((a, b) => b[1] - a[1] || natural(b[0], a[0])).map(([label, level]) => ({ label, level }));
};

export function buildingPlan(building, compact) {
  const levels = storeys(building);
  const entrances = [];
  let x = SIDE.left;
  for (const entrance of building.entrances) {
    const plan = entrancePlan(entrance, x, compact);
    entrances.push(plan);
    x += plan.width + 6;
  }
  const width = compact ? x - 6 + 6 : Math.max(84, x - 6 + SIDE.right);
  const rows = new Map(levels.map((f, i) => [f.label, SIDE.top + 2 + i * CELL.dy]));
  const foot = SIDE.top + levels.length * CELL.dy + (compact ? 14 : SIDE.lobby);
  return { building, compact, entrances, levels, rows, width, foot, height: foot + (compact ? 38 : SIDE.name), wallTop: SIDE.top };
}

function pack(plans, limit) {
  const lines = [];
  let line = [], used = 0;
  for (const plan of plans) {
    if (line.length && used + GAP + plan.width > limit) { lines.push(line); line = []; used = 0; }
    line.push(plan);
    used += plan.width + (line.length > 1 ? GAP : 0);
  }
  if (line.length) lines.push(line);
  const wide = Math.max(0, ...plans.map((p) => p.width));
  return wide > limit ? null : lines;
}

function fit(plans, room, smallest, largest) {
  for (let scale = largest; scale >= smallest - 1e-9; scale -= 0.01) {
    const lines = pack(plans, room.width / scale);
    if (!lines) continue;
    const tall = lines.reduce((sum, line) => sum + Math.max(...line.map((p) => p.height)) * scale + 8, 0);
    if (tall <= room.height) return { scale, lines };
  }
  return null;
}

/**
 * The sheet for a room of pixels. `affected` is the path of the building it is about: it keeps a cell
 * per flat even where the others show a cell per floor.
 */
export function sheetPlan(layout, room, affected) {
  const smallest = READABLE / CELL.w;
  const largest = room.phone ? 0.745 : room.largest ?? 2.6;
  const many = room.phone && layout.buildings.length > 6;
  const full = layout.buildings.map((b) => buildingPlan(b, false));
  const found = many ? null : fit(full, room, smallest, largest);
  if (found) return { ...found, mode: "flats" };
  const mixed = layout.buildings.map((b, i) => (b.path === affected ? full[i] : buildingPlan(b, true)));
  for (const plan of mixed) plan.height = plan.foot + 38;
  const second = fit(mixed, room, smallest, largest);
  if (second) return { ...second, mode: "floors" };
  const tall = { ...room, height: Infinity };
  const third = fit(mixed, tall, smallest, Math.min(largest, smallest * 1.2)) ;
  if (third) return { ...third, mode: "floors" };
  const widest = Math.max(...mixed.map((p) => p.width));
  const scale = Math.min(smallest, room.width / widest);
  return { scale, lines: pack(mixed, room.width / scale + 1) ?? mixed.map((p) => [p]), mode: "floors" };
}
