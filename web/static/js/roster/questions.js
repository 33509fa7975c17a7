// What an import asks before it is saved: hidden rows, the encoding, and who is not in the file.
import { h, s } from "../dom.js";
import { t, named, num } from "../words.js";

export const FEW = 5; // so many leave without their number being asked for
const ENCODINGS = ["cp1252", "big5", "gb18030", "shift_jis", "euc-kr", "cp1250", "cp1251", "utf-16"];

/** Choices side by side, each with a line that says what it means. */
function pick(name, legend, choices, now, choose) {
  return h("fieldset", { class: "pick3" }, h("legend", { class: "sr" }, legend), choices.map(([value, title, note]) =>
    h("label", {}, h("input", { type: "radio", name, value, checked: value === now, onchange: () => choose(value) }), h("b", {}, title), h("small", {}, note))));
}
const MARK = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.6 9.7c.2-1.5 1.2-2.3 2.5-2.3 1.4 0 2.4.9 2.4 2.2 0 1.9-2.5 2-2.5 3.9M12 16.6h.01";
const mark = () => s("svg", { class: "i", viewBox: "0 0 24 24", "aria-hidden": "true" }, s("path", { d: MARK }));
const question = (title, lead, ...answers) => h("section", { class: "askq" }, mark(), h("h4", {}, title), h("div", {}, h("p", {}, lead), answers));

/** Whether the rows nobody sees belong; asked while there are any, and changeable once answered. */
export function hidden(problems, now, choose) {
  const rows = problems.filter((one) => one.code === "rows_hidden");
  if (!rows.length && now === "ask") return null;
  const sheets = [...new Set(rows.map((one) => one.sheet))].join(t("comma"));
  return question(t("import.hidden"), rows.length ? t("import.hidden_lead", { sheets }) : t("import.hidden_done"),
    pick("hidden", t("import.hidden"), ["take", "leave"].map((one) => [one, t(`import.hidden_${one}`), t(`import.hidden_${one}_note`)]), now, choose));
}

/** What a text file is written in, where the hub cannot tell. */
export function encoding(error, now, choose) {
  if (!/^roster_encoding/.test(error.code ?? "")) return null;
  const box = h("select", { id: "encoding", onchange: (event) => event.target.value && choose(event.target.value) },
    h("option", { value: "" }, t("import.column_ask")), ENCODINGS.map((one) => h("option", { value: one, selected: one === now ? "" : null }, named("encoding", one))));
  return question(t("import.encoding"), t("import.encoding_lead"), h("div", { class: "field" }, h("label", { for: "encoding" }, t("import.encoding_is")), box));
}

const block = (building) => (/^[0-9A-Z]+$/.test(building) ? t("import.building", { building }) : building);
function bar(part) {
  const one = h("i");
  one.style.setProperty("--w", `${Math.round(part * 100)}%`);
  return one;
}

/** Who is stored and not in the file, by building, and what is to become of them. */
export function missing(report, now, choose) {
  const count = report.difference.counts.removed, blocks = report.difference.missing ?? [];
  if (count <= FEW) return null;
  const whole = blocks.filter((one) => one.missing === one.stored && one.stored > 1);
  return h("section", { class: "gone" }, h("h4", {}, t("import.gone", { n: count })),
    h("p", {}, whole.length ? h("b", {}, whole.map((one) => t("import.gone_all", { building: block(one.building), n: one.stored })).join(" ")) : null, " ", t("import.gone_note")),
    h("ul", { class: "bars" }, blocks.map((one) => h("li", {}, bar(one.missing / one.stored), t("import.gone_of", { n: one.missing, all: one.stored }), h("br"), h("b", {}, block(one.building))))),
    pick("missing", t("import.gone_what"), [["keep", t("import.keep", { n: count }), t("import.keep_note")], ["remove", t("import.remove", { n: count }), t("import.remove_note")]], now, choose));
}

/** The foot of the page: what will happen, and the number of those who leave typed by hand. */
export function foot(report, { leaving, stops, go }) {
  const { added, changed, moved } = report.difference.counts;
  const save = h("button", { class: "btn main big", disabled: leaving === null ? "" : null }, leaving ? t("import.go_removed", { n: leaving }) : stops ? t("import.skip_go") : t("import.go"));
  const number = h("input", { id: "leaving", inputmode: "numeric", autocomplete: "off", required: true });
  const right = () => number.value.replace(/[\s,，]/g, "") === String(leaving);
  const asked = leaving > FEW;
  if (asked) { save.disabled = true; number.addEventListener("input", () => { save.disabled = !right(); }); }
  return h("div", { class: "save" },
    h("p", {}, h("b", {}, t(leaving ? "import.sum_removed" : "import.sum", { added, changed: changed + moved, removed: leaving ?? 0 })), h("br"), h("span", { class: "two" }, leaving === null ? t("import.decide") : stops ? t("import.choice") : t("import.dry_note"))),
    h("form", { onsubmit: (event) => { event.preventDefault(); if (!asked || right()) go(); } }, asked ? [h("label", { for: "leaving" }, t("import.type_number")), number] : null, save));
}
