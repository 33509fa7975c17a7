// Who still needs help when it is to end: named, by kind, and confirmed by typing their number.
import { Trouble } from "../api.js";
import { ageText } from "../clock.js";
import { h } from "../dom.js";
import { t, say } from "../words.js";
import { byFlat } from "./help.js";

const FEW = 6;
const KINDS = ["asked", "marked", "cries"];

export class StillHelp {
  #state; #counts; #head = h("b"); #kinds = h("p", { class: "two" }); #list = h("ul", { class: "needy-list" });
  #box = h("input", { id: "confirm-help", inputmode: "numeric", autocomplete: "off", maxlength: 6 });
  #again = h("p", { class: "two", role: "alert" });
  node = h("section", { class: "needy", hidden: true },
    h("p", { class: "warn" }, this.#head), this.#kinds, this.#list, this.#again,
    h("div", { class: "field" }, h("label", { for: "confirm-help" }, t("act.help_type")), this.#box,
      h("span", { class: "hint" }, t("act.help_first"))));

  constructor(state) {
    this.#state = state;
    this.#show({ help: state.tally?.help ?? 0, help_by: state.tally?.help_by ?? {} });
  }
  #show(counts) {
    this.#counts = counts;
    this.node.hidden = !counts.help;
    this.#head.textContent = t("act.close_help", { n: counts.help });
    const kinds = KINDS.filter((kind) => counts.help_by[kind]);
    this.#kinds.textContent = kinds.map((kind) => t(`act.help_${kind}`, { n: counts.help_by[kind] })).join(t("comma"));
    const flats = byFlat(this.#state.help ?? []);
    this.#list.replaceChildren(...flats.slice(0, FEW).map((one) => h("li", {}, h("b", {}, say(one.spoken) || one.place), " ",
      h("span", { class: "num" }, one.since ? ageText(one.since) : ""), " ", one.assigned || h("span", { class: "nobody" }, t("help.unassigned")))),
    ...(flats.length > FEW ? [h("li", { class: "two" }, t("act.help_more", { n: flats.length - FEW }))] : []),
    ...(counts.help_by.cries ? [h("li", {}, h("a", { href: "/replies" }, t("cries.go")))] : []));
  }

  /** What goes with the request; throws before anything is sent where it is not the number shown. */
  confirmed() {
    if (!this.#counts.help) return {};
    const typed = this.#box.value.replace(/[\s,，]/g, "");
    if (typed !== String(this.#counts.help)) {
      this.#box.focus();
      throw new Trouble(422, { detail: t("act.help_lack", { n: this.#counts.help }), code: "help_open" });
    }
    return { confirm_help: this.#counts.help };
  }
  /** Runs `act`; where the number has changed meanwhile, the new one is shown and asked for again. */
  async run(act) {
    this.#again.textContent = "";
    try { return await act(this.confirmed()); } catch (error) {
      if (error.code !== "help_open" || error.status !== 409) throw error;
      const first = !this.#counts.help;
      this.#show(error.body);
      this.#box.value = "";
      this.#box.focus();
      throw new Trouble(409, { detail: t(first ? "act.help_lack" : "act.help_changed", { n: error.body.help }), code: "help_open" });
    }
  }
}
