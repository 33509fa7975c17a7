// Texts go to somebody again who had opted out, because they asked for it. Who did it is on record.
import { call } from "../api.js";
import { ask } from "../dialog.js";
import { h } from "../dom.js";
import { t } from "../words.js";

/** Resolves to true once it is done, to null if the person went back. */
export const optIn = (recipient, name) => ask({
  title: t("optout.title", { name }), go: t("optout.go"),
  body: h("div", { class: "ask-body" }, h("p", {}, t("optout.text")), h("p", { class: "hint" }, t("optout.recorded"))),
  act: () => call("DELETE", `/recipients/${recipient}/opt-out`).then(() => true),
});
