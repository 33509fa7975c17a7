// In which order doors are gone to: floors from the danger on, from the top, or from the bottom.
const bare = (path) => String(path ?? "").split(":").at(-1);
const natural = new Intl.Collator("en", { numeric: true });

export const ORDERS = ["danger", "down", "up"];

/** The level the incident is at, if it names a floor of this block; null otherwise. */
export function dangerLevel(items, place) {
  const [block, floor] = bare(place).split("/");
  if (!floor) return null;
  return items.find((one) => one.floor === floor && (one.block === block || one.building === block))?.level ?? levelOf({ floor }, items, block);
}
const levelOf = ({ floor }, items, block) => (items.some((one) => one.block === block || one.building === block) && /^-?\d+$/.test(floor) ? Number(floor) : null);

const levelled = (one) => one.level ?? (Number.parseInt(one.floor, 10) || 0);
/** The floor itself, then upwards, where the smoke goes, then the floors below. */
const distance = (level, danger) => (level >= danger ? level - danger : 10000 + danger - level);

const FLOORS = {
  danger: (danger) => (a, b) => distance(a.level, danger) - distance(b.level, danger),
  down: () => (a, b) => b.level - a.level,
  up: () => (a, b) => a.level - b.level,
};

/** Floors with their doors, in this order; flats of a floor by their number. */
export function floors(items, order, danger) {
  const by = new Map();
  for (const one of items) {
    const key = `${one.block}/${one.floor}`;
    if (!by.has(key)) by.set(key, { key, level: levelled(one), words: one.floor_spoken, items: [] });
    by.get(key).items.push(one);
  }
  const all = [...by.values()].sort(FLOORS[order === "danger" && danger === null ? "down" : order](danger));
  for (const floor of all) floor.items.sort((a, b) => natural.compare(a.flat, b.flat) || a.task - b.task);
  return all;
}
export const sortBlocks = (items, place) => {
  const head = bare(place).split("/")[0];
  const here = (one) => one.block === head || one.block.startsWith(`${head}-`);
  return [...items].sort((a, b) => here(b) - here(a) || (a.block === "-") - (b.block === "-") || natural.compare(a.block, b.block));
};
