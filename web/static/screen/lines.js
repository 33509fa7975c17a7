/** Where a line of Chinese may break: never inside a word, nor between a number and what it counts.
 * Browsers break between any two signs: 单|元, 3号|楼. Each piece that must stay whole is a span. */

const HAN = /[\u3400-\u9fff]/;
const RUN = /(?:[\u3400-\u9fff]|[0-9A-Za-z]+(?: ?[-–:：./] ?[0-9A-Za-z]+)*(?: (?=[\u3400-\u9fff]))?)+/g;
const COUNTED = /^[0-9A-Za-z][0-9A-Za-z:：./–-]*[ \u00a0]?(?:号楼|号門|号门|号机|号厅|号线|号口|单元|期|区|苑|弄|巷|门|梯|座|栋|棟|幢|楼|樓|层|層|室|号|號|点|分钟|分鐘|小时|小時|分|秒|月|日|人|户|戶|米|次)?/;
const WORDS = ("单元 單元 楼栋 楼梯 樓梯 步梯 电梯 電梯 大楼 大樓 本楼 本樓 楼道 大堂 地下室 车库 停车场 草坪 广场 东门 西门 南门 北门 正门 侧门 大门 集合 集合点 集合點"
  + " 消防 消防车 车道 通道 出口 起火 火情 火警 停电 停电中 停水 停气 燃气 煤气 泄漏 警报 解除 撤离 撤離 疏散 离开 離開 返回 进入 前往 留在 家中 室内 室外 室外集合点"
  + " 立即 马上 请勿 请留 勿乘 不要 不必 不用 目前 此处 此處 门窗 关好 关门 堵缝 湿毛巾 拨打 浓烟 有烟 见烟 处置 处置中 恢复 恢复供电 供电 抢修 物业 演练 演練 火场 现场 让出"
  + " 留意 广播 按计划 进行 更新 通知 没有 真实 参加 照常 通行 行动 危险 安全 注意 需要 帮助").split(" ").sort((a, b) => b.length - a.length);
const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("zh", { granularity: "word" }) : null;

/** The pieces of a text in order; those in which no line may break are spans. */
export function together(said) {
  const text = String(said || "");
  const out = [];
  let from = 0;
  for (const found of each(text)) {
    if (found.index > from) out.push(text.slice(from, found.index));
    for (const piece of pieces(found[0])) out.push(piece.length > 1 && HAN.test(piece) ? whole(piece) : piece);
    from = found.index + found[0].length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

function* each(text) {
  const again = new RegExp(RUN.source, "g");
  for (let found = again.exec(text); found; found = again.exec(text)) yield found;
}

function whole(piece) {
  const span = document.createElement("span");
  span.className = "k";
  span.textContent = piece.replace(/ /g, "\u00a0");
  return span;
}

/** A run of Chinese and figures, cut where a line may break. */
export function pieces(run) {
  const out = [];
  let rest = run;
  while (rest) {
    const piece = counted(rest) || word(rest);
    // A sign alone leans on what follows it (请|勿): it never ends a line by itself.
    if (out.length && out[out.length - 1].length === 1 && HAN.test(out[out.length - 1])) out[out.length - 1] += piece;
    else out.push(piece);
    rest = rest.slice(piece.length);
  }
  if (out.length > 1 && out[out.length - 1].length === 1) out.splice(-2, 2, out[out.length - 2] + out[out.length - 1]);
  return out;
}

function counted(text) {
  const found = COUNTED.exec(text);
  return found ? found[0] : "";
}

function word(text) {
  const ours = WORDS.find((one) => text.startsWith(one));
  if (ours) return ours;
  if (!segmenter) return text[0] === undefined ? "" : text[0];
  const han = /^[\u3400-\u9fff]+/.exec(text);
  return han ? [...segmenter.segment(han[0])][0].segment : text[0];
}
