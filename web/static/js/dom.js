// Elements without a framework. Text always enters as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";

const { base = "" } = document.body.dataset;
/** Where an address of ours lives: below the path of the public address, if that has one. */
export const at = (path) => base + path;
/** This page's own address, as the hub knows it. */
export const here = () => location.pathname.slice(base && location.pathname.startsWith(`${base}/`) ? base.length : 0) + location.search;
const ours = (name, value) => ["href", "src", "action"].includes(name) && /^\/(?!\/)/.test(value);

function fill(node, attrs, children) {
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : ours(name, value) ? at(value) : value);
  }
  node.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}
export const h = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
export const s = (tag, attrs, ...children) => fill(document.createElementNS(SVG, tag), attrs, children);
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export const icon = (name) =>
  s("svg", { class: "i", viewBox: "0 0 24 24", "aria-hidden": "true" }, s("use", { href: `#i-${name}` }));
export const chip = (state) =>
  s("svg", { class: "chip", viewBox: "0 0 22 12", "aria-hidden": "true" }, s("use", { href: `#u-${state}` }));

/** Writes only what changed, so nothing that stands still is touched. */
export function put(node, text) {
  if (node && node.textContent !== String(text)) node.textContent = text;
}

/** Rows by key: kept, changed in place, added at their place, removed. `draw(item, oldRow)`. */
export function rows(list, items, key, draw) {
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  let at = list.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    const before = old.get(id);
    old.delete(id);
    const row = draw(item, before);
    row.dataset.key = id;
    if (before && before !== row) {
      if (at === before) at = row;
      before.replaceWith(row);
    }
    if (row === at) at = at.nextElementSibling;
    else list.insertBefore(row, at);
  }
  for (const row of old.values()) row.remove();
}

/** Bars as one picture: [[class, share 0..1], …] without a style attribute. */
export function bar(parts, label) {
  let x = 0;
  return s("svg", { class: "stack", width: "100%", height: "9", role: "img", "aria-label": label },
    s("rect", { class: "b-rest", width: "100%", height: "9", rx: "2" }),
    parts.filter(([, share]) => share > 0).map(([cls, share]) => {
      const r = s("rect", { class: cls, x: `${(x * 100).toFixed(2)}%`, width: `${Math.max(0.4, share * 100).toFixed(2)}%`, height: "9" });
      x += share;
      return r;
    }));
}
