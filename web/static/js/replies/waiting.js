// How many replies nobody has seen to: one line to the hub for every page, its number beside every link to them.
import { $$, put } from "../dom.js";
import { t, num } from "../words.js";
import { Live } from "../live.js";

/** Says `change` with what is so now; `open` and `cries` are null until the hub has said them. */
export const waiting = new EventTarget();
export const counts = { open: null, cries: null, newest: 0, newest_cry: 0 };
export const line = new Live("replies");

function take({ open, cries, newest, newest_cry }) {
  Object.assign(counts, { open, cries, newest, newest_cry });
  for (const badge of $$("[data-replies]")) {
    badge.hidden = !open;
    put(badge, num(open));
    badge.classList.toggle("cry", cries > 0);
    badge.setAttribute("aria-label", cries ? t("replies.badge_cries", { n: open, cries }) : t("replies.badge", { n: open }));
  }
  waiting.dispatchEvent(new CustomEvent("change", { detail: counts }));
}
line.addEventListener("snapshot", ({ detail }) => take(detail));

// Where no socket can be had, the alarms still say which cries are open (alarms.js asks for them by itself).
addEventListener("muster-cries", ({ detail: cries }) => {
  if (!line.open) take({ ...counts, open: Math.max((counts.open ?? 0) - (counts.cries ?? 0), 0) + cries.length, cries: cries.length, newest_cry: Math.max(0, ...cries) });
});
line.connect();
