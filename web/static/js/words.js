// The catalogue of this page's language. Texts hold {name} and {name|one|many}.
const root = document.documentElement;
export const lang = root.lang || "en";
const table = await (await fetch(document.querySelector('link[rel="preload"][as="fetch"]').href)).json();
const grouped = new Intl.NumberFormat("en-US");
const MARK = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g;

export const num = (n) => (n === null || n === undefined || Number.isNaN(n) ? "–" : grouped.format(n));

export function t(key, args = {}) {
  const text = table[key];
  if (text === undefined) return key;
  return text.replace(MARK, (_, name, one, many) => {
    const value = args[name];
    if (one !== undefined) return value === 1 ? one : many;
    return typeof value === "number" ? num(value) : value ?? "–";
  });
}

export const has = (key) => table[key] !== undefined;

/** A word for a code of ours (`channel.sms`), or the code itself where we have none. */
export const named = (family, code) => (has(`${family}.${code}`) ? t(`${family}.${code}`) : String(code ?? ""));

const languages = new Intl.DisplayNames([lang], { type: "language", fallback: "code" });
/** The name of a language, our own two in themselves. */
export const tongue = (tag) => (has(`language.${tag}`) ? t(`language.${tag}`) : languages.of(tag));

/** A text per language, in this page's language or any it has. */
export const say = (words) =>
  typeof words === "string" ? words : words?.[lang] ?? words?.[lang.split("-")[0]] ?? Object.values(words ?? {})[0] ?? "";

export const pct = (part, whole) =>
  whole && part !== null && part !== undefined ? `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %` : "–";

/** Who did something: a person by name, a program by the name of its token, never by our own key. */
export function actor(by, name = "") {
  const [kind, n = ""] = String(by).split(":");
  if (kind === "token") return name ? t("actor.token_named", { name }) : t("actor.token", { n });
  return name || (has(`actor.${kind}`) ? t(`actor.${kind}`, { n }) : by);
}

/** The first letter large, as a sentence begins. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
