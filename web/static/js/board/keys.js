// Keys go to places and open questions. No key sends, stops or clears by itself.
import { ask } from "../dialog.js";
import { get } from "../api.js";
import { $, h } from "../dom.js";
import { t, say } from "../words.js";

const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]") || target.closest?.("dialog");

export function keys({ update, help, tasks, sheet, tower, flat, may }) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const act = {
      u: may ? update : null, h: help, "?": list,
      t: () => { tasks(); const box = $("#tasks"); box.scrollIntoView({ block: "nearest" }); ($("button", box) ?? box).focus(); },
      "/": () => find({ sheet, flat }),
    }[key] ?? (/^[1-9]$/.test(key) ? () => { const one = sheet().towers()[Number(key) - 1]; if (one) { one.door.focus(); tower(one.building.path); } } : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const list = () => ask({ title: t("keys.title"), body: h("dl", { class: "keys" }, ["U", "H", "T", "1–9", "/", "?", "Esc"].map((key) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(`keys.${key}`))])) });

/** A flat by its number, a person by name. */
function find({ sheet, flat }) {
  const answers = h("ul", { class: "found", "aria-live": "polite" });
  let waiting = 0;
  const box = h("input", { id: "find", type: "text", autofocus: true, autocomplete: "off", "aria-describedby": "find-hint" });
  const row = (text, note, unit) => h("li", {}, h("button", { type: "button", class: "btn quiet wide", onclick: () => { $("dialog.ask").close(); flat(unit); } }, h("b", {}, text), h("span", { class: "two" }, note)));
  const look = async () => {
    const text = box.value.trim().toLowerCase();
    if (!text) return answers.replaceChildren();
    const units = sheet().towers().flatMap(({ building }) => building.entrances.flatMap((e) => e.floors.flatMap((f) => f.units.map((u) => ({ id: u.id, path: u.path ?? `${e.path}/${f.label}/${u.label}`, label: u.label, name: say(building.name) || building.path })))));
    const found = units.filter((u) => u.path.toLowerCase().startsWith(text) || u.label.toLowerCase().startsWith(text)).slice(0, 8);
    answers.replaceChildren(...found.map((u) => row(`${u.name}, ${u.label}`, u.path, u.id)));
    try {
      const { items } = await get(`/recipients?search=${encodeURIComponent(text)}&limit=8`);
      if (box.value.trim().toLowerCase() !== text) return;
      const byPath = new Map(units.map((u) => [u.path, u.id]));
      answers.append(...items.filter((one) => typeof one.place === "number" || byPath.has(pathOf(one))).map((one) => row(one.name, pathOf(one), typeof one.place === "number" ? one.place : byPath.get(pathOf(one)))));
    } catch { /* flats are enough */ }
    if (!answers.children.length) answers.replaceChildren(h("li", { class: "empty" }, t("find.none")));
  };
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 150); });
  return ask({ title: t("find.title"), body: h("div", { class: "ask-body" }, h("div", { class: "field" }, h("label", { for: "find" }, t("find.label")), box, h("span", { class: "hint", id: "find-hint" }, t("find.hint"))), answers) });
}
const pathOf = (one) => one.place?.path ?? one.place_path ?? (typeof one.place === "string" ? one.place : "");
