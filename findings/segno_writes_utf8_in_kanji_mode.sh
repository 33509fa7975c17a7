#!/bin/sh
# segno 1.6.6 (PyPI), read back by zxing-cpp 3.1.1. A code with Chinese text and encoding="utf-8" should
# be in byte mode, as the documentation's advice for other scripts goes. Seen: when the UTF-8 bytes of
# the whole text happen to be pairs that are legal in Shift JIS, segno puts those bytes in Kanji mode.
# A reader then rightly takes them for Shift JIS: 安全 (safe) scans as 螳牙 and a broken character,
# 疏散 (evacuate) as 逍乗淵; eci=True does not help. Whether it happens depends on the word (火警 is well),
# and mode="byte" avoids it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  segno==1.6.6 zxing-cpp==3.1.1 pillow==13.0.0
"$work/venv/bin/python" - <<'PY'
import io

import segno
import zxingcpp
from PIL import Image


def scanned(text: str, **options: object) -> tuple[str, str]:
    code = segno.make(text, micro=False, encoding="utf-8", **options)
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=8, border=4)
    (found,) = zxingcpp.read_barcodes(Image.open(picture).convert("RGB"))
    return code.mode, found.text


for word in ("安全", "求助", "疏散", "火警"):
    plain, eci, byte = scanned(word), scanned(word, eci=True), scanned(word, mode="byte")
    print(word, plain, eci, byte)
    well = word == "火警"
    assert plain[0] == eci[0] == ("byte" if well else "kanji")
    assert (plain[1] == word) is (eci[1] == word) is well
    assert byte == ("byte", word)
PY
