// Import: always a dry run first, every problem by row and column, then the same file for real.
import { post, trouble } from "../api.js";
import { $, h, icon } from "../dom.js";
import { t, say, named, num } from "../words.js";
import { takeOver } from "./handover.js";

const MOST = 200;
const COUNTS = ["added", "changed", "moved", "removed", "held", "unchanged"];

export function importer({ done }) {
  const box = $("#file"), drop = $("#drop"), out = $("#report");
  if (!box) return;
  const said = new Map(); // title of a column → the field a person chose
  let file = null, busy = false, leaving = 0; // leaving: how many people the page said are removed

  async function send({ dry, skip = false }) {
    if (busy || !file) return;
    busy = true;
    out.replaceChildren(h("p", { class: "hint" }, t(dry ? "import.reading" : "import.saving", { name: file.name })));
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      const report = await post(`/roster?dry_run=${dry ? 1 : 0}&skip_problems=${skip ? 1 : 0}${dry ? "" : `&confirm_remove=${leaving}`}${maps()}`, form, { timeout: 120000 });
      leaving = gone(report);
      out.replaceChildren(...draw(report, dry));
      if (!dry) done();
    } catch (error) {
      out.replaceChildren(trouble(error), h("p", { class: "hint" }, t("import.nothing_saved")));
    }
    busy = false;
  }
  const maps = () => [...said].map(([title, field]) => `&map=${encodeURIComponent(`${title}=${field}`)}`).join("");
  const choose = (title, field) => { said.set(title, field); send({ dry: true }); };
  const take = (chosen) => { if (!chosen) return; file = chosen; said.clear(); $("#drop-text").textContent = chosen.name; send({ dry: true }); };

  function draw(report, dry) {
    const { problems, problems_left_out: hidden } = report.reading;
    const stops = report.stops;
    const saved = !dry && report.applied;
    return [
      h("h3", {}, saved ? t("import.saved") : stops ? t("import.stopped", { n: stops }) : t("import.ready")),
      ...report.reading.sheets.map((sheet) => columns(sheet, problems, saved ? null : choose)),
      counts(report),
      ...details(report),
      problems.length ? table(problems, hidden) : h("p", { class: "good" }, icon("tick"), t("import.no_problems")),
      saved || !gone(report) ? null : h("p", { class: "warn" }, h("b", {}, t("import.warn_removed", { n: gone(report) })), " ", t("import.warn_whole")),
      saved ? null : h("div", { class: "ends" },
        h("span", { class: "two" }, t(stops ? "import.choice" : "import.dry_note")),
        stops ? h("button", { class: "btn big", onclick: () => send({ dry: false, skip: true }) }, t("import.skip", { n: stops }), gone(report) ? `${t("comma")}${t("import.and_remove", { n: gone(report) })}` : "") : h("button", { class: "btn main big", onclick: () => send({ dry: false }) }, gone(report) ? t("import.go_removed", { n: gone(report) }) : t("import.go"))),
    ].filter(Boolean);
  }

  box.addEventListener("change", () => { take(box.files[0]); box.value = ""; });
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
  takeOver().then(take);
}

const FIELDS = ["group", "building", "entrance", "floor", "unit", "place", "name", "first_name", "last_name", "phone", "email", "language", "needs", "roles", "kind", "drill", "ref"];

/** What each column is, above three of its cells; a person corrects it, and the file is read again. */
function columns(sheet, problems, choose) {
  const asked = new Set(problems.filter((one) => one.code === "column_unsure" && one.sheet === sheet.name).map((one) => one.letter));
  const option = (value, words, now) => h("option", { value, selected: value === now ? "" : null }, words);
  const one = ({ letter, header, field, examples }) => {
    const now = field === "ignored" || (!field && !asked.has(letter)) ? "ignore" : field;
    const pick = h("select", { "aria-label": t("import.column_is", { name: header }), disabled: choose ? null : "", onchange: (event) => choose(header, event.target.value) },
      asked.has(letter) ? option("", t("import.column_ask"), now) : null, option("ignore", t("import.column_ignore"), now), FIELDS.map((key) => option(key, named("column", key), now)));
    return h("li", { class: asked.has(letter) ? "q" : "" }, pick, h("b", {}, header), h("span", { class: "ex" }, examples.map((text) => h("span", {}, text))));
  };
  return h("section", { class: "columns" }, h("h4", {}, t("import.columns", { sheet: sheet.name })),
    asked.size ? h("p", { class: "warn" }, t("import.columns_asked", { n: asked.size })) : null, h("ol", { class: "map" }, sheet.columns.map(one)));
}

const gone = (report) => report.difference.counts.removed;

function counts({ reading, difference }) {
  const read = ["rows", "people", "households", "unusable"].map((key) => [key, reading.counts[key]]);
  const change = COUNTS.map((key) => [key, difference.counts[key]]);
  const block = (title, pairs) => h("div", { class: "fact-block" }, h("h4", {}, title), h("dl", { class: "facts" }, pairs.map(([key, value]) => h("div", {}, h("dt", {}, t(`import.n.${key}`)), h("dd", {}, num(value))))));
  return h("div", { class: "fact-blocks" }, block(t("import.in_file"), read), block(t("import.against"), change));
}
/** The first of each kind of change, by name; how many there are in all stands beside it. */
function details({ difference }) {
  return COUNTS.filter((key) => difference[key]?.length).map((key) => {
    const all = difference.counts[key], shown = difference[key];
    return h("details", { class: "group" }, h("summary", {}, h("b", {}, t(`import.n.${key}`)), h("span", { class: "end num" }, num(all))),
      h("ul", { class: "plain" }, shown.map((one) => h("li", {}, h("span", {}, one.name), h("span", { class: "two" }, one.fields ? one.fields.map(change).join(t("comma")) : one.place))), all > shown.length ? h("li", { class: "two" }, t("import.more", { n: all - shown.length })) : null));
  });
}
const change = (one) => `${named("field", one.field)}${t("colon")}${one.before || "–"} → ${one.after || "–"}`;

function table(problems, hidden = 0) {
  const shown = problems.slice(0, MOST);
  return h("div", { class: "scroll problems" }, h("table", { class: "list" }, h("caption", {}, t("import.problems", { n: problems.length + hidden })),
    h("thead", {}, h("tr", {}, [t("import.row"), t("import.column"), t("import.found"), t("import.expected"), ""].map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, shown.map((one) => h("tr", { class: `sev-${one.severity}` },
      h("td", { class: "num" }, [one.sheet, one.row ? String(one.row) : t("import.whole")].filter(Boolean).join(" ")),
      h("td", {}, [one.letter, one.column].filter(Boolean).join(" ")), h("td", {}, h("q", {}, one.found ?? "")), h("td", {}, say(one.expected)), h("td", {}, h("span", { class: "tag" }, named("severity", one.severity))))))),
    problems.length + hidden > shown.length ? h("p", { class: "hint" }, t("import.more", { n: problems.length + hidden - shown.length })) : null);
}
