// What a duty manager adds, one box for each language somebody of the audience is told in.
import { h } from "../dom.js";
import { lang, t, tongue } from "../words.js";

const LONGEST = 200; // characters of one box

/** The boxes. `needed`: an update wants every language, or a tick that one is left out on purpose. */
export class Tongues {
  constructor({ stage, needed, changed }) {
    this.needed = needed;
    this.changed = changed;
    this.boxes = [];
    this.list = h("div", { class: "tongues" }, h("p", { class: "hint" }, t("loading")));
    this.node = h("fieldset", { class: "field" },
      h("legend", {}, t(`act.text.${stage}`)),
      this.list,
      h("span", { class: "hint", id: "notice-hint" }, t(`act.hint.${stage}`)));
  }

  /** Draws one box for each of [{tag, people}], once: what is being typed never moves. Where staff alone tell
   * people, at doors and by calls, one in this page's language. */
  offer(languages) {
    if (this.boxes.length) return;
    const offered = languages.length ? languages : [{ tag: lang }];
    this.boxes = offered.map((one, at) => this.#box(one, at === 0));
    this.list.replaceChildren(...this.boxes.map((one) => one.node));
    this.#mark();
    this.boxes[0].input.focus();
  }

  #box({ tag, people }, first) {
    const id = `notice-${tag}`;
    const input = h("textarea", {
      id, lang: tag, rows: 2, maxlength: LONGEST, autofocus: first, "aria-describedby": "notice-hint",
    });
    const tick = h("input", { type: "checkbox", id: `${id}-out` });
    const out = h("div", { class: "left-out", hidden: true },
      h("label", { for: `${id}-out` }, tick, h("span", {}, t("act.leave_out", { language: tongue(tag) }))),
      h("p", { class: "hint" }, t(`act.left_out.${tag.startsWith("zh") ? "zh" : "other"}`, { n: people })));
    const node = h("div", { class: "tongue" },
      h("label", { for: id, class: "cap" },
        h("b", { lang: tag }, tongue(tag)),
        people ? h("span", { class: "num" }, t("act.readers", { n: people })) : null),
      input, out);
    input.addEventListener("input", () => { this.#mark(); this.changed(); });
    tick.addEventListener("change", () => this.#mark());
    return { tag, input, tick, out, node };
  }

  /** An empty box beside a filled one: that language's readers would not be told what is new. */
  #mark() {
    const some = this.boxes.some((one) => one.input.value.trim());
    for (const one of this.boxes) {
      const lacks = this.needed && some && !one.input.value.trim();
      one.out.hidden = !lacks;
      one.node.classList.toggle("miss", lacks && !one.tick.checked);
    }
  }

  /** {tag: words} of the boxes that hold any. */
  get text() {
    return Object.fromEntries(this.boxes.map((one) => [one.tag, one.input.value.trim()]).filter(([, said]) => said));
  }

  get untranslated() {
    return this.boxes.some((one) => !one.input.value.trim() && one.tick.checked);
  }

  /** Why it cannot go out yet, in this page's language; "" if it can. Puts the cursor there. */
  lacks() {
    if (!this.needed) return "";
    const some = Object.keys(this.text).length;
    const empty = this.boxes.find((one) => !one.input.value.trim() && !(some && one.tick.checked));
    if (!empty) return "";
    empty.input.focus();
    return some ? t("act.need_language", { language: tongue(empty.tag) }) : t("act.need_text");
  }
}
