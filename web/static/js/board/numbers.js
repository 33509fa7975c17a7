// The eight numbers and the legend's counts: changed in place, never in order. Unknown is "–".
import { $, $$, put } from "../dom.js";
import { t, num, pct } from "../words.js";
import { ageText } from "../clock.js";
import { untilAll } from "./queue.js";

const cell = (key) => $(`[data-num="${key}"]`);
function set(key, n, note) {
  const box = cell(key);
  put($(".n", box), num(n));
  put($(".s", box), note || " ");
}

function whereHelp(flats, oldest, cries) {
  const age = oldest ? ageText(oldest) : "";
  if (cries) return t(flats ? "nums.help_flats_cries" : "nums.help_cries", { n: flats, cries });
  if (!flats) return age ? t("nums.help_oldest", { age }) : t("nums.help_none");
  return age ? t("nums.help_note", { n: flats, age }) : t("nums.help_flats", { n: flats });
}

export function numbers({ tally, incident, help, waves, queue }) {
  if (!tally) return;
  const { answers = {}, flats = {} } = tally;
  const oldest = (help ?? []).map((row) => row.since).filter(Boolean).sort()[0];
  const needy = tally.help ?? 0; // counted by the hub, once for everybody
  set("help", tally.help, whereHelp(flats.help, oldest, tally.help_by?.cries));
  const homes = tally.households ?? 0; // who only looks is not told how many have needs
  set("people", tally.people, "vulnerable" in tally ? t("nums.people_note", { homes, vulnerable: tally.vulnerable }) : t("nums.homes_note", { homes }));
  set("told", tally.told, pct(tally.told, tally.people));
  set("delivered", tally.delivered, pct(tally.delivered, tally.people));
  set("answered", tally.answered, pct(tally.answered, tally.people));
  const safe = (answers.safe ?? 0) + (answers.evacuated ?? 0) + (answers.away ?? 0);
  set("safe", safe, t("nums.safe_note", { evacuated: answers.evacuated ?? 0, away: answers.away ?? 0 }));
  const wave = (waves ?? []).filter((one) => one.state === "started").at(-1);
  set("waiting", tally.not_told, tally.not_told && untilAll(queue) ? untilAll(queue) : tally.not_told && wave && incident?.status === "open" ? t("nums.waiting_note", { n: Number(wave.no) + 1 }) : "");
  // Whom no message reaches, less those somebody has told at the door: with told and not yet told, it is all.
  set("unreachable", Math.max(0, tally.people - tally.told - tally.not_told), flats.unre ? t("nums.doors", { n: flats.unre }) : "");
  cell("help").classList.toggle("quiet", !needy);
  put($("#band-help"), needy ? t("band.help", { n: needy }) : "");
  for (const box of $$("[data-flats]")) put(box, num(flats[box.dataset.flats] ?? 0));
}
