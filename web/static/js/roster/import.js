// Import: always a dry run first, every problem by row and column, then the same file for real.
import { post, trouble } from "../api.js";
import { $, h, icon } from "../dom.js";
import { t, say, named, num } from "../words.js";
import { takeOver } from "./handover.js";
import { FEW, encoding, foot, hidden, missing } from "./questions.js";

const MOST = 200;
const COUNTS = ["added", "changed", "moved", "removed", "held", "joined", "unchanged"];

export function importer({ done }) {
  const box = $("#file"), drop = $("#drop"), out = $("#report");
  if (!box) return;
  const said = new Map(); // title of a column → the field a person chose
  let file = null, busy = false, last = null; // last: the trial that is shown
  const answers = { hidden: "ask", encoding: "", missing: "" };

  async function send({ dry }) {
    if (busy || !file) return;
    busy = true;
    const leaving = dry ? null : staying() ? 0 : gone(last), skip = !dry && last.stops > 0;
    out.replaceChildren(h("p", { class: "hint" }, t(dry ? "import.reading" : "import.saving", { name: file.name })));
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      const report = await post(`/roster?dry_run=${dry ? 1 : 0}&skip_problems=${skip ? 1 : 0}${dry ? "" : `&confirm_remove=${leaving}`}${choices(dry)}`, form, { timeout: 120000 });
      last = report;
      show(dry);
      if (!dry) done();
    } catch (error) {
      out.replaceChildren(...[trouble(error), encoding(error, answers.encoding, (one) => answer({ encoding: one })), h("p", { class: "hint" }, t("import.nothing_saved"))].filter(Boolean));
    }
    busy = false;
  }
  const staying = () => answers.missing === "keep" && gone(last) > FEW;
  const choices = (dry) => [...said].map(([title, field]) => `&map=${encodeURIComponent(`${title}=${field}`)}`).join("")
    + (answers.hidden === "ask" ? "" : `&hidden=${answers.hidden}`) + (answers.encoding ? `&encoding=${answers.encoding}` : "") + (!dry && staying() ? "&missing=keep" : "");
  const choose = (title, field) => { said.set(title, field); send({ dry: true }); };
  const answer = (one) => { Object.assign(answers, one); send({ dry: true }); };
  const show = (dry) => out.replaceChildren(...draw(last, dry));
  const take = (chosen) => {
    if (!chosen) return;
    file = chosen;
    said.clear();
    Object.assign(answers, { hidden: "ask", encoding: "", missing: "" });
    $("#drop-text").textContent = chosen.name;
    send({ dry: true });
  };

  function draw(report, dry) {
    const { problems, problems_left_out: cut } = report.reading;
    const rows = report.stops - report.asks, saved = !dry && report.applied, many = gone(report) > FEW;
    const leaving = !many ? gone(report) : answers.missing === "keep" ? 0 : answers.missing ? gone(report) : null;
    const head = saved ? t("import.saved") : [report.asks ? t("import.asked", { n: report.asks }) : "", rows ? t("import.stopped", { n: rows }) : ""].filter(Boolean).join(t("comma")) || t("import.ready");
    return [
      h("h3", {}, head),
      ...report.reading.sheets.map((sheet) => columns(sheet, problems, saved ? null : choose)),
      saved ? null : hidden(problems, answers.hidden, (one) => answer({ hidden: one })),
      counts(report),
      ...details(report),
      problems.length ? table(problems, cut) : h("p", { class: "good" }, icon("tick"), t("import.no_problems")),
      saved ? null : missing(report, answers.missing, (one) => { answers.missing = one; show(dry); $(`[name=missing][value=${one}]`, out)?.focus(); }),
      saved || many || !gone(report) ? null : h("p", { class: "warn" }, h("b", {}, t("import.warn_removed", { n: gone(report) })), " ", t("import.warn_whole")),
      saved ? null : foot(report, { leaving, stops: report.stops, go: () => send({ dry: false }) }),
    ].filter(Boolean);
  }

  box.addEventListener("change", () => { take(box.files[0]); box.value = ""; });
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
  takeOver().then(take);
}

const FIELDS = ["group", "building", "entrance", "floor", "unit", "place", "name", "first_name", "last_name", "phone", "email", "language", "needs", "remarks", "roles", "kind", "drill", "ref"];

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
  const change = COUNTS.filter((key) => key !== "joined" || difference.counts[key]).map((key) => [key, difference.counts[key]]);
  const block = (title, pairs) => h("div", { class: "fact-block" }, h("h4", {}, title), h("dl", { class: "facts" }, pairs.map(([key, value]) => h("div", {}, h("dt", {}, t(`import.n.${key}`)), h("dd", {}, num(value))))));
  return h("div", { class: "fact-blocks" }, block(t("import.in_file"), read), block(t("import.against"), change));
}
/** The first of each kind of change, by name; how many there are in all stands beside it. */
function details({ difference }) {
  return COUNTS.filter((key) => difference[key]?.length).map((key) => {
    const all = difference.counts[key], shown = difference[key];
    return h("details", { class: "group" }, h("summary", {}, h("b", {}, t(`import.n.${key}`)), h("span", { class: "end num" }, num(all))),
      h("ul", { class: "plain" }, shown.map((one) => h("li", {}, h("span", {}, one.name), h("span", { class: "two" }, one.fields ? one.fields.map(change).join(t("comma")) : [one.place, ...(one.homes ?? [])].join(t("comma"))))), all > shown.length ? h("li", { class: "two" }, t("import.more", { n: all - shown.length })) : null));
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
