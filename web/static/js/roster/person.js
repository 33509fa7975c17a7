// One person, opened for editing. Numbers are shown in full only here, and the look is recorded.
import { call, get, patch, post } from "../api.js";
import { ask } from "../dialog.js";
import { h } from "../dom.js";
import { t, named, lang, tongue } from "../words.js";
import { optIn } from "./optout.js";

const KINDS = ["resident", "staff", "group", "screen", "outside"];
const NEEDS = ["moves_slowly", "wheelchair", "powered_device", "hearing", "sight", "infant", "other"];
const WAYS = ["sms", "voice", "email", "wecom", "push"];

export async function person(id) {
  const known = id === null ? { kind: "resident", name: "", place: "", homes: [], language: lang, needs: [], roles: [], addresses: [], drill: false } : await get(`/recipients/${id}`);
  const addresses = [...known.addresses];
  const optedOut = id !== null && addresses.some((one) => one.usable === false && one.reason === "opted_out");
  const back = async () => { if (await optIn(id, known.name)) { document.querySelector("dialog.ask")?.close(); dispatchEvent(new Event("roster-changed")); } };
  const list = h("ul", { class: "ways" });
  const box = (key, label, attrs = {}) => h("div", { class: "field" }, h("label", { for: `f-${key}` }, label), h("input", { id: `f-${key}`, name: key, value: known[key] ?? "", autocomplete: "off", ...attrs }));
  const select = (key, label, options, family) => h("div", { class: "field" }, h("label", { for: `f-${key}` }, label), h("select", { id: `f-${key}`, name: key }, options.map((one) => h("option", { value: one, selected: one === known[key] }, family === "language" ? tongue(one) : named(family, one)))));
  const draw = () => list.replaceChildren(...addresses.map((one, i) => h("li", {},
    h("select", { "aria-label": t("person.way"), onchange: (e) => { one.channel = e.target.value; } }, WAYS.map((way) => h("option", { value: way, selected: way === one.channel }, named("channel", way)))),
    h("input", { "aria-label": t("person.value"), value: one.value, oninput: (e) => { one.value = e.target.value; } }),
    one.usable === false ? h("span", { class: "late" }, named("reason", one.reason)) : null,
    h("button", { type: "button", class: "btn quiet small", onclick: () => { addresses.splice(i, 1); draw(); } }, t("person.remove_way")))));
  draw();
  const body = h("div", { class: "ask-body grid2" },
    box("name", t("roster.name"), { required: true, maxlength: 120, autofocus: true }), box("place", t("roster.place"), { placeholder: "3/12/1203" }), box("homes", t("roster.homes"), { value: known.homes.join(", "), placeholder: t("roster.homes_hint") }),
    select("kind", t("roster.kind"), KINDS, "recipient"), select("language", t("roster.language"), [...new Set(["zh-CN", "en", known.language])], "language"),
    h("fieldset", { class: "field checks" }, h("legend", { class: "lab" }, t("roster.needs")), NEEDS.map((need) => h("label", {}, h("input", { type: "checkbox", name: "needs", value: need, checked: known.needs.includes(need) }), " ", named("need", need)))),
    box("roles", t("person.roles"), { value: known.roles.join(", ") }),
    h("div", { class: "field wide2" }, h("span", { class: "lab" }, t("roster.ways")), list, h("button", { type: "button", class: "btn small", onclick: () => { addresses.push({ channel: "sms", value: "" }); draw(); } }, t("person.add_way"))),
    h("label", { class: "wide2" }, h("input", { type: "checkbox", name: "drill", checked: known.drill }), " ", t("person.drill")),
    optedOut ? h("p", { class: "wide2 warn" }, h("span", {}, t("optout.note"), " ", h("button", { type: "button", class: "btn small", onclick: back }, t("optout.button")))) : null,
    id === null ? null : h("p", { class: "wide2" }, h("button", { type: "button", class: "btn stop small", onclick: () => remove(id, known.name) }, t("person.remove"))));
  return ask({
    title: id === null ? t("roster.add") : known.name, body, wide: true, go: t("save"),
    act: (form) => {
      const data = new FormData(form);
      const fields = {
        name: data.get("name").trim(), place: data.get("place").trim(), homes: data.get("homes").split(/[,，、;；\s]+/).filter(Boolean), kind: data.get("kind"), language: data.get("language"), needs: data.getAll("needs"),
        roles: data.get("roles").split(/[,，、\s]+/).filter(Boolean), drill: data.has("drill"),
        addresses: addresses.filter((one) => one.value.trim()).map(({ channel, value }) => ({ channel, value: value.trim() })),
      };
      return id === null ? post("/recipients", fields) : patch(`/recipients/${id}`, { ...fields, version: known.version });
    },
  });
}
async function remove(id, name) {
  const gone = await ask({ title: t("person.remove_title", { name }), go: t("person.remove"), look: "live", body: h("div", { class: "ask-body" }, h("p", {}, t("person.remove_text"))), act: () => call("DELETE", `/recipients/${id}`).then(() => true) });
  if (gone) { document.querySelector("dialog.ask")?.close(); dispatchEvent(new Event("roster-changed")); }
}
