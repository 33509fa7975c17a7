/** Draws a screen's whole picture from one value, in one cut. Text only ever through textContent. */

import { together } from "./lines.js";
import { directionOf, nearest } from "./tongues.js";
import { CLEAR, CORRECTED, DRILL, DRILL_OVER, LEVEL, NEARBY, PAIR, REAL, SAY, wayWords } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  danger: ["M12 2.5 23 21.5H1z", "M12 9v6M12 18v.3"],
  tick: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", "M7 12.5l3.5 3.5L17 9"],
  info: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", "M12 11v6M12 7.2v.1"],
  offline: ["M3 9c5-5 13-5 18 0M6 12.5c3.5-3.5 8.5-3.5 12 0M9 16c1.7-1.7 4.3-1.7 6 0M12 19.5h.01", "M4 4l16 16"],
};

/** `view`: {show, info, stale, now, tz}. Draws into `root`; returns nothing. */
export function drawNotice(root, view) {
  const { show, info } = view;
  const look = lookOf(show);
  const zh = part(show, PAIR.first);
  const en = part(show, PAIR.second);
  const both = JSON.stringify(zh) !== JSON.stringify(en);
  const notes = notesOf(view, zh, en);
  const box = el("div", `screen ${look.look}${notes.length || isDrill(show) ? " tight" : ""}`);
  box.append(top(look, view), el("div", "notes", ...notes), middle(view, zh, en, both), foot(view, show, info));
  document.body.dataset.kind = show.real ? "live" : show.kind;
  document.title = `${isDrill(show) ? "【演练】DRILL: " : ""}${zh.headline || en.headline}`;
  only(root, box);
  fit(box);
}

/** The calm picture: clock, office notices, and whether the line is up. */
export function drawCalm(root, view) {
  const { info, stale, now, zone, notices } = view;
  const box = el("div", "calm");
  const dates = (tag, style) => new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...style }).format(zone.wall(now.getTime()));
  const clock = el("section", "clock",
    el("p", "", place(info, PAIR.first), " ", lang("en", el("span", "", place(info, PAIR.second)))),
    el("div", "",
      el("time", "num", clockOf(now, zone)),
      el("p", "date",
        dates(PAIR.first, { month: "long", day: "numeric", weekday: "long" }), el("br"),
        lang("en", el("span", "", dates(PAIR.second === "en" ? "en-GB" : PAIR.second, { weekday: "long", day: "numeric", month: "long" }))))));
  const list = (notices || []).map((n) => el("article", "", el("b", "", n.title), el("p", "", n.body)));
  const office = el("section", "office",
    el("h2", "", SAY.office.zh, " ", lang("en", el("span", "", SAY.office.en))),
    ...(list.length ? list : [el("article", "", el("b", "", SAY.nothing.zh), lang("en", el("p", "", SAY.nothing.en)))]),
    status(view, stale));
  document.body.dataset.kind = "none";
  document.title = `${place(info, PAIR.first)} ${place(info, PAIR.second)}`;
  box.append(clock, office);
  only(root, box);
}

/** The pairing picture: a code for a person to type in the console. */
export function drawPairing(root, code) {
  document.body.dataset.kind = "none";
  document.title = "Muster";
  only(root, el("div", "pair",
    el("h1", "", SAY.pair.zh, lang("en", el("span", "", SAY.pair.en))),
    el("div", "code num", code ? `${code.slice(0, 3)} ${code.slice(3)}` : "··· ···"),
    el("p", "", SAY.pairHow.zh, lang("en", el("span", "", SAY.pairHow.en)))));
}

/** hh:mm of a moment on the wall of the site; the hour that comes twice says which it is. */
export function clockOf(at, zone) {
  const wall = zone.wall(at.getTime());
  return `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}${zone.twice(at.getTime())}`;
}

/** As clockOf; on another day than today with its date, in both languages. */
function timeOf(at, view) {
  const { now, zone } = view;
  const clock = clockOf(at, zone);
  if (zone.sameDay(at.getTime(), now.getTime())) return { zh: clock, en: clock };
  const day = (tag) => new Intl.DateTimeFormat(tag === "en" ? "en-GB" : tag, { timeZone: "UTC", month: "short", day: "numeric" })
    .format(zone.wall(at.getTime()));
  return { zh: `${day(PAIR.first)} ${clock}`, en: `${day(PAIR.second)} ${clock}` };
}

/** What `say(time)` says in each language, each with its own words for the day. */
function withTime(say, at, view) {
  const time = timeOf(at, view);
  return { zh: say(time.zh).zh, en: say(time.en).en };
}

const two = (n) => String(n).padStart(2, "0");

