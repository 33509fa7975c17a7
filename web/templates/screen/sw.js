// Keeps the screen's page: it must come up, and show what it last showed, without a network.
const KEPT = {{ name }}, FILES = {{ files }};
self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});
/** A network that does not answer is none. */
const soon = (answer) => Promise.race([answer, new Promise((_, fail) => { setTimeout(fail, 4000); })]);
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).pathname.startsWith({{ api }})) return;
  event.respondWith(soon(fetch(request))
    .then((answer) => (answer.ok ? answer : Promise.reject(answer)))
    .catch(() => caches.match(request, { ignoreSearch: true }).then((kept) => kept || Response.error())));
});
