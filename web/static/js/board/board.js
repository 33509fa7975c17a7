// The board: one state, fed by one topic; every part draws only what changed.
import { get, post } from "../api.js";
import { $, $$, put } from "../dom.js";
import { t, say, named, capital } from "../words.js";
import { clock, clockShort, moment, now, span } from "../clock.js";
import { Live } from "../live.js";
import { mark } from "../../screen/elapsed.js";
import { freshPlan, lastPlan } from "../estate/known.js";
import { Sheet } from "../estate/sheet.js";
import { Actions, mayClear } from "./actions.js";
import { byHand } from "./byhand.js";
import { cries } from "./cries.js";
import { Contact } from "./contact.js";
import { drawCurve } from "./curve.js";
import { HelpList } from "./help.js";
import { keys } from "./keys.js";
import { numbers } from "./numbers.js";
import { queue } from "./queue.js";
import { Opened } from "./opened.js";
import { Sound } from "./sound.js";
import { TaskList } from "./tasks.js";
import { Timeline } from "./timeline.js";
import { Walk } from "./walk.js";
import { channels, waves } from "./waves.js";

const { incident: id, kind, place, role, icon: hazard } = document.body.dataset;
const wall = "wall" in document.body.dataset;
const may = (role === "duty" || role === "admin") && !wall;
const state = { cells: {}, cell_people: {}, screens: {}, help: [], tasks: [], waves: [], curve: {}, timeline: [], notices: [], calls: {}, tally: null, incident: null };

const speakSoon = (text) => { $("#say-soon").textContent = text; };
// What somebody asked for by key is heard to its end before progress speaks again.
let asked = -Infinity;
const speakAsked = (text) => { asked = performance.now(); speakSoon(text); };
const speakNow = (text) => { $("#say-now").textContent = text; };

const actions = new Actions({ id, state, kind });
const help = new HelpList({ wall, may, assign: (one) => actions.assign(one), finish: (one) => actions.finish(one.tasks, t("help.finish_title", { place: say(one.spoken) || one.place })), open: (one) => one.unit ? opened?.flat(Number(one.unit)) : opened?.person(one) });
const tasks = new TaskList({ may, done: (one) => actions.finish([one.id], say(one.name)) });
const timeline = new Timeline();
const sound = new Sound(kind !== "live");
const live = new Live(`incident:${id}`);
const contact = new Contact(live, { speak: speakNow });
const crying = cries({ may, sound, speak: speakNow });
let sheet = null, opened = null, helpKnown = null;

function raise(layout) {
  const affected = place.includes("/") || place !== "all" ? buildingOf(layout, place) : null;
  sheet = new Sheet($("#estate"), layout, { affected });
  opened = new Opened({ id, sheet, state, may, wall });
  new Walk(sheet, { open: (unit) => opened.flat(unit), tower: (path) => opened.tower(path), speak: speakAsked });
  flag();
  everything();
}
const bare = (path) => path.split(":").at(-1);
function buildingOf(layout, path) {
  const head = bare(path).split("/")[0];
  return layout.buildings.find((b) => b.path === head || b.entrances.some((e) => e.path === head))?.path ?? null;
}

/** The flag stands on the floor; the bracket holds the floors that leave first, as planned at launch. */
function flag() {
  const zones = state.zones;
  const building = sheet && buildingOf(sheet.layout, place);
  if (!building) return;
  const [head, floor] = bare(place).split("/");
  const own = zones?.[`${head}/${floor}`];
  const first = zones && Object.entries(zones).filter(([path]) => path.split("/")[0] === head || path.startsWith(`${building}-`));
  const band = first?.map(([, key]) => key).find((key) => key === "evacuate") ?? own;
  const zone = first?.filter(([, key]) => key === band || key === own).map(([path]) => path.split("/")[1]) ?? [];
  sheet.mark({ building, floor, flag: t(`flag.${["fire", "flame"].includes(hazard) ? "fire" : "here"}`), zone, zoneName: band ? t("sheet.zone", { name: capital(bandName(band)), ...ends(zone) }) : "" });
}
const ends = (zone) => { const order = [...zone].sort((a, b) => Number(a) - Number(b)); return { from: order[0], to: order.at(-1) }; };
const bandName = (key) => state.bands?.[key] ?? named("band", key);

function zones() {
  if (state.bands || !state.zones || !place.includes("/")) return;
  state.bands = Object.fromEntries(Object.entries(state.incident?.bands ?? {}).map(([key, name]) => [key, say(name)]));
  flag();
}