function lookOf(show) {
  if (show.real) return REAL;
  const over = isOver(show);
  if (show.kind === "drill") return over ? DRILL_OVER : DRILL;
  if (show.stage === "all_clear") return CLEAR;
  if (show.stage === "correction") return CORRECTED;
  if (show.level === "P1" && stays(part(show, "zh-CN"), part(show, "en"))) return NEARBY;
  return LEVEL[show.level] || LEVEL.P2;
}

/** Whether it is the last word of an incident; that something real ended a drill is none. */
function isOver(show) {
  return !show.real && (show.stage === "all_clear" || show.stage === "correction");
}

/** Whether it is a drill, and still one. */
const isDrill = (show) => show.kind === "drill" && !show.real;

function top(look, view) {
  return el("div", "top",
    el("span", "lv", mark(look.mark), el("span", "", look.zh)),
    lang("en", el("span", "", look.en)),
    el("span", "ck num", `${place(view.info, PAIR.first)} ${clockOf(view.now, view.zone)}`));
}

function notesOf(view, zh, en) {
  const { show, stale } = view;
  const notes = [];
  if (isDrill(show)) notes.push(note("dr", null, SAY.drill));
  if (stale) notes.push(note("stale", "offline", withTime(SAY.stale, stale, view)));
  if (show.stage === "update") {
    const said = withTime((at) => SAY.update(show.revision - 1, at), new Date(show.updated || show.issued), view);
    // words a duty manager typed in one language only are said once
    const once = zh.detail === en.detail;
    notes.push(note("upd", "danger", {
      zh: [said.zh, zh.detail].filter(Boolean).join(" "),
      en: once ? said.en : [said.en, en.detail].filter(Boolean).join(": "),
    }));
  }
  return notes;
}

function note(kind, icon, said) {
  return el("div", `note ${kind}`, ...(icon ? [mark(icon)] : []),
    lang("zh", el("span", "", ...together(said.zh))), lang("en", el("span", "", said.en)));
}

function middle(view, zh, en, both) {
  const { show, info } = view;
  const over = isOver(show);
  const say = el("div", "say",
    el("div", "", el("h1", "", ...together(zh.headline)), ...(both ? [lang("en", el("p", "second", en.headline))] : [])),
    el("p", "do", ...together(zh.action), ...(both ? [lang("en", el("small", "", en.action))] : [])));
  // An update adds to the first instruction; what that said beside it ("no lifts") still holds.
  const first = show.stage === "update" && show.base ? { parts: show.base } : show;
  const [more, moreEn] = [part(first, PAIR.first).detail, part(first, PAIR.second).detail];
  if (more && (show.stage !== "update" || show.base)) {
    say.append(el("div", "more", ...(over ? [] : [detailMark(more)]),
      el("span", "", ...together(more), ...(more !== moreEn ? [el("br"), lang("en", el("span", "", moreEn))] : []))));
  }
  const way = el("div", "way");
  const out = !over && leaves(show) ? wayWords(info && info.way) : null;
  if (over) way.append(big("tick"));
  if (out && info.way.arrow) way.append(arrow(info.way.arrow));
  if (out) way.append(el("b", "", ...together(out.zh)), ...(out.zh === out.en ? [] : [lang("en", el("span", "", out.en))]));
  way.append(el("b", out ? "ap" : "", ...together(zh.way)), ...(both ? [lang("en", el("span", "", en.way))] : []));
  return el("div", "mid", say, way);
}

/** Whether the words send people out of this building: only then does an exit hint belong here. */
function leaves(show) {
  const all = Object.values(show.parts || {}).map((one) => `${one.action || ""} ${one.way || ""}`).join(" ");
  const said = all.replace(NOT_OUT.zh, "").replace(NOT_OUT.en, "").replace(/(不必|無需)(撤離|疏散)/g, "");
  return /离开|撤离|出楼|集合|離開|撤離|疏散|避難|대피|غادر|اخرج|إخلاء/.test(said) || /leave|walk out|meet at|evacuate/i.test(said);
}

/** Whether the words keep people in this building. */
function stays(zh, en) {
  const said = [`${zh.action}${zh.way}${zh.detail}`, `${en.action} ${en.way} ${en.detail}`];
  return !leaves(zh, en) && (IN.zh.test(said[0]) || IN.en.test(said[1]));
}

const NOT_OUT = {
  zh: /(不必|不用|无需|不需要?|暂不|勿|不要)(离开|撤离|出楼)/g,
  en: /(need not|do not need to|don't need to|no need to|do not|don't) (leave|evacuate)/gi,
};
const IN = {
  zh: /留在|待在|(不必|不用|无需|不需要?|暂不|不要|無需)(离开|撤离|外出|離開|撤離|疏散)|中にいて|屋内|건물 안|ابق/,
  en: /\b(stay|remain) (here|in|inside|indoors|where|put)\b|need not leave|no need to leave/i,
};

