// Six digits as six boxes: typing goes on, pasting fills, backspace goes back.
import { $$ } from "./dom.js";

export function digits(form, filled) {
  const boxes = $$(".code input", form);
  const value = () => boxes.map((box) => box.value).join("");
  const put = (text, from) => {
    [...text.replace(/\D/g, "")].slice(0, boxes.length - from).forEach((digit, i) => { boxes[from + i].value = digit; });
    boxes[Math.min(boxes.length - 1, from + text.length)].focus();
    if (value().length === boxes.length) filled?.(value());
  };
  for (const [i, box] of boxes.entries()) {
    box.addEventListener("input", () => { const text = box.value; box.value = text.replace(/\D/g, "").slice(-1); if (box.value) put(box.value, i); });
    box.addEventListener("paste", (event) => { event.preventDefault(); put(event.clipboardData.getData("text"), i); });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !box.value && i) { boxes[i - 1].value = ""; boxes[i - 1].focus(); event.preventDefault(); }
      if (event.key === "ArrowLeft" && i) boxes[i - 1].focus();
      if (event.key === "ArrowRight" && i < boxes.length - 1) boxes[i + 1].focus();
    });
  }
  return { value, clear: () => { boxes.forEach((box) => { box.value = ""; }); boxes[0].focus(); } };
}
