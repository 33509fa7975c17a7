// Off until a person turns it on, here, on this workstation. Never the evacuation tone.
import { $, put } from "../dom.js";
import { t, lang } from "../words.js";
import { mark, since } from "../../screen/elapsed.js";

const KEY = "muster.sound";
const REPEAT = 30000;

export class Sound {
  #on = localStorage.getItem(KEY) === "on"; #context = null; #last = null; #lastCry = null; #dueFor = "";
  constructor(drill) {
    this.drill = drill;
    this.button = $("#sound");
    this.button?.addEventListener("click", () => this.toggle());
    this.#say();
  }
  toggle() {
    this.#on = !this.#on;
    localStorage.setItem(KEY, this.#on ? "on" : "off");
    this.#say();
    if (this.#on) this.#play([[660, 0, 0.12]]);
  }
  #say() {
    if (!this.button) return;
    put(this.button, t(this.#on ? "sound.on" : "sound.off"));
    this.button.setAttribute("aria-pressed", String(this.#on));
  }
  /** Two tones for new help, again each 30 s until somebody has it. */
  help(unassigned, fresh) {
    if (!this.#on || !unassigned) return;
    if (!fresh && this.#last && since(this.#last) < REPEAT) return;
    this.#last = mark();
    if (this.drill) this.#word();
    this.#play([[880, this.drill ? 0.9 : 0, 0.22], [660, this.drill ? 1.15 : 0.25, 0.3]]);
  }
  /** The same two tones for a cry nobody can place, until it is settled. It is real on a drill's board too. */
  cry(open, fresh) {
    if (!this.#on || !open) return;
    if (!fresh && this.#lastCry && since(this.#lastCry) < REPEAT) return;
    this.#lastCry = mark();
    this.#play([[880, 0, 0.22], [660, 0.25, 0.3]], 0.16, false);
  }
  /** One soft tone when an update falls due, once for each due time. */
  due(at) {
    if (!this.#on || this.#dueFor === at) return;
    this.#dueFor = at;
    this.#play([[440, 0, 0.4]], 0.06);
  }
  #word() {
    if (!("speechSynthesis" in window)) return;
    const word = new SpeechSynthesisUtterance(t("sound.drill"));
    word.lang = lang;
    speechSynthesis.speak(word);
  }
  #play(notes, loud = 0.16, drill = this.drill) {
    this.#context ??= new AudioContext();
    const at = this.#context.currentTime;
    for (const [pitch, start, length] of notes) {
      const tone = this.#context.createOscillator(), gain = this.#context.createGain();
      tone.type = drill ? "triangle" : "sine";
      tone.frequency.value = drill ? pitch / 2 : pitch;
      gain.gain.setValueAtTime(0, at + start);
      gain.gain.linearRampToValueAtTime(loud, at + start + 0.02);
      gain.gain.linearRampToValueAtTime(0, at + start + length);
      tone.connect(gain).connect(this.#context.destination);
      tone.start(at + start);
      tone.stop(at + start + length + 0.05);
    }
  }
}
