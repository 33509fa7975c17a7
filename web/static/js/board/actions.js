// Update, all clear, correction, stop, close: each shows its words and who gets them, then asks once.
import { get, onceKey, post, Trouble, trouble } from "../api.js";
import { now } from "../clock.js";
import { ask } from "../dialog.js";
import { h, $ } from "../dom.js";
import { lang, t, say, named } from "../words.js";
import { drawWords } from "../launch/wordings.js";
import { sum, toDo } from "../doors/counts.js";
import { StillHelp } from "./stillhelp.js";
import { Tongues } from "./tongues.js";

/** Whether it was closed without an end, and one can still be said. */
export const mayClear = (incident) => incident?.status === "closed" && Date.parse(incident.clear_until ?? "") > now();
/** Each part of the audience, how many they are, and what they are told: it stays with the update. */
function whoGets({ bands = [], words = [] }) {
  return bands.filter((one) => one.people).map((one) => {
    const pages = words.filter((word) => word.band === one.key && word.channel === "page");
    const told = (pages.find((word) => word.language === lang) ?? pages[0])?.parts.do;
    return h("li", {}, h("b", {}, say(one.name)), " ", h("span", { class: "num" }, t("form.band_people", { n: one.people })), told ? h("span", { class: "two" }, told) : null);
  });
}
/** Whom what is typed speaks against: said before it goes out, never refused. */
function contrary({ contrary: found = [] }) {
  return found.map((one) => h("p", { class: "warn" }, h("b", {}, t(`act.contrary.${one.told}.${one.says}`, { n: one.people, band: say(one.name) }))));
}

export class Actions {
  constructor({ id, state, kind }) { this.id = id; this.state = state; this.kind = kind; this.busy = false; }

  async run(what) {
    if (this.busy) return null;
    this.busy = true;
    try {
      if (what === "stop") return await this.#stop();
      if (what === "close") return await this.#close();
      return await this.#notice(what);
    } finally { this.busy = false; }
  }

