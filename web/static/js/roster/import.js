// Import: always a dry run first, every problem by row and column, then the same file for real.
import { post, trouble } from "../api.js";
import { $, h, icon } from "../dom.js";
import { t, say, named, num, has } from "../words.js";
import { takeOver } from "./handover.js";

const MOST = 200;
const COUNTS = ["added", "changed", "same", "removed", "moved"];

export function importer({ done }) {
  const box = $("#file"), drop = $("#drop"), out = $("#report");
  if (!box) return;
  let file = null, busy = false;

  async function send({ dry, skip = false }) {
    if (busy || !file) return;
    busy = true;
    out.replaceChildren(h("p", { class: "hint" }, t(dry ? "import.reading" : "import.saving", { name: file.name })));
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      const report = await post(`/roster?dry_run=${dry ? 1 : 0}&skip_problems=${skip ? 1 : 0}`, form, { timeout: 120000 });
      out.replaceChildren(...draw(report, dry));
      if (!dry) done();
    } catch (error) {
      out.replaceChildren(trouble(error), h("p", { class: "hint" }, t("import.nothing_saved")));
    }
    busy = false;
  }
  const take = (chosen) => { if (!chosen) return; file = chosen; $("#drop-text").textContent = chosen.name; send({ dry: true }); };

  function draw(report, dry) {
    const problems = report.problems ?? [];
    const stops = problems.filter((one) => one.severity === "stop").length;
    const saved = !dry && report.applied !== false && report.written !== false;
    return [
      h("h3", {}, saved ? t("import.saved") : stops ? t("import.stopped", { n: stops }) : t("import.ready")),
      counts(report),
      ...details(report),
      problems.length ? table(problems) : h("p", { class: "good" }, icon("tick"), t("import.no_problems")),
      saved ? null : h("div", { class: "ends" },
        h("span", { class: "two" }, t(stops ? "import.choice" : "import.dry_note")),
        stops ? h("button", { class: "btn big", onclick: () => send({ dry: false, skip: true }) }, t("import.skip", { n: stops })) : h("button", { class: "btn main big", onclick: () => send({ dry: false }) }, t("import.go"))),
    ].filter(Boolean);
  }

  box.addEventListener("change", () => { take(box.files[0]); box.value = ""; });
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
  takeOver().then(take);
}

const count = (value) => (Array.isArray(value) ? value.length : typeof value === "number" ? value : null);
function counts(report) {
  const from = { ...report, ...(report.counts ?? {}), ...(report.difference ?? report.diff ?? {}) };
  const shown = ["rows", "people", "households", "places", ...COUNTS, "skipped"].map((key) => [key, count(from[key])]).filter(([key, value]) => value !== null && has(`import.n.${key}`));
  return h("dl", { class: "facts" }, shown.map(([key, value]) => h("div", { class: `f-${key}` }, h("dt", {}, t(`import.n.${key}`)), h("dd", {}, num(value)))));
}
function details(report) {
  const from = { ...report, ...(report.difference ?? report.diff ?? {}) };
  return COUNTS.filter((key) => key !== "same" && Array.isArray(from[key]) && from[key].length).map((key) => h("details", { class: "group" }, h("summary", {}, h("b", {}, t(`import.n.${key}`)), h("span", { class: "end num" }, num(from[key].length))), h("ul", { class: "plain" }, from[key].slice(0, MOST).map((one) => h("li", {}, h("span", {}, one.name ?? String(one)), h("span", { class: "two" }, [one.place, ...(one.fields ?? one.changes ?? []).map(fieldName)].filter(Boolean).join(t("comma"))))))));
}
const fieldName = (one) => named("field", one.field ?? one);

function table(problems) {
  const shown = problems.slice(0, MOST);
  return h("div", { class: "scroll problems" }, h("table", { class: "list" }, h("caption", {}, t("import.problems", { n: problems.length })),
    h("thead", {}, h("tr", {}, [t("import.row"), t("import.column"), t("import.found"), t("import.expected"), ""].map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, shown.map((one) => h("tr", { class: `sev-${one.severity}` },
      h("td", { class: "num" }, [one.sheet, one.row ? String(one.row) : t("import.whole")].filter(Boolean).join(" ")),
      h("td", {}, [one.letter, one.column].filter(Boolean).join(" ")), h("td", {}, h("q", {}, one.found ?? "")), h("td", {}, say(one.expected) || one.what || ""), h("td", {}, h("span", { class: "tag" }, named("severity", one.severity))))))),
    problems.length > MOST ? h("p", { class: "hint" }, t("import.more", { n: problems.length - MOST })) : null);
}
