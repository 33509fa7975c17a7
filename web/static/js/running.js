// What is running now, with the way to its board.
import { get } from "./api.js";
import { h } from "./dom.js";
import { t, say, named } from "./words.js";
import { clockShort } from "./clock.js";

export const spoken = (one) => t("incident.name", { name: say(one.playbook_name) || one.playbook, place: say(one.place_spoken) || one.place });

export async function openIncidents() {
  const { items } = await get("/incidents?status=open&limit=20");
  return items.filter((one) => one.status === "open");
}
export async function showRunning(box) {
  if (!box) return [];
  try {
    const items = await openIncidents();
    box.hidden = !items.length;
    box.replaceChildren(h("b", {}, t("running.title", { n: items.length })), ...items.map((one) => h("a", { class: `btn run-${one.kind}`, href: `/incidents/${one.id}` }, h("span", { class: "tag" }, named("kind", one.kind)), spoken(one), h("span", { class: "two" }, t("running.since", { at: clockShort(one.launched_at) })))));
    return items;
  } catch { return []; }
}
