// A reply in words: where it came from, why it stands here, who it may be.
import { h } from "../dom.js";
import { t, say, capital } from "../words.js";

/** A number as people read it out; Chinese mobiles in their three groups. */
export function number(sender) {
  const mobile = /^\+86(1\d\d)(\d{4})(\d{4})$/.exec(sender);
  return mobile ? `+86 ${mobile.slice(1).join(" ")}` : sender;
}
export function by(one) {
  const channel = t(`replies.channel.${one.channel}`);
  return t("replies.by", { channel, number: number(one.sender) });
}
export const place = (where) => capital(say(where.spoken)) || where.place;
export const who = (guess) => [guess.name, place(guess)].filter(Boolean).join(t("comma"));

/** The words as they came; Chinese, Japanese and Korean keep their own shapes. */
export function words(one) {
  const kana = /[\u3040-\u30ff]/.test(one.words), hangul = /[\uac00-\ud7af]/.test(one.words), han = /[\u4e00-\u9fff]/.test(one.words);
  return h("blockquote", { dir: "auto", lang: kana ? "ja" : hangul ? "ko" : han ? "zh" : null }, one.words || t("replies.no_words"));
}
