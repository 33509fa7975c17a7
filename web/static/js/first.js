// The quiet board: the sheet without states, and the three steps with what is already done.
import { get } from "./api.js";
import { $, at, icon, put } from "./dom.js";
import { t, num } from "./words.js";
import { freshPlan, lastPlan } from "./estate/known.js";
import { Sheet } from "./estate/sheet.js";
import { digits } from "./pairing.js";
import { showRunning } from "./running.js";
import { handOver } from "./roster/handover.js";

const role = document.body.dataset.role;
let sheet = null;

function raise(layout) {
  if (!layout.buildings.length) { $("#sheet-empty").hidden = false; return; }
  sheet = new Sheet($("#estate"), layout, { link: false });
  put($("#fe"), t("first.sheet_here"));
  const flats = layout.buildings.reduce((sum, b) => sum + b.entrances.reduce((s, e) => s + e.floors.reduce((n, f) => n + f.units.length, 0), 0), 0);
  put($("#sheet-hint"), t("first.sheet_counts", { towers: layout.buildings.length, flats }));
}
function done(step, text) {
  const box = $(`#step-${step}`);
  box.classList.add("done");
  $(".no", box).replaceChildren(icon("tick"));
  put($("[data-text]", box), text);
}
async function progress() {
  if (role === "viewer") return;
  const [people, screens, past] = await Promise.allSettled([get("/recipients?kind=resident&kind=staff&limit=1"), get("/screens"), get("/incidents?limit=1")]);
  const steps = [];
  if (people.value?.items.length) { done("roster", t("first.roster_done")); steps.push("roster"); }
  const paired = screens.value?.items.filter((one) => one.paired).length ?? 0;
  if (paired) { done("screen", t("first.screen_done", { n: paired, all: num(screens.value.items.length) })); steps.push("screen"); }
  if (past.value?.items.length) { done("drill", t("first.rehearse_done")); steps.push("drill"); }
  for (const step of ["roster", "screen", "drill"]) $(`#step-${step}`).classList.toggle("on", step === ["roster", "screen", "drill"].find((one) => !steps.includes(one)));
  if (steps.length === 3) put($("#first-title"), t("first.quiet"));
}

const known = lastPlan();
if (known) raise(known);
freshPlan().then(({ layout, changed }) => { if (!sheet) { $("#sheet-empty").hidden = true; raise(layout); } else if (changed) sheet.redraw(layout); }).catch(() => {});
progress();
showRunning($("#running"));

const form = $("#pair-form");
digits(form);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = [...form.querySelectorAll(".code input")].map((box) => box.value).join("");
  location.assign(at(`/screens${code.length === 6 ? `#${code}` : ""}`));
});
const file = $("#roster-file"), drop = $("#drop");
const hand = async (chosen) => { if (chosen) { await handOver(chosen); location.assign(at("/roster#import")); } };
file.addEventListener("change", () => hand(file.files[0]));
drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => { event.preventDefault(); hand(event.dataTransfer.files[0]); });
$("#roster-go").addEventListener("click", (event) => { event.preventDefault(); file.click(); });