function foot(view, show, info) {
  const { now } = view;
  const over = isOver(show);
  const at = (iso) => (iso ? timeOf(new Date(iso), view) : { zh: "–", en: "–" });
  const fact = (said, value) => el("span", "", `${said.zh} `, lang("en", el("span", "", said.en)), el("b", "num", value.zh),
    ...(value.zh === value.en ? [] : [" ", lang("en", el("span", "num", value.en))]));
  // When it was first said stays, whatever follows; the newest notice's own time stands beside it.
  const facts = [fact(SAY.issued, at(show.issued)), fact(over ? SAY.ended : SAY.updated, at(show.updated))];
  if (over && show.until) facts.push(fact(SAY.returns, at(show.until)));
  if (!over && show.next_update) {
    const late = new Date(show.next_update) < now;
    facts.push(fact(late ? SAY.due : SAY.next, at(show.next_update)));
  }
  const source = info && info.source ? info.source : null;
  const site = (info && info.site && named(info.site, PAIR.first)) || "";
  if (source) facts.push(fact(SAY.from, one([site, named(source, PAIR.first)].filter(Boolean).join(" "))));
  const code = el("span", "code", `${SAY.code.zh} `, lang("en", el("span", "", SAY.code.en)), el("b", "num", show.code || ""));
  return el("div", "foot", ...facts, code);
}

function status(view, stale) {
  if (stale) {
    const said = withTime(SAY.lost, stale, view);
    return el("p", "st lost", said.zh, lang("en", el("span", "", said.en)));
  }
  const said = view.contact ? withTime(SAY.well, view.contact, view) : SAY.never;
  return el("p", "st", said.zh, " ", lang("en", el("span", "", said.en)));
}

/** Words too long for their line shrink it step by step, never below the floor of the design. */
function fit(box) {
  const way = box.querySelector(".way");
  if (way.scrollHeight > way.clientHeight + 1) way.classList.add("close");
  const say = box.querySelector(".say");
  const title = say.querySelector("h1");
  for (let size = 13; size >= 7; size -= 0.6) {
    if (say.scrollHeight <= say.clientHeight + 1 && title.scrollWidth <= title.clientWidth + 1) return;
    title.style.setProperty("--h", size.toFixed(1));
  }
}

function part(show, tag) {
  const words = show.parts || {};
  const found = words[tag] || words[tag.slice(0, 2)] || words.en || Object.values(words)[0] || {};
  return { headline: "", action: "", detail: "", way: "", ...found };
}

function place(info, tag) {
  if (!info) return "";
  return named(info.place || {}, tag) || info.name || "";
}

/** The text nearest to a language, then English, then any. */
function named(words, tag) {
  const there = Object.keys(words).filter((one) => words[one]);
  return words[nearest(tag, there)] || words.en || words[there[0]] || "";
}

const one = (text) => ({ zh: text, en: text });

function mark(name) {
  return drawing("0 0 24 24", "", PATHS[name], 2.2);
}

function big(name) {
  return drawing("0 0 24 24", "arrow", PATHS[name], 2.2);
}

function arrow(turn) {
  const svg = drawing("0 0 40 30", `arrow ${turn || "ahead"}`, [], 0);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M2 11h20V3l16 12-16 12v-8H2z");
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

function detailMark(words) {
  const lift = /电梯|電梯|升降機|エレベーター|승강기|엘리베이터|مصعد|lift/i.test(words);
  return lift
    ? drawing("0 0 24 24", "", ["M5 3h14v18H5z", "M12 3v18", "M2 22 22 2"], 2.2)
    : mark("info");
}

function drawing(box, name, paths, width) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  if (name) svg.setAttribute("class", name);
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", "currentColor");
    path.setAttribute("stroke-width", String(width));
    path.setAttribute("stroke-linecap", "round");
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
  }
  return svg;
}

function el(name, cls, ...inside) {
  const node = document.createElement(name);
  if (cls) node.className = cls;
  node.append(...inside.filter((item) => item !== "" && item !== null && item !== undefined));
  return node;
}

/** The one thing inside. */
function only(root, node) {
  while (root.firstChild) root.removeChild(root.firstChild);
  root.appendChild(node);
}

function lang(tag, node) {
  node.lang = { zh: PAIR.first, en: PAIR.second }[tag] || tag;
  node.dir = directionOf(node.lang);
  return node;
}
