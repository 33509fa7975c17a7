// The operator's fields of a playbook: each with a default, so a place alone is enough.
import { h } from "../dom.js";
import { t, say } from "../words.js";

const RADIOS = 3;

export function params(host, list, changed) {
  host.replaceChildren(...list.map((one) => field(one, changed)));
}
function field(one, changed) {
  const id = `p-${one.key}`;
  const hint = say(one.hint);
  const note = hint ? h("span", { class: "hint", id: `${id}-hint` }, hint) : null;
  if (one.kind === "choice" && one.options?.length <= RADIOS && one.options.length > 1 && !one.source) {
    return h("fieldset", { class: "field radios" }, h("legend", { class: "lab" }, say(one.name)), one.options.map((choice) => h("label", {}, h("input", { type: "radio", name: one.key, value: choice.value, checked: choice.value === one.default, "data-param": one.key, onchange: changed }), " ", say(choice.name))), note);
  }
  const common = { id, "data-param": one.key, "aria-describedby": hint ? `${id}-hint` : null, required: one.required || null };
  const box = one.kind === "choice"
    ? h("select", { ...common, onchange: changed }, (one.options ?? []).map((choice) => h("option", { value: choice.value, selected: choice.value === one.default }, say(choice.name))))
    : h("input", { ...common, type: one.kind === "clock" ? "time" : "text", inputmode: one.kind === "minutes" ? "numeric" : null, value: one.default ?? "", maxlength: one.limit ?? 80, autocomplete: "off", oninput: changed });
  if (one.kind === "choice" && !one.options?.length) return h("div", { class: "field" }, h("span", { class: "lab" }, say(one.name)), h("span", { class: "hint" }, t("form.no_options")));
  return h("div", { class: "field" }, h("label", { for: id }, say(one.name)), box, note);
}

/** Only what a person set differs from the defaults is sent; empty fields take the default. */
export function values(host) {
  const found = {};
  for (const box of host.querySelectorAll("[data-param]")) {
    if (box.type === "radio" && !box.checked) continue;
    if (box.value !== "") found[box.dataset.param] = box.value;
  }
  return found;
}
