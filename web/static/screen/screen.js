/** A lobby or lift screen: pairs itself, shows what it is told, says so, and never goes blank. */

import { drawCalm, drawNotice, drawPairing } from "./draw.js";
import { mark, since } from "./elapsed.js";
import { keep, load } from "./keep.js";
import { Link } from "./link.js";
import { choose } from "./tongues.js";
import { PAIR } from "./words.js";
import { Zone, tableOf } from "../js/zone.js";

const root = document.getElementById("screen");
const { base } = document.body.dataset;
const alarm = document.getElementById("alarm");
const GRACE = 5000; // ms the line may be down before the picture says so
const NIGHT = 4; // o'clock: a calm screen reloads itself, to get a new release
const started = performance.now();

const state = {
  ...load(), // device, recipient, info, show, notices, contact
  down: null, // since when the line is down
  drawn: "",
  skew: 0, // ms the hub's clock is ahead of ours
};
let link = null;

const now = () => new Date(Date.now() + state.skew);
const zone = () => new Zone((state.info && state.info.offsets) || tableOf(document.body.dataset.offsets));

function stale() {
  if (!state.down || since(state.down) < GRACE) return null;
  return new Date((state.contact || state.down.wall) + state.skew);
}

/** Draws only when something a person can see has changed: nothing on a screen ever flickers. */
function draw() {
  if (!state.device) return;
  choose(state.info, state.show, Date.now());
  const view = {
    show: state.show, info: state.info, notices: state.notices, stale: stale(), now: now(), zone: zone(),
    contact: state.contact ? new Date(state.contact + state.skew) : null,
  };
  const minute = Math.floor(view.now.getTime() / 60000);
  const mark = JSON.stringify([state.show && [state.show.notice, state.show.revision, state.show.next_update],
    state.info, state.notices, PAIR.first, PAIR.second, view.stale && Math.floor(view.stale.getTime() / 60000), minute]);
  if (mark === state.drawn) return;
  state.drawn = mark;
  if (state.show) drawNotice(root, view);
  else drawCalm(root, view);
}

function show(frame) {
  const before = state.show;
  state.show = frame;
  keep({ show: frame });
  draw();
  const said = frame.parts[PAIR.first] || Object.values(frame.parts)[0] || {};
  if (!before || before.notice !== frame.notice || before.revision !== frame.revision) {
    alarm.textContent = `${said.headline || ""} ${said.action || ""}`;
  }
  // "Shown" is a fact about pixels: after the frame with the new picture has been painted.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    link.send({ op: "shown", notice: frame.notice, revision: frame.revision });
  }));
}

function clear(frame) {
  state.show = null;
  state.notices = (frame.calm && frame.calm.notices) || [];
  keep({ show: null, notices: state.notices });
  alarm.textContent = "";
  draw();
}

function heard(frame) {
  state.contact = Date.now();
  if (frame.at) state.skew = Date.parse(frame.at) - Date.now();
}

/** Where this screen stands, points or belongs has changed. */
function card(frame) {
  state.info = frame.screen;
  keep({ info: state.info });
  draw();
}

const ops = {
  show,
  card,
  clear,
  snapshot: (frame) => (frame.notice ? show(frame) : clear(frame)),
};

function connect() {
  link = new Link({ device: state.device }, {
    open(frame) {
      heard(frame);
      state.down = null;
      if (frame.screen) {
        state.info = frame.screen;
        state.recipient = frame.screen.recipient;
        keep({ info: state.info, recipient: state.recipient });
      }
      link.send({ op: "watch", topic: `screen:${state.recipient}` });
      draw();
    },
    frame(frame) {
      heard(frame);
      state.down = null;
      if (ops[frame.op]) ops[frame.op](frame);
    },
    down() {
      state.down = state.down || mark();
      keep({ contact: state.contact });
    },
    refused() {
      link.close();
      unpair();
    },
  });
}

/** This device is no screen any more: everything is forgotten and a new code is asked for. */
function unpair() {
  keep({ device: null, recipient: null, info: null, show: null, notices: null, contact: null });
  for (const name of ["device", "recipient", "info", "show", "notices", "contact"]) state[name] = null;
  state.drawn = "";
  pair();
}

async function post(path, body) {
  const answer = await fetch(`${base}/api/v1/screens/pairings${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined,
  });
  return { status: answer.status, body: answer.status === 204 ? {} : await answer.json() };
}

async function pair() {
  drawPairing(root, "");
  for (;;) {
    try {
      const asked = await post("", {});
      if (asked.status === 201) {
        drawPairing(root, asked.body.code);
        if (await claimed(asked.body)) return;
      }
    } catch { /* no network yet: try again below */ }
    await pause(3000);
  }
}

async function claimed(asked) {
  const asking = mark();
  while (since(asking) < asked.expires_in * 1000) {
    await pause(1500);
    const answer = await post("/claim", { claim: asked.claim });
    if (answer.status === 200 && answer.body.device) {
      state.device = answer.body.device;
      state.recipient = answer.body.recipient;
      keep({ device: state.device, recipient: state.recipient });
      draw();
      connect();
      return true;
    }
    if (answer.status >= 400) return false;
  }
  return false;
}

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function stayAwake() {
  try {
    await navigator.wakeLock.request("screen");
  } catch { /* not every player has it; kiosks keep themselves awake */ }
}

setInterval(() => {
  draw();
  const at = zone().wall(now().getTime());
  if (!state.show && !state.down && at.getUTCHours() === NIGHT && performance.now() - started > 3 * 3600 * 1000) location.reload();
}, 500);
addEventListener("offline", () => { state.down = state.down || mark(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(); });
stayAwake();
if (navigator.serviceWorker) navigator.serviceWorker.register(`${base}/screen/sw.js`, { scope: `${base}/screen` }).catch(() => {});

if (state.device) {
  state.down = mark();
  draw();
  connect();
} else {
  pair();
}
