// Where the guessed flat is: the floors around it, as the board has them, with the danger's own floor.
import { get } from "../api.js";
import { $, chip, h, put, s } from "../dom.js";
import { t, say } from "../words.js";
import { freshPlan } from "../estate/known.js";

const AROUND = 3, W = 54, H = 25, GAP = 4, LEFT = 62;
const LEGEND = ["help", "told", "safe", "evac", "unre", "away"];
const box = $("#near");
let layout = null, shown = "", board = { id: 0, cells: {}, place: "" };

/** Draws the floors around this reply's guess; nothing where it names no flat of ours. */
export async function near(reply, running) {
  const wanted = reply?.guess?.place_id ? `${reply.id}` : "";
  if (!wanted) { shown = ""; box.hidden = true; return; }
  try {
    layout ??= (await freshPlan()).layout;
    const found = find(layout, reply.guess.place_id);
    if (!found) { box.hidden = true; return; }
    await states(running.find((one) => one.id === reply.incident) ?? running.find((one) => one.kind === "live"));
    const key = `${wanted}/${JSON.stringify(found.floors.map((floor) => floor.units.map((unit) => board.cells[unit.id])))}`;
    box.hidden = false;
    if (key === shown) return;
    shown = key;
    put($("h2", box), t("replies.near", { flat: found.unit.label }));
    $(".near-in", box).replaceChildren(drawing(found), h("p", { class: "lg2" }, LEGEND.map((state) => h("span", {}, chip(state), t(`state.${state}`)))));
  } catch { box.hidden = true; /* the words and the place stand on the card */ }
}

async function states(incident) {
  if (!incident) { board = { id: 0, cells: {}, place: "" }; return; }
  const read = await get(`/incidents/${incident.id}/board`);
  board = { id: incident.id, cells: read.cells ?? {}, place: (incident.place ?? "").split(":").at(-1) };
}

function find({ buildings }, id) {
  for (const building of buildings) for (const entrance of building.entrances) {
    const at = entrance.floors.findIndex((floor) => floor.units.some((unit) => unit.id === id));
    if (at < 0) continue;
    const from = Math.max(0, Math.min(at - AROUND, entrance.floors.length - 2 * AROUND - 1));
    return { building, entrance, floor: entrance.floors[at], unit: entrance.floors[at].units.find((unit) => unit.id === id), floors: entrance.floors.slice(from, from + 2 * AROUND + 1) };
  }
  return null;
}

function drawing({ building, entrance, floor: own, unit, floors }) {
  const most = Math.max(...floors.map((floor) => floor.units.length)), row = H + 5;
  const width = LEFT + most * (W + GAP) + 10, height = floors.length * row + 12;
  const [tower, level] = board.place.split("/");
  const danger = [building.path, entrance.path].includes(tower) ? floors.findIndex((floor) => floor.label === level) : -1;
  const x = (i) => LEFT + 6 + i * (W + GAP), y = (i) => 8 + i * row;
  const at = floors.indexOf(own), place = own.units.indexOf(unit);
  return s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("replies.near_label", { name: say(building.name) || building.path, flat: unit.label, state: t(`state.${board.cells[unit.id] ?? "vac"}`) }) },
    s("rect", { class: "wall", x: LEFT, y: 2, width: width - LEFT - 2, height: height - 4, rx: 2 }),
    floors.map((floor, i) => [
      s("text", { x: LEFT - 8, y: y(i) + 17, "text-anchor": "end", class: floor === own ? "now" : null }, floor.label),
      floor.units.map((one, j) => s("use", { href: `#u-${board.cells[one.id] ?? "vac"}`, x: x(j), y: y(i), width: W, height: H })),
    ]),
    danger < 0 ? null : [s("rect", { class: "flr", x: LEFT - 1, y: y(danger) - 3, width: width - LEFT, height: H + 6, rx: 2 }), s("path", { class: "flag", d: `M2 ${y(danger) + 2}h38l8 10-8 10H2z` }), s("text", { class: "ft", x: 22, y: y(danger) + 16, "text-anchor": "middle" }, t("replies.near_here"))],
    s("rect", { class: "ring", x: x(place) - 3, y: y(at) - 2, width: W + 6, height: H + 4, rx: 3 }),
    s("circle", { class: "gq", cx: x(place) + W, cy: y(at), r: 9 }), s("text", { class: "gt", x: x(place) + W, y: y(at) + 4, "text-anchor": "middle" }, "?"));
}
