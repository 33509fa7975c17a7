// The launch form: place, words, reach; sent by typing the head-count that the preview named.
import { get, onceKey, post, trouble } from "../api.js";
import { $, at, h } from "../dom.js";
import { lang, t, say, capital } from "../words.js";
import { span } from "../clock.js";
import { freshPlan, lastPlan } from "../estate/known.js";
import { Already } from "./already.js";
import { Picker, bandKey } from "./picker.js";
import { params, values } from "./params.js";
import { reach, unknown } from "./reach.js";
import { drawWords } from "./wordings.js";

const { kind, playbook, depth, hazard, icon } = document.body.dataset;
const key = onceKey(); // one page, one incident: however often the button is pressed
const place = $("#place"), confirm = $("#confirm"), send = $("#send");
const opened = performance.now();
const already = new Already(() => ready());
let picker = null, preview = null, asked = null, waiting = 0, sending = false;

const bare = (path) => path.trim().split(":").at(-1);
const request = () => ({ playbook, place: place.value.trim(), kind, params: values($("#params")) });

function changed() {
  clearTimeout(waiting);
  picker?.place(bare(place.value));
  preview = null;
  ready();
  document.body.toggleAttribute("data-asking", Boolean(place.value.trim()));
  waiting = setTimeout(look, 220);
}
/** Whether it was seen: the preview stands, or what is wrong does. */
async function look() {
  asked?.abort();
  if (!place.value.trim()) return forget("");
  asked = new AbortController();
  try { show(await post("/preview", request(), { signal: asked.signal })); return true; }
  catch (error) { if (error.name !== "AbortError") refuse(error); return false; }
}
function forget(said) {
  preview = null;
  unknown();
  already.show([]);
  picker?.bands({}, []);
  $("#bands").replaceChildren();
  $("#place-is").textContent = said;
  $("#words-count").textContent = "";
  $("#words").replaceChildren(h("p", { class: "empty" }, t("form.words_empty")));
  $("#go-text").replaceChildren(h("b", {}, t("form.go_first")));
  document.body.removeAttribute("data-asking");
  place.removeAttribute("aria-invalid");
  ready();
}
function refuse(error) {
  forget("");
  const own = error.problems?.filter((one) => one.where === "place") ?? [];
  if (own.length) {
    const real = error.code === "live_open", known = !/^place_unknown/.test(own[0].code) || (picker?.knows(bare(place.value)) ?? true);
    const why = known ? [own[0].what, own[0].hint].filter(Boolean).map(capital).join(lang === "en" ? ". " : "。") : t("form.no_place", { place: place.value.trim(), buildings: picker.buildings().join(t("comma")) });
    $("#place-is").textContent = why;
    $("#go-text").replaceChildren(h("b", {}, why), ...(real && error.body.incident ? [" ", h("a", { href: `/incidents/${error.body.incident}` }, t("real.open"))] : [])); // the place is named: what is wrong with it stands where one would send
    place.setAttribute("aria-invalid", "true");
  } else $("#reach").replaceChildren(trouble(error));
}
function show(seen) {
  preview = seen;
  document.body.removeAttribute("data-asking");
  place.removeAttribute("aria-invalid");
  const bands = seen.bands ?? [];
  const where = say(seen.place?.spoken) || seen.place?.path || place.value;
  $("#place-is").textContent = where;
  const used = [...new Set(Object.values(seen.bands_by_floor ?? {}))];
  const order = bands.map((one) => one.key).filter((one) => used.includes(one));
  picker?.bands(seen.bands_by_floor ?? {}, order);
  bandKey($("#bands"), bands.filter((one) => order.includes(one.key)), true);
  $("#words").replaceChildren(drawWords(seen, { kind, icon }));
  $("#words-count").textContent = t("form.texts", { n: (seen.words ?? []).length });
  reach(seen);
  already.show(seen.already_open ?? []);
  $("#go-text").replaceChildren(h("b", {}, t(`form.go.${kind}`, { hazard })), " ", t("form.go_for", { place: where }), " ", h("b", {}, t("form.go_people", { n: seen.people })), h("br"), h("span", { class: "two" }, t(`form.go_note.${kind}`)));
  ready();
}
const wanted = () => preview?.confirm ?? preview?.people;
function ready() {
  const match = preview && confirm.value.replace(/[\s,，]/g, "") === String(wanted());
  send.disabled = !match || sending || already.holds;
  confirm.toggleAttribute("data-match", Boolean(match));
}

async function launch(event) {
  event.preventDefault();
  if (sending || send.disabled) return;
  sending = true;
  send.disabled = true;
  $("#go-trouble").replaceChildren();
  try {
    const made = await post("/incidents", agreed(), { headers: { "Idempotency-Key": key }, timeout: 60000 });
    location.assign(at(`/incidents/${made.id}`));
  } catch (error) {
    sending = false;
    if (!(await anew(error))) $("#go-trouble").replaceChildren(trouble(error), h("p", { class: "hint" }, t(error.code === "away" ? "form.away" : "form.not_sent")));
    ready();
  }
}
/** The request with what the person has seen: the launch is held to it. */
const agreed = () => ({ ...request(), confirm_people: Number(wanted()), confirm_audience: preview.audience_hash, ...(already.again ? { again: true } : {}) });

/** What was seen is not so any more: it is shown as it is now and asked for again; everything typed stays but the number. */
async function anew(error) {
  const counted = error.code === "audience_changed" || error.problems?.some((one) => one.code === "head_count");
  if (!counted && error.code !== "already_open") return false;
  const was = wanted();
  if (!(await look())) return false;
  if (!counted) return true; // the offer to update it says all there is to say
  confirm.value = "";
  const how = wanted() === was ? "form.changed_same" : "form.changed";
  $("#go-trouble").replaceChildren(h("div", { class: "trouble", role: "alert" }, h("p", {}, h("b", {}, t(how, { n: wanted(), was })), " ", t("form.changed_do"))));
  if (!already.holds) confirm.focus();
  return true;
}

function raise(layout) {
  picker = new Picker($("#picker"), layout, { depth, pick: (path) => { place.value = path; changed(); } });
  picker.place(bare(place.value));
  if (!layout.buildings.length) $("#picker").replaceChildren(h("p", { class: "empty" }, t("form.no_estate")));
}
place.addEventListener("input", changed);
confirm.addEventListener("input", ready);
$("#go-form").addEventListener("submit", launch);
setInterval(() => { $("#opened").textContent = t("form.opened", { t: span(performance.now() - opened) }); }, 1000);

const known = lastPlan();
if (known) raise(known);
freshPlan().then(({ layout, changed: other }) => { if (!known || other) { raise(layout); if (preview) show(preview); } }).catch(() => {});
get("/playbooks").then(({ items }) => {
  params($("#params"), items.find((one) => one.key === playbook)?.parameters ?? [], changed);
  if (place.value) changed();
}).catch((error) => $("#params").replaceChildren(trouble(error)));
