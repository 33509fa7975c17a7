// Walking the building by keyboard: arrows over floors and flats, the state spoken in words.
import { t } from "../words.js";

export class Walk {
  #at = new Map();
  constructor(sheet, { open, tower, speak }) {
    this.sheet = sheet;
    const host = document.querySelector("#estate");
    host.addEventListener("keydown", (event) => {
      const door = event.target.closest?.("[data-tower]");
      if (door) this.#key(event, door.dataset.tower, { open, tower, speak });
    });
    host.addEventListener("click", (event) => {
      const door = event.target.closest("[data-tower]");
      if (!door) return;
      event.preventDefault();
      const unit = this.sheet.cellAt(event.target.closest("use"));
      if (unit === null) tower(door.dataset.tower); else open(unit);
    });
  }
  #grid(path) {
    const tower = this.sheet.tower(path);
    return tower.plan.levels.map(({ label }) => tower.building.entrances.flatMap((e) => e.floors.filter((f) => String(f.label) === label).flatMap((f) => f.units.map((u) => ({ ...u, floor: label })))));
  }
  #key(event, path, { open, tower, speak }) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const at = this.#at.get(path);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return at?.unit ? open(at.unit) : tower(path);
    }
    if (event.key === "Escape") { this.#at.delete(path); return this.sheet.cursor(path, null); }
    if (!step) return;
    event.preventDefault();
    const grid = this.#grid(path);
    const filled = grid.map((row, i) => (row.length ? i : -1)).filter((i) => i >= 0);
    if (!filled.length) return;
    let row = at ? at.row : filled.at(-1), col = at ? at.col : 0;
    if (at) {
      if (step[0]) { const next = filled.indexOf(row) + step[0]; row = filled[Math.max(0, Math.min(filled.length - 1, next))]; }
      col = Math.max(0, Math.min(grid[row].length - 1, col + step[1]));
    }
    const unit = grid[row][col];
    this.#at.set(path, { row, col, unit: unit.id });
    this.sheet.cursor(path, unit.id);
    const state = this.sheet.state(unit.id) ?? "vac";
    speak(t("walk.flat", { floor: unit.floor, flat: unit.label, state: t(`state.${state}`) }));
  }
}
