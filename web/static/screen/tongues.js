/** The fixed words of a screen in other languages, and which two it speaks: the site's first one
 * large, and beneath it the others in turn. A screen speaks to everyone who passes. */

import { ARROWS, CLEAR, CORRECTED, DRILL, DRILL_OVER, LEVEL, NEARBY, PAIR, REAL, SAY } from "./words.js";

const TURN = 10000; // ms a second language stands before the next one
const RTL = /^(ar|he|iw|fa|ur|ps|sd|ug|yi|dv|ckb)\b/;

const OTHER = {
  "zh-Hant": {
    P1: "危險 立即行動", P2: "注意 請照做", P3: "通知 請留意", P4: "通知",
    clear: "安全 警報解除", corrected: "更正", drills: "演練", nearby: "附近有險情 請留在樓內", over: "演練結束", real: "真實事件 演練已停止",
    drill: "演練 演練 演練", update: "更新 {n} {at}", stale: "自 {at} 起無網絡連接，最後指示仍然有效", lost: "自 {at} 起無網絡連接",
    never: "尚未連接到管理處系統", well: "屏幕正常，最後連接 {at}", issued: "發布", ended: "解除", updated: "最後更新",
    next: "下次更新", due: "原定更新", returns: "本屏恢復", from: "發布人", code: "事件編號", office: "管理處通知", nothing: "暫無通知",
    left: "向左", right: "向右", ahead: "直行", back: "向後", up: "上樓", down: "下樓",
  },
  ja: {
    P1: "危険 すぐに行動を", P2: "注意 指示に従ってください", P3: "お知らせ ご注意を", P4: "お知らせ",
    clear: "安全です 警報解除", corrected: "訂正", drills: "訓練", nearby: "近くで災害 建物の中に", over: "訓練終了", real: "実際の事態 訓練は中止",
    drill: "これは訓練です", update: "続報 {n} {at}", stale: "{at} から通信できません。最後の指示は有効です", lost: "{at} から通信できません",
    never: "管理事務所に接続していません", well: "画面は正常、最終通信 {at}", issued: "発信", ended: "解除", updated: "最終更新",
    next: "次の更新", due: "更新予定", returns: "通常画面", from: "発信者", code: "管理番号", office: "管理事務所から", nothing: "お知らせはありません",
    left: "左へ", right: "右へ", ahead: "直進", back: "後ろへ", up: "階段を上へ", down: "階段を下へ",
  },
  ko: {
    P1: "위험 즉시 행동하세요", P2: "주의 지시에 따르세요", P3: "알림 유의하세요", P4: "알림",
    clear: "안전 경보 해제", corrected: "정정", drills: "훈련", nearby: "주변 위험 건물 안에", over: "훈련 종료", real: "실제 상황, 훈련 중단",
    drill: "훈련입니다", update: "추가 알림 {n} {at}", stale: "{at}부터 연결 끊김. 마지막 지시는 유효합니다", lost: "{at}부터 연결 끊김",
    never: "관리사무소에 연결되지 않음", well: "화면 정상, 마지막 연결 {at}", issued: "발송", ended: "해제", updated: "마지막 갱신",
    next: "다음 알림", due: "예정 시각", returns: "화면 복귀", from: "보낸 곳", code: "사건 번호", office: "관리사무소 알림", nothing: "알림 없음",
    left: "왼쪽으로", right: "오른쪽으로", ahead: "직진", back: "뒤로", up: "계단 위로", down: "계단 아래로",
  },
  ar: {
    P1: "خطر، تصرّف الآن", P2: "تنبيه، يُرجى التنفيذ", P3: "إشعار، انتبه", P4: "إشعار",
    clear: "أمان، انتهى الخطر", corrected: "تصحيح", drills: "تدريب", nearby: "خطر قريب، ابقَ في الداخل", over: "انتهى التدريب", real: "حدث حقيقي، توقف التدريب",
    drill: "هذا تدريب", update: "تحديث {n}، {at}", stale: "لا اتصال منذ {at}. آخر تعليمات ما زالت سارية", lost: "لا اتصال منذ {at}",
    never: "غير متصل بمكتب الإدارة بعد", well: "الشاشة تعمل، آخر اتصال {at}", issued: "صدر", ended: "انتهى", updated: "آخر تحديث",
    next: "التحديث التالي", due: "كان التحديث مقررًا", returns: "تعود الشاشة", from: "من", code: "رقم الحدث", office: "من مكتب الإدارة", nothing: "لا إشعارات",
    left: "إلى اليسار", right: "إلى اليمين", ahead: "إلى الأمام", back: "خلفك", up: "إلى الأعلى بالدرج", down: "إلى الأسفل بالدرج",
  },
};

