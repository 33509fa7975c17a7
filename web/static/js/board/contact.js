// Whether the numbers are live. After 5 s without contact it says since when; after 30 s it fades.
import { $, h, put } from "../dom.js";
import { t } from "../words.js";
import { clock, now } from "../clock.js";
import { since } from "../../screen/elapsed.js";

const STALE = 5000, FADED = 30000;
const SAID = { open: "band.connected", asking: "band.asking", wait: "band.connecting", stale: "band.lost" };

export class Contact {
  #live; #said = "";
  constructor(live, { speak }) {
    this.#live = live; this.speak = speak;
  }
  tick() {
    const silent = since(this.#live.lastContact);
    const stale = silent > STALE;
    const how = stale ? "stale" : this.#live.open ? (this.#live.polling ? "asking" : "open") : "wait";
    document.body.toggleAttribute("data-stale", stale);
    document.body.toggleAttribute("data-faded", silent > FADED);
    if (stale) put($("#stale-age"), t("stale.age", { n: Math.floor(silent / 1000) }));
    if (how === this.#said) return;
    this.#said = how;
    put($("#contact span"), t(SAID[how]));
    const bar = $("#stale");
    bar.hidden = !stale;
    if (stale) {
      const at = clock(new Date(now() - silent).toISOString());
      bar.replaceChildren(h("b", {}, t("stale.since", { at })), " ", h("span", {}, t("stale.trying")), " ", h("span", { id: "stale-age", class: "num" }), h("span", { class: "two" }, t("stale.actions")));
      this.speak(t("stale.since", { at }));
    }
  }
}
