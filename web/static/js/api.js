// The hub's HTTP door. A refusal is shown where it happened: what was not done, and what to do.
import { at, h, here } from "./dom.js";
import { agree } from "./clock.js";
import { lang, t } from "./words.js";

const { me, name } = document.body.dataset;
/** Somebody else has logged in in this browser since this page was opened: nothing goes out under their name. */
export const OTHER = "other_login";

export class Trouble extends Error {
  constructor(status, body) {
    super(body.code === OTHER ? t("error.other_login", { name: name || me }) : body.detail || body.title || t("error.http", { status }));
    this.status = status;
    this.code = body.code ?? "";
    this.problems = body.problems ?? [];
    this.body = body;
  }
}

export async function call(method, path, { body, headers = {}, signal, timeout = 20000, keepalive = false, mine = method !== "GET" } = {}) {
  const form = body instanceof FormData;
  const end = AbortSignal.timeout(timeout);
  let response;
  try {
    response = await fetch(at(`/api/v1${path}`), {
      method,
      credentials: "same-origin",
      keepalive,
      headers: { Accept: "application/json", "Accept-Language": lang, ...(mine && me ? { "X-Muster-As": me } : {}), ...(body && !form ? { "Content-Type": "application/json" } : {}), ...headers },
      body: form ? body : body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, end]) : end,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(0, { detail: t("error.away"), code: "away" });
  }
  const data = await read(response);
  if (response.status === 401) location.assign(at(`/login?next=${encodeURIComponent(here())}`));
  agree(response.headers.get("date"));
  if (!response.ok) throw new Trouble(response.status, data);
  return data;
}

/** The hub's words, which are JSON; anything else came from what stands before it, and is told as that. */
async function read(response) {
  const { status } = response;
  const text = await response.text().catch(() => { throw new Trouble(0, { detail: t("error.away"), code: "away" }); });
  if (!text && status !== 200) return {};
  try { return JSON.parse(text); } catch { /* a proxy's page, the login page of a network */ }
  if (status === 413) throw new Trouble(413, { detail: t("error.proxy_size"), code: "proxy_size" });
  if (status >= 500) throw new Trouble(status, { detail: t("error.gateway", { status }), code: "gateway" });
  throw new Trouble(0, { detail: t("error.not_hub", { status }), code: "not_hub" });
}
export const get = (path, options) => call("GET", path, options);
/** A look that is recorded: under the name of whoever opened this page, or not at all. */
export const look = (path) => get(path, { mine: true });
export const post = (path, body, options = {}) => call("POST", path, { ...options, body });
export const patch = (path, body, options = {}) => call("PATCH", path, { ...options, body });

/** Random and unguessable also where the page is not a secure context. */
export function onceKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** A refusal as people read it. */
export function trouble(error) {
  return h("div", { class: "trouble", role: "alert" },
    h("p", {}, h("b", {}, error.message)),
    error.problems?.length
      ? h("ul", {}, error.problems.slice(0, 20).filter((p) => ![p.what, p.hint].includes(error.message)).map((p) => h("li", {}, p.where ? h("b", {}, `${p.label || p.where}: `) : null, p.what, p.hint ? ` ${p.hint}` : "")))
      : null);
}
