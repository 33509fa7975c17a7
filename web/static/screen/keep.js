/** What a screen remembers over a reload: who it is, and what it was last told to show. */

const KEY = "muster.screen";
let memory = {};

/** The remembered values; what cannot be read is as if it never was. */
export function load() {
  try {
    memory = JSON.parse(localStorage.getItem(KEY) || "{}") || {};
  } catch {
    memory = {}; // storage is off (some signage players): the page works until it is reloaded
  }
  return memory;
}

/** Remembers these values; null forgets one. */
export function keep(values) {
  memory = { ...memory, ...values };
  for (const [name, value] of Object.entries(memory)) if (value === null) delete memory[name];
  try {
    localStorage.setItem(KEY, JSON.stringify(memory));
  } catch { /* as above */ }
  return memory;
}
