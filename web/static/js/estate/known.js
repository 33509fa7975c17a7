// The sheet as this browser last saw it, so that a board has its walls before the hub has answered.
import { get } from "../api.js";

const KEY = "muster.plan";

export function lastPlan() {
  try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; }
}
export async function freshPlan() {
  const layout = await get("/estate");
  const text = JSON.stringify(layout);
  const changed = text !== localStorage.getItem(KEY);
  try { localStorage.setItem(KEY, text); } catch { /* no room: the next page waits for the hub */ }
  return { layout, changed };
}
