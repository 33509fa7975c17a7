// Times: a clock in the site's zone for facts, an age for staff, a countdown for what is due.
import { lang, t } from "./words.js";
import { Zone, tableOf } from "./zone.js";
import { mark, since } from "../screen/elapsed.js";

const zone = new Zone(tableOf(document.body.dataset.offsets));
const timeZone = "UTC"; // what is formatted is the wall already
const locale = lang === "en" ? "en-GB" : lang;
const hms = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const hm = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { timeZone, year: "numeric", month: "short", day: "numeric" });
const near = new Intl.DateTimeFormat(locale, { timeZone, month: "short", day: "numeric" });

/** A moment of this computer, and what the hub's clock said then: its own may be set meanwhile. */
let then = mark(), said = then.wall;
const CLOSE = 3000; // the header has whole seconds and travels: smaller differences are none
export function agree(date) {
  const hub = Date.parse(date ?? "") + 500;
  if (Number.isNaN(hub)) return;
  then = mark();
  said = Math.abs(then.wall - hub) > CLOSE ? hub : then.wall;
}
export const now = () => said + since(then);

/** A moment as the hub writes it: in words, or (alarms) in milliseconds. */
const ms = (at) => (typeof at === "number" ? at : Date.parse(at));

/** A time; on another day than today its date goes before it, and the hour that comes twice says which. */
export const clock = (iso) => told(iso, hms);
export const clockShort = (iso) => told(iso, hm);
export const date = (iso) => (iso ? day.format(zone.wall(ms(iso))) : "–");
/** Date and time, whatever day it is. */
export const moment = (iso) => (iso ? `${date(iso)} ${bare(iso, hms)}` : "–");
export const momentShort = (iso) => (iso ? `${date(iso)} ${bare(iso, hm)}` : "–");

const bare = (iso, format) => `${format.format(zone.wall(ms(iso)))}${zone.twice(ms(iso))}`;
function told(iso, format) {
  if (!iso) return "–";
  const at = ms(iso);
  if (zone.sameDay(at, now())) return bare(iso, format);
  const far = Math.abs(at - now()) > 180 * 86400000;
  return `${(far ? day : near).format(zone.wall(at))} ${bare(iso, format)}`;
}

const two = (n) => String(n).padStart(2, "0");

/** `8:42`, `1:08:42` */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600);
  return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}
export const spanSeconds = (s) => (s === null || s === undefined ? "–" : span(s * 1000));

/** An age as number and unit: {n: 7, unit: "min"}. */
export function age(iso) {
  const s = Math.max(0, Math.floor((now() - Date.parse(iso)) / 1000));
  if (s < 60) return { n: s, unit: t("unit.sec") };
  if (s < 5400) return { n: Math.floor(s / 60), unit: t("unit.min") };
  return { n: Math.floor(s / 3600), unit: t("unit.hour") };
}
export const ageText = (iso) => { const a = age(iso); return `${a.n} ${a.unit}`; };
