// A question asked once. Opens only by a person's hand; Escape and "Back" do nothing but close.
import { h } from "./dom.js";
import { t } from "./words.js";
import { trouble } from "./api.js";

/**
 * `act` runs when the main button is pressed; it may throw Trouble, which is shown inside.
 * Resolves to what `act` gave, or null if the person went back.
 */
export function ask({ title, body, go, look = "main", act, wide = false, cancel }) {
  return new Promise((done) => {
    const result = h("div");
    const button = go ? h("button", { class: `btn big ${look}`, type: "submit" }, go) : null;
    const back = h("button", { class: "btn big", type: "button", onclick: () => box.close() }, cancel ?? (go ? t("back") : t("close")));
    let value = null, busy = false;
    const form = h("form", {
      method: "dialog",
      onsubmit: async (event) => {
        event.preventDefault();
        if (busy) return;
        busy = true;
        button.disabled = true;
        result.replaceChildren();
        try { value = (await act(form)) ?? true; box.close(); }
        catch (error) { result.replaceChildren(trouble(error)); button.disabled = false; }
        busy = false;
      },
    }, h("h2", {}, title), body, result, h("div", { class: "ends" }, back, button));
    const box = h("dialog", { class: `ask${wide ? " wide" : ""}`, "aria-label": title, onclose: () => { box.remove(); done(value); } }, form);
    document.body.append(box);
    box.showModal();
  });
}
