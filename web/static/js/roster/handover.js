// A file chosen on the first page is read on the roster page: kept in this browser for the one step.
const NAME = "muster-handover";

const store = (mode) => new Promise((done, failed) => {
  const open = indexedDB.open(NAME, 1);
  open.onupgradeneeded = () => open.result.createObjectStore("file");
  open.onerror = () => failed(open.error);
  open.onsuccess = () => done(open.result.transaction("file", mode).objectStore("file"));
});
const end = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });

export async function handOver(file) { await end((await store("readwrite")).put(file, "roster")); }

/** The file handed over, once; it is gone afterwards. */
export async function takeOver() {
  try {
    const box = await store("readwrite");
    const file = await end(box.get("roster"));
    if (file) await end(box.delete("roster"));
    return file ?? null;
  } catch { return null; }
}