/** Every object of words.js by the key its words have above. */
const PLACES = {
  P1: LEVEL.P1, P2: LEVEL.P2, P3: LEVEL.P3, P4: LEVEL.P4,
  nearby: NEARBY, clear: CLEAR, corrected: CORRECTED, drills: DRILL, over: DRILL_OVER, real: REAL, ...ARROWS,
};
for (const key of Object.keys(SAY)) PLACES[key] = SAY[key];
const OURS = {};
for (const key of Object.keys(PLACES)) OURS[key] = typeof PLACES[key] === "function" ? PLACES[key] : { ...PLACES[key] };

/** `zh-HK` → `zh-Hant`: whose fixed words a language has here. */
function family(tag) {
  const low = (tag || "").toLowerCase();
  if (/^(zh|yue)\b/.test(low)) return /hant|-hk|-tw|-mo|^yue/.test(low) ? "zh-Hant" : "zh";
  const start = low.split("-")[0];
  return OTHER[start] ? start : "en";
}

function said(tag, key, args) {
  const own = OTHER[family(tag)];
  if (own && own[key]) return own[key].replace(/\{(n|at)\}/g, (_, name) => args[name]);
  const ours = typeof OURS[key] === "function" ? OURS[key](...(key === "update" ? [args.n, args.at] : [args.at])) : OURS[key];
  return family(tag) === "zh" ? ours.zh : ours.en;
}

/** The nearest of `there` to a tag, or nothing. */
export function nearest(tag, there) {
  if (there.includes(tag)) return tag;
  const start = tag.split("-")[0];
  const same = there.filter((one) => one.split("-")[0] === start);
  return same.find((one) => family(one) === family(tag)) || same[0];
}

/** The languages of this screen in order, of those its words are there in (`parts`; all without). */
function languages(info, parts) {
  const own = (info && info.languages) || [];
  const usual = own.length === 0 || own.every((tag) => family(tag) === "zh" || tag.split("-")[0] === "en");
  const wanted = usual ? ["zh-CN", "en"] : own;
  const there = parts && Object.keys(parts).length ? Object.keys(parts) : null;
  if (!there) return wanted;
  const found = wanted.map((tag) => nearest(tag, there)).filter(Boolean);
  return [...new Set([...found, ...there])];
}

/** PAIR holds the two languages to speak now, and every fixed word is in them. */
export function choose(info, show, now) {
  const all = languages(info, show && show.parts);
  const rest = all.slice(1);
  const first = all[0];
  const second = rest.length ? rest[Math.floor(now / TURN) % rest.length] : first;
  if (first !== PAIR.first || second !== PAIR.second) speakIn(first, second);
  document.documentElement.lang = first;
  document.documentElement.dir = directionOf(first);
}

function speakIn(first, second) {
  PAIR.first = first;
  PAIR.second = second;
  for (const key of Object.keys(PLACES)) {
    const args = (one) => ({ zh: said(first, key, one), en: said(second, key, one) });
    if (typeof OURS[key] !== "function") Object.assign(PLACES[key], args({}));
    else if (key === "update") SAY.update = (n, at) => args({ n, at });
    else SAY[key] = (at) => args({ at });
  }
}

export function directionOf(tag) {
  return RTL.test((tag || "").toLowerCase()) ? "rtl" : "ltr";
}