function everything() {
  if (!state.tally) return;
  sheet?.cells(state.cells);
  sheet?.people(state.cell_people);
  shows();
  parts();
  helps();
  tasks.show(state.tasks);
  timeline.show(state.timeline);
  calls();
}
let drawn = 0;
function parts() {
  numbers(state);
  waves(state.waves, state.incident?.status === "open");
  byHand(state.waves, state.incident?.status);
  if (drawn) return;
  drawn = requestAnimationFrame(() => { drawn = 0; channels(state.tally.deliveries, state.queue); queue(state.queue, state.tally); drawCurve(state, seconds()); });
}
const seconds = () => Math.max(0, (Date.parse(state.incident?.closed_at ?? "") || now()) - Date.parse(state.incident?.launched_at ?? document.body.dataset.started)) / 1000;

/** After the all-clear a lit screen tells people they may come back: no red there. */
const shows = () => sheet?.screens(state.screens, { clear: latest()?.stage === "all_clear", over: state.incident?.status === "closed" });

function helps() {
  const known = new Set(state.help.map((one) => one.task ?? one.recipient));
  const fresh = helpKnown ? state.help.filter((one) => !helpKnown.has(one.task ?? one.recipient)) : [];
  helpKnown = known;
  help.show(state.help, state.tally?.flats?.help, state.tally?.help_by?.cries);
  if (fresh.length) speakNow(fresh.map((one) => t("help.spoken", { place: say(one.spoken) || one.place })).join(" "));
  sound.help(help.unassigned, fresh.length > 0);
}

function calls() {
  for (const link of $$("#calls [data-number]")) {
    const at = state.calls?.[link.dataset.number];
    put($("small", link), at ? clockShort(at) : t("call.not_yet"));
  }
}

function incidentChanged() {
  const one = state.incident;
  if (!one) return;
  document.body.dataset.status = one.status;
  const late = mayClear(one);
  document.body.toggleAttribute("data-late", late);
  const note = $("#clear-late");
  note.hidden = !late;
  put(note, late ? t("act.clear_late", { at: moment(one.clear_until) }) : "");
  const ended = one.status === "closed"; // until its all clear is sent after all
  help.allow(may && !ended);
  tasks.allow(may && !ended, ended);
  put($("#started"), clock(one.launched_at));
  const tag = $("#status");
  tag.hidden = one.status === "open";
  put(tag, one.ended_by && one.status !== "closed" ? t("real.status") : named("status", one.status));
  for (const button of $$("[data-act]")) {
    const what = button.dataset.act;
    const over = one.status === "closed" && !(late && what !== "update");
    button.hidden = what === "close" ? !["stopped", "cleared"].includes(one.status) : what === "stop" ? one.status !== "open" : over || (["update", "all_clear"].includes(what) && one.status === "cleared");
  }
  const real = $("#real");
  real.hidden = !one.ended_by;
  if (one.ended_by) {
    put($("b", real), t("real.began", { code: one.ended_by.code }));
    $("a", real).href = `/incidents/${one.ended_by.incident}`;
    for (const button of $$('[data-act="update"],[data-act="all_clear"],[data-act="correction"]')) button.hidden = true;
  }
  const notice = latest();
  if (one.ended_by) put($("#order"), "");
  else if (notice) put($("#order"), notice.text ? t("order.update", { stage: named("stage", notice.stage), text: say(notice.texts) || notice.text }) : named("stage", notice.stage));
  const [first] = state.notices ?? [];
  if (first) put($("#issued"), notice ? t("order.issued_updated", { issued: clock(first.issued_at), updated: clock(notice.issued_at) }) : t("order.issued", { issued: clock(first.issued_at) }));
  flag();
}

/** What was said last after the alert. */
const latest = () => [...(state.notices ?? [])].filter((one) => one.stage !== "alert").sort((a, b) => a.issued_at.localeCompare(b.issued_at)).at(-1);

function merge(frame) {
  const pairs = ["cells", "cell_people", "screens"];
  for (const key of pairs) if (frame[key]) Object.assign(state[key], frame[key]);
  if (frame.tally) state.tally = frame.tally;
  if (frame.queue) state.queue = frame.queue;
  if (frame.help) state.help = frame.help;
  for (const key of ["tasks", "waves", "notices"]) if (frame[key]) state[key] = frame[key];
  if (frame.incident) Object.assign(state.incident ?? (state.incident = {}), frame.incident);
  for (const [line, points] of Object.entries(frame.curve ?? {})) {
    const have = (state.curve[line] ??= []);
    for (const point of points) if (!have.length || point[0] > have.at(-1)[0]) have.push(point); else if (point[0] === have.at(-1)[0]) have[have.length - 1] = point;
  }
}
function take(snapshot) {
  const old = state.cells;
  Object.assign(state, snapshot, { cells: snapshot.cells ?? {}, cell_people: snapshot.cell_people ?? {}, screens: snapshot.screens ?? {}, help: snapshot.help ?? [], curve: snapshot.curve ?? {} });
  for (const gone of Object.keys(old)) if (!(gone in state.cells)) sheet?.cells({ [gone]: "vac" });
  everything();
  incidentChanged();
  opened?.refresh();
}