  #whom(stage) {
    const { tally } = this.state;
    if (stage === "update") return t("act.whom.update", { n: tally?.people });
    return t(`act.whom.${stage}`, { n: tally?.told });
  }

  /** What a withdrawal says is not so: fires have words of their own. */
  #hazard() {
    if (this.kind !== "live") return "drill";
    return document.body.dataset.playbook === "fire" ? "fire" : "other";
  }

  #notice(stage) {
    const key = onceKey();
    const words = h("div", { class: "said-box" }, h("p", { class: "hint" }, t("loading")));
    const means = this.#hazard();
    const tongues = new Tongues({
      stage, needed: stage === "update", changed: () => { clearTimeout(waiting); waiting = setTimeout(look, 300); },
    });
    const against = h("div", { role: "status" }), bands = h("ul", { class: "who-gets" });
    const last = this.state.notices?.at(-1), again = h("p", { class: "warn", hidden: true }, h("b"));
    const still = stage === "all_clear" ? new StillHelp(this.state) : null;
    const body = h("div", { class: "ask-body" },
      still ? still.node : stage === "correction" ? this.#needHelp() : null,
      stage === "update" ? null : this.#doorsOff(),
      h("p", { class: "two" }, this.#whom(stage)), bands, again,
      stage === "correction" ? h("p", { class: "warn" }, h("b", {}, t(`act.means.correction.${means}`))) : null,
      tongues.node, against,
      last?.text ? h("p", { class: "hint" }, t("act.last", {
        stage: named("stage", last.stage), n: last.revision, text: say(last.texts) || last.text,
      })) : null,
      h("section", { "aria-label": t("act.words") }, h("h3", {}, t("act.words")), words));
    let waiting = 0, asked = null;
    const look = async () => {
      asked?.abort();
      asked = new AbortController();
      try {
        const seen = await post(`/incidents/${this.id}/notices/preview`, { stage, text: tongues.text }, { signal: asked.signal });
        tongues.offer(seen.languages ?? []);
        words.replaceChildren(drawWords(seen, { kind: this.kind }));
        if (stage === "update") { bands.replaceChildren(...whoGets(seen)); against.replaceChildren(...contrary(seen)); }
        again.hidden = !seen.by_hand;
        if (seen.by_hand) again.firstChild.textContent = t(`act.by_hand.${stage}`, { n: seen.by_hand });
      } catch (error) {
        if (error.name === "AbortError") return;
        words.replaceChildren(error.status === 404 || error.status === 405 ? h("p", { class: "hint" }, t("act.words_from_playbook")) : trouble(error));
      }
    };
    look();
    return ask({
      title: t(`act.title.${stage}`), body, wide: true, look: stage === "all_clear" ? "go-clear" : "main", go: t(`act.go.${stage}`),
      act: () => {
        clearTimeout(waiting);
        const lacks = tongues.lacks();
        if (lacks) throw new Trouble(422, { detail: lacks, code: "notice" });
        const said = { stage, text: tongues.text, ...(tongues.untranslated ? { untranslated: true } : {}) };
        const send = (more) => post(`/incidents/${this.id}/notices`, { ...said, ...more }, { headers: { "Idempotency-Key": key } });
        return still ? still.run(send) : send({});
      },
    });
  }

  #stop() {
    const { tally } = this.state;
    return ask({
      title: t("act.title.stop"), look: "live", go: t("act.go.stop"),
      body: h("div", { class: "ask-body" }, h("p", {}, tally?.not_told ? t("act.stop_1", { n: tally.not_told }) : t("act.stop_0")), this.#doorsOff(), h("p", { class: "two" }, t("act.stop_2"))),
      act: () => post(`/incidents/${this.id}/stop`, {}),
    });
  }
  /** What must not be forgotten when it seems over: those who wait for help. */
  #needHelp() {
    const n = this.state.tally?.help;
    return n ? h("p", { class: "warn" }, h("b", {}, t("act.close_help", { n }))) : null;
  }
  /** Who heard of it at the door alone, and does not know yet that it is over. */
  #stillToTell() {
    const n = toDo(sum((this.state.waves ?? []).filter((one) => one.stage !== "alert").map((one) => one.tasks)));
    return n ? h("p", { class: "warn" }, h("b", {}, t("act.close_by_hand", { n }))) : null;
  }
  /** Doors nobody has been at yet: ending it sends everybody home. */
  #doorsOff() {
    const n = toDo(sum((this.state.waves ?? []).map((one) => one.tasks)));
    return n ? h("p", { class: "warn" }, h("b", {}, t("act.doors_off", { n }))) : null;
  }
  #close() {
    const still = new StillHelp(this.state);
    return ask({
      title: t("act.title.close"), go: t("act.go.close"),
      body: h("div", { class: "ask-body" }, this.#uncleared() ?? h("p", {}, t("act.close_1")), still.node, this.#stillToTell()),
      act: () => still.run((more) => post(`/incidents/${this.id}/close`, more)),
    });
  }
  /** Nobody has told people that it is over: said before it is closed, with the way to do it. */
  #uncleared() {
    if (this.state.incident?.cleared !== false) return null;
    const first = () => { $("dialog.ask")?.close(); setTimeout(() => this.run("all_clear")); };
    return h("div", { class: "uncleared" },
      h("p", { class: "warn" }, h("b", {}, t(`act.uncleared.${this.kind === "live" ? "live" : "drill"}`, { n: this.state.tally?.told }))),
      h("button", { class: "btn okay", type: "button", onclick: first }, t("act.clear_first")),
      h("p", { class: "two" }, t("act.uncleared_then")));
  }

  /** Who goes: any name; the staff of the roster are offered. */
  async assign(one) {
    const people = h("datalist", { id: "staff" });
    const who = h("input", { id: "who", list: "staff", required: true, maxlength: 60, autofocus: true, autocomplete: "off" });
    get("/recipients?kind=staff&limit=100").then(({ items }) => people.append(...items.map((p) => h("option", { value: p.name }, (p.roles ?? []).map((r) => named("role", r)).join(t("comma")))))).catch(() => {});
    return ask({
      title: t("help.assign_title", { place: say(one.spoken) || one.place }), go: t("help.assign"),
      body: h("div", { class: "ask-body" }, h("div", { class: "field" }, h("label", { for: "who" }, t("help.assign_who")), who, people)),
      act: () => Promise.all(one.open.map((task) => post(`/incidents/${this.id}/tasks/${task}`, { assigned: who.value.trim() }))),
    });
  }
  async finish(tasks, name) {
    const outcome = h("input", { id: "outcome", maxlength: 120, autofocus: true, autocomplete: "off" });
    return ask({
      title: name, go: t("tasks.finish"),
      body: h("div", { class: "ask-body" }, h("div", { class: "field" }, h("label", { for: "outcome" }, t("tasks.outcome")), outcome, h("span", { class: "hint" }, t("tasks.outcome_hint")))),
      act: () => Promise.all(tasks.map((task) => post(`/incidents/${this.id}/tasks/${task}`, { state: "done", outcome: outcome.value.trim() }))),
    });
  }
  more(open) {
    const pick = (what) => { $("dialog.ask")?.close(); open(what); };
    const closed = this.state.incident?.status, late = mayClear(this.state.incident);
    return ask({ title: t("act.more"), body: h("div", { class: "ask-body stack-buttons" },
      (closed === "closed" && !late) || this.state.incident?.ended_by ? null : h("button", { class: "btn big wide", type: "button", onclick: () => pick("correction") }, t("act.correction")),
      closed === "open" ? h("button", { class: "btn big wide stop", type: "button", onclick: () => pick("stop") }, t("act.stop")) : null,
      closed === "cleared" || closed === "stopped" ? h("button", { class: "btn big wide", type: "button", onclick: () => pick("close") }, t("act.close")) : null) });
  }
}
