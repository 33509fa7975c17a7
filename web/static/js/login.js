// The estate's last known sheet stands beside the login; nothing is fetched before it.
import { $ } from "./dom.js";
import { lastPlan } from "./estate/known.js";
import { Sheet } from "./estate/sheet.js";

const host = $("#art");
const layout = lastPlan() ?? sample();
if (host.offsetParent) new Sheet(host, layout, { link: false, room: () => ({ phone: false, width: host.clientWidth, height: innerHeight - host.parentElement.firstElementChild.offsetHeight - 90, largest: 1 }) });

/** Six towers of a made-up estate, until this browser has seen a real one. */
function sample() {
  const tower = (n) => ({
    path: String(n), name: {}, entrances: [{
      path: String(n), name: {}, lifts: [{}, {}], screens: [{ recipient: 0, kind: "lobby" }],
      floors: Array.from({ length: 30 }, (_, i) => ({ label: String(30 - i), level: 30 - i, units: [1, 2, 3, 4].map((u) => ({ id: n * 10000 + (30 - i) * 100 + u, label: `${30 - i}0${u}` })) })),
    }],
  });
  return { buildings: [1, 2, 3, 4, 5, 6].map(tower) };
}
