// Told, delivered and answered over time, and the table people quote: when half, 90 and 99 % were.
import { $, h, s } from "../dom.js";
import { t } from "../words.js";
import { span } from "../clock.js";

const LINES = [["told", "l1"], ["delivered", "l2"], ["answered", "l3"]];
const H = 104, MARKS = [50, 90, 99];

/** Seconds at which the line first reached the share, or null. */
export function reached(points, people, percent) {
  const need = (people * percent) / 100;
  const hit = points?.find(([, n]) => n >= need);
  return hit && people ? hit[0] : null;
}

export function curve(host, data, people, seconds) {
  const longest = Math.max(60, seconds, ...LINES.map(([key]) => data[key]?.at(-1)?.[0] ?? 0));
  const W = Math.max(150, Math.min(380, host.clientWidth - 28 - 262));
  const x = (sec) => (Math.min(sec, longest) / longest) * W;
  const y = (n) => H - (people ? Math.min(1, n / people) : 0) * H;
  const svg = s("svg", { viewBox: `-3 -3 ${W + 36} 122`, width: W + 36, height: 122, role: "img", "aria-label": t("curve.alt") },
    [[50, H / 2], [90, H * 0.1]].map(([p, at]) => [s("path", { class: "ax", d: `M0 ${at}H${W}` }), s("text", { x: W + 5, y: at + 3 }, `${p}%`)]),
    s("path", { class: "ax", d: `M0 ${H}H${W}` }),
    ticks(longest).map((sec) => s("text", { x: x(sec), y: H + 13, "text-anchor": "middle" }, label(sec))),
    LINES.map(([key, look]) => s("path", { class: look, d: path(data[key] ?? [], x, y, longest, seconds) })),
    LINES.flatMap(([key]) => [50, 90].map((p) => reached(data[key], people, p)).map((sec, i) => sec === null ? null : s("circle", { cx: x(sec), cy: i ? H * 0.1 : H / 2, r: 2.4 }))));
  const table = h("table", { class: "t9" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "sr" }, t("curve.stage"))), MARKS.map((p) => h("th", { scope: "col" }, `${p}%`)))),
    h("tbody", {}, LINES.map(([key, look]) => h("tr", {},
      h("th", { scope: "row" }, s("svg", { viewBox: "0 0 16 4", "aria-hidden": "true" }, s("path", { class: look, d: "M0 2h16", "stroke-width": 2, fill: "none" })), t(`nums.${key}`)),
      MARKS.map((p) => { const sec = reached(data[key], people, p); return h("td", { class: sec === null ? "w" : "" }, sec === null ? t("curve.not_yet") : span(sec * 1000)); })))));
  host.replaceChildren(svg, table);
}

const label = (sec) => (sec < 60 ? `0:${String(sec).padStart(2, "0")}` : String(Math.round(sec / 60)));
function ticks(longest) {
  const steps = [15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600];
  const step = steps.find((one) => longest / one <= 5) ?? 86400;
  return Array.from({ length: Math.floor((longest - 1) / step) }, (_, i) => (i + 1) * step);
}
function path(points, x, y, longest, seconds) {
  if (!points.length) return "";
  const thin = Math.max(1, Math.ceil(points.length / 160));
  const kept = points.filter((_, i) => i % thin === 0 || i === points.length - 1);
  const start = kept[0][0] > 0 ? [[0, 0]] : [];
  const end = seconds > kept.at(-1)[0] ? [[Math.min(seconds, longest), kept.at(-1)[1]]] : [];
  return [...start, ...kept, ...end].map(([sec, n], i) => `${i ? "L" : "M"}${x(sec).toFixed(1)} ${y(n).toFixed(1)}`).join(" ");
}
export const drawCurve = (state, seconds) => curve($("#curve"), state.curve ?? {}, state.tally?.people ?? 0, seconds);
