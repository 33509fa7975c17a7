// The real text of each medium for each part of the audience, in every language it goes out in.
import { h, icon } from "../dom.js";
import { lang, t, say, named, num, tongue } from "../words.js";

const SCREEN = "screen";
let oneWay = 0; // numbers of this preview that cannot answer by text
const LOOK = { sms: "bub", voice: "bub voice", wecom: "bub", push: "push", screen: "screen" };

/** Words of a preview, the band that is in most danger first, the others folded. */
export function drawWords(preview, { kind, icon: sign = "bell" } = {}) {
  const words = preview.words ?? [];
  oneWay = preview.one_way ?? 0;
  const bands = [...new Set(words.map((one) => one.band))];
  const names = new Map((preview.bands ?? []).map((one) => [one.key, one]));
  if (!words.length) return h("p", { class: "empty" }, t("form.words_empty"));
  return h("div", { class: "texts" }, bands.map((band, i) => {
    const own = words.filter((one) => one.band === band);
    const content = mediums(own, kind, sign);
    const title = band === "*" ? t("form.everyone") : say(names.get(band)?.name) || named("band", band);
    const people = names.get(band)?.people;
    const head = [h("b", {}, title), !people ? null : h("span", { class: "two" }, t("form.band_people", { n: people }))];
    return i === 0 ? h("section", { class: "band-words" }, h("h3", {}, head), content) : h("details", { class: "band-words" }, h("summary", {}, head, firstLine(own)), content);
  }));
}
/** Marks stand for what each person gets of their own: shown as an example, never as a blank. */
const marked = (part) => String(part).split(/(\ue000|\ue001)/).map((one) => (one === "\ue000" ? h("u", {}, t("form.link")) : one === "\ue001" ? h("i", {}, t("form.name")) : one));
/** What a folded part begins with, in the reader's language where somebody is told in it. */
function firstLine(own) {
  const texts = own.filter((w) => w.channel !== SCREEN), from = texts.length ? texts : own;
  const { language, parts } = from.find((w) => w.language === lang) ?? from[0];
  const first = parts.body ?? parts.action ?? parts.title ?? Object.values(parts)[0] ?? "";
  return h("span", { class: "first", lang: language }, marked(first));
}


function mediums(own, kind, sign) {
  const channels = [...new Set(own.map((one) => one.channel))].sort((a, b) => order(a) - order(b));
  return h("div", { class: "said" }, channels.map((channel) => { const same = own.filter((one) => one.channel === channel); return channel === SCREEN ? screen(same, kind) : same.map((one) => text(one, sign)); }));
}
const order = (channel) => ["sms", "push", "screen", "voice", "wecom"].indexOf(channel) + 1 || 9;

function cap(one) {
  return h("p", { class: "cap" }, h("span", {}, `${named("channel", one.channel)} `, h("span", { lang: one.language }, tongue(one.language))), h("span", { class: "num" }, [one.segments > 1 || one.channel === "sms" ? t("form.parts", { n: one.segments || 1 }) : null, one.people !== undefined && one.people !== null ? num(one.people) : null].filter(Boolean).join(" · ")));
}
function text(one, sign) {
  const { title, body, link_only: bare, ...rest } = one.parts;
  const inside = LOOK[one.channel] === "push" ? h("div", { class: "pushm" }, h("span", { class: "ic" }, icon(sign)), h("b", {}, title ?? ""), h("span", {}, marked(body ?? "")))
    : h("div", { class: LOOK[one.channel] ?? "bub" }, title ? h("b", {}, title) : null, body ? h("span", { class: "words" }, marked(body)) : null, Object.values(rest).map((part) => h("span", { class: "words" }, marked(part))));
  return h("div", { lang: one.language }, cap(one), inside, bare && oneWay ? [h("p", { class: "cap" }, h("span", {}, t("form.link_only", { n: oneWay }))), h("div", { class: "bub" }, h("span", { class: "words" }, marked(bare)))] : null);
}
/** A screen shows its languages together, so the picture does too. */
function screen(all, kind) {
  const [first, ...others] = [...all].sort((a, b) => (a.language.startsWith("zh") ? -1 : 1) - (b.language.startsWith("zh") ? -1 : 1));
  return h("div", {}, cap({ ...first, segments: 0 }), h("div", { class: `scrmock ${kind}` },
    h("div", { lang: first.language }, h("b", { class: "hl" }, first.parts.headline), h("b", { class: "do" }, first.parts.action)),
    h("div", {}, others.map((one) => h("small", { lang: one.language }, [one.parts.headline, one.parts.action].filter(Boolean).join(". ").replaceAll("..", "."))),
      first.parts.detail ? h("small", { lang: first.language }, first.parts.detail) : null)));
}
