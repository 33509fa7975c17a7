// The cards: keys 1 to 9 open one, last drills fill in, running incidents are named first.
import { get } from "../api.js";
import { $, $$ } from "../dom.js";
import { t } from "../words.js";
import { date, spanSeconds } from "../clock.js";
import { showRunning } from "../running.js";

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  $(`.card[data-key="${event.key}"]`)?.click();
});

function lastDrill(drill) {
  if (!drill) return t("card.never");
  if (typeof drill === "string") return t("card.drill_at", { at: date(drill) });
  return drill.seconds_to_90 ? t("card.drill", { time: spanSeconds(drill.seconds_to_90) }) : t("card.drill_at", { at: date(drill.at ?? drill.launched_at) });
}
get("/playbooks").then(({ items }) => {
  const drills = new Map(items.map((one) => [one.key, one.last_drill]));
  for (const line of $$("[data-drill]")) line.textContent = lastDrill(drills.get(line.dataset.drill));
}).catch(() => {});
showRunning($("#running-here"));
