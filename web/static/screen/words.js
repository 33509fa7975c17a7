/** The fixed words of a screen, always in both languages: it speaks to everyone who passes. */

/** Which languages the slots `zh` and `en` below speak: other ones by tongues.js. */
export const PAIR = { first: "zh-CN", second: "en" };

export const LEVEL = {
  P1: { zh: "危险 立即行动", en: "DANGER, ACT NOW", look: "s-red", mark: "danger" },
  P2: { zh: "注意 请照做", en: "CAUTION, PLEASE ACT", look: "s-amber", mark: "danger" },
  P3: { zh: "通知 请留意", en: "NOTICE, TAKE CARE", look: "s-amber", mark: "danger" },
  P4: { zh: "通知", en: "NOTICE", look: "s-blue", mark: "info" },
};
/** Of a P1 screen whose words keep people where they are: a head line that hurries them out would kill. */
export const NEARBY = {
  zh: "附近有险情 请留在楼内", en: "DANGER NEARBY, STAY INSIDE", look: "s-amber", mark: "danger",
};
export const CLEAR = { zh: "安全 警报解除", en: "SAFE, ALL CLEAR", look: "s-green", mark: "tick" };
export const CORRECTED = { zh: "更正", en: "CORRECTION", look: "s-green", mark: "tick" };
export const DRILL = { zh: "演练", en: "DRILL", look: "s-drill", mark: "danger" };
/** Of a drill that something real ended: no drill any more. */
export const REAL = { zh: "真实事件 演练已停止", en: "REAL. THE DRILL HAS STOPPED", look: "s-red", mark: "danger" };
export const DRILL_OVER = { zh: "演练结束", en: "DRILL OVER", look: "s-drill", mark: "tick" };

export const SAY = {
  drill: { zh: "演练 演练 演练", en: "This is a drill." },
  update: (n, at) => ({ zh: `更新 ${n} ${at}`, en: `Update ${n}, ${at}` }),
  stale: (at) => ({
    zh: `自 ${at} 起无网络连接，最后指令仍然有效`,
    en: `No connection since ${at}. The last instruction still holds.`,
  }),
  lost: (at) => ({ zh: `自 ${at} 起无网络连接`, en: `No connection since ${at}` }),
  never: { zh: "尚未连接到物业系统", en: "Not connected to the office yet" },
  well: (at) => ({ zh: `屏幕正常，最后连接 ${at}`, en: `Screen working, last contact ${at}` }),
  issued: { zh: "发布", en: "Issued" },
  ended: { zh: "解除", en: "Ended" },
  updated: { zh: "最后更新", en: "Last updated" },
  next: { zh: "下次更新", en: "Next update" },
  due: { zh: "原定更新", en: "Update was due" },
  returns: { zh: "本屏恢复", en: "Screen returns" },
  from: { zh: "发布人", en: "From" },
  code: { zh: "事件编号", en: "Incident" },
  office: { zh: "物业通知", en: "From the office" },
  nothing: { zh: "暂无通知", en: "Nothing to report" },
  pair: { zh: "请在控制台输入配对码", en: "Enter this code in the console" },
  pairHow: {
    zh: "控制台 › 屏幕 › 配对。配对码十分钟内有效，会自动更新。",
    en: "Console › Screens › Pair. The code lasts ten minutes and renews itself.",
  },
};

export const ARROWS = {
  left: { zh: "向左", en: "to the left" },
  right: { zh: "向右", en: "to the right" },
  ahead: { zh: "直行", en: "straight ahead" },
  back: { zh: "向后", en: "behind you" },
  up: { zh: "上楼", en: "up the stairs" },
  down: { zh: "下楼", en: "down the stairs" },
};

/** Where this screen's way out is: {zh, en}, or null when nobody has said. Words of its own stand for
 *  what would be put together from turn, door and distance. */
export function wayWords(way) {
  if (!way || !(way.door || way.words || ARROWS[way.arrow])) return null;
  const said = (words, tag) => words[tag] || words[/^zh/.test(tag) ? "zh-CN" : "en"] || words["zh-CN"] || words.en || "";
  if (way.words) return { zh: said(way.words, PAIR.first), en: said(way.words, PAIR.second) };
  const turn = ARROWS[way.arrow] || null;
  const metres = way.metres ? way.metres : 0;
  const door = (tag) => said(way.door || {}, tag);
  const chinese = /^(zh-CN|zh-Hans|zh)$/.test(PAIR.first);
  return {
    zh: [turn ? turn.zh : "", door(PAIR.first), metres ? `${metres} ${chinese ? "米" : "m"}` : ""].filter(Boolean).join(" "),
    en: [door(PAIR.second), turn ? turn.en : "", metres ? `${metres} m` : ""].filter(Boolean).join(", "),
  };
}
