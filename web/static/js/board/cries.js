// Cries for help that nobody can place: loud above the board, with number and words for those who may read them.
import { look } from "../api.js";
import { $, h, icon } from "../dom.js";
import { t } from "../words.js";
import { ageText } from "../clock.js";
import { by, words } from "../replies/said.js";
import { counts, waiting } from "../replies/waiting.js";

const FEW = 3;
const box = $("#cries");

/** `open()` is how many there are; `tick()` keeps their ages true and the sound going. */
export function cries({ may, sound, speak }) {
  let items = [], known = null;

  async function changed() {
    const fresh = known !== null && counts.newest_cry > known;
    known = counts.newest_cry;
    box.hidden = !counts.cries;
    sound.cry(counts.cries, fresh);
    if (fresh) speak(t("cries.spoken"));
    if (!counts.cries) { items = []; return box.replaceChildren(); }
    draw(); // the number first: the words may take a moment
    if (!may) return;
    try {
      items = (await look(`/replies?state=open&limit=${FEW}`)).items.filter((one) => one.cry);
      draw();
    } catch { /* the number and the way to them stand there */ }
  }
  function draw() {
    const more = counts.cries - items.length;
    box.replaceChildren(...[
      h("h2", {}, icon("bell"), t("cries.title", { n: counts.cries })),
      items.length ? h("ul", {}, items.map((one) => h("li", {}, words(one), h("p", {}, h("b", { class: "num" }, by(one)), " ", h("span", { class: "num", "data-at": one.at }, ageText(one.at)))))) : may ? null : h("p", {}, t("cries.count")),
      may ? h("a", { class: "btn", href: "/replies" }, t("cries.go"), items.length && more > 0 ? ` (${t("cries.more", { n: more })})` : null) : null].filter(Boolean));
  }
  waiting.addEventListener("change", changed);
  if (counts.cries !== null) changed();
  return {
    tick() {
      for (const one of box.querySelectorAll("[data-at]")) one.textContent = ageText(one.dataset.at);
      sound.cry(counts.cries, false);
    },
  };
}