let told = -Infinity;
let filled = false;
live.addEventListener("snapshot", ({ detail }) => {
  take(detail);
  zones();
  if (filled) return;
  filled = true;
  wantsUpdate();
  timeline.fill((since, limit) => get(`/incidents/${id}/events?since=${since}&limit=${limit}`)).catch(() => { filled = false; /* the next snapshot tries again */ });
});
live.addEventListener("progress", ({ detail }) => {
  merge(detail);
  sheet?.cells(detail.cells ?? {});
  sheet?.people(detail.cell_people ?? {});
  if (detail.screens || detail.notices || detail.incident) shows();
  parts();
  if (detail.help) helps();
  if (detail.tasks) tasks.show(state.tasks);
  if (detail.incident || detail.notices) incidentChanged();
  opened?.refresh();
  if (performance.now() - told > 15000 && performance.now() - asked > 5000) { told = performance.now(); speakSoon(t("progress.spoken", { told: state.tally?.told, answered: state.tally?.answered, people: state.tally?.people })); }
});
live.addEventListener("event", ({ detail }) => { timeline.add(detail.event); after(detail.event); });
live.addEventListener("refused", ({ detail }) => { const bar = $("#stale"); bar.hidden = false; bar.textContent = t("live.refused", { what: detail.what ?? "" }); });

/** Events that change parts no progress frame carries: the hub is asked once, soon. */
let asking = 0;
function after(event) {
  if (["progress", "answered"].includes(event?.kind)) return;
  clearTimeout(asking);
  asking = setTimeout(refresh, 250);
}
async function refresh() {
  try { take(await get(`/incidents/${id}/board`)); return true; } catch { return false; /* the socket or the next try brings it */ }
}

function tick() {
  put($("#elapsed"), span(seconds() * 1000));
  contact.tick();
  crying.tick();
  help.tick();
  tasks.tick();
  const due = state.incident?.next_update_at, open = state.incident?.status === "open";
  const box = $("#due");
  box.hidden = !due || !open;
  if (due && open) {
    const left = Date.parse(due) - now();
    put($("b", box), left < 0 ? t("due.late", { t: span(-left) }) : span(left));
    $("b", box).className = `num${left < 120000 ? " soon" : ""}`;
    put($(".at", box), clock(due));
    put($("#due-small"), left < 0 ? t("due.late", { t: span(-left) }) : span(left));
    if (left < 0) sound.due(due);
  }
  sound.help(state.incident?.status === "closed" ? 0 : help.unassigned, false);
  if (state.tally) { waves(state.waves, open); if (Math.floor(seconds()) % 5 === 0) numbers(state); }
}

for (const box of $$(".legend input")) box.addEventListener("change", () => sheet?.filter($$(".legend input:not(:checked)").map((one) => one.value)));
for (const button of $$("[data-act]")) button.addEventListener("click", () => actions.run(button.dataset.act));
$("#more")?.addEventListener("click", () => actions.more((what) => actions.run(what)));
$("#calls")?.addEventListener("click", (event) => {
  const number = event.target.closest("[data-number]")?.dataset.number;
  if (number && may) post(`/incidents/${id}/calls`, { number }).catch(() => {});
});
/** The launch form sends here whoever wanted to launch what runs already. */
function wantsUpdate() {
  if (location.hash !== "#update") return;
  history.replaceState(null, "", location.pathname + location.search);
  if (may && maySay()) actions.run("update");
}
const maySay = () => ["open", "stopped"].includes(state.incident?.status);
keys({ may, update: () => maySay() && actions.run("update"), help: () => help.first(), tasks: () => opened?.close(), sheet: () => sheet, tower: (path) => opened?.tower(path), flat: (unit) => opened?.flat(unit) });

const known = lastPlan();
if (known) raise(known);
live.connect();
refresh().then(() => put($("#started"), clock(state.incident?.launched_at ?? document.body.dataset.started)));
freshPlan().then(({ layout, changed }) => { if (!sheet) raise(layout); else if (changed) { sheet.redraw(layout); flag(); } }).catch(() => {});
setInterval(tick, 1000);
// Where a proxy lets no socket through, asking every three seconds still keeps the board true.
setInterval(async () => { if (!live.open && (await refresh())) live.lastContact = mark(); }, 3000);
tick();
