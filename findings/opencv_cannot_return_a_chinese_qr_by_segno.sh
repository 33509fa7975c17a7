#!/bin/sh
# segno 1.6.6 and opencv-python-headless 5.0.0.93 (PyPI). Whatever Chinese word can also be written in
# Shift JIS (集合点, 一号楼, 火 …) segno writes in QR's Kanji mode, which is valid and shortest. zxing-cpp
# 3 reads it as Chinese. One expects the same of OpenCV's QRCodeDetector. Seen: detectAndDecode raises
# UnicodeDecodeError, since the bytes come out in Shift JIS and are handed to Python as UTF-8; the point
# can then not be read at all. With encoding="utf-8" segno writes bytes, and OpenCV reads them.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  segno==1.6.6 opencv-python-headless==5.0.0.93 numpy==2.4.6 pillow==13.0.0
"$work/venv/bin/python" - <<'PY'
import io

import cv2
import numpy
import segno
from PIL import Image


def read(text: str, encoding: str | None) -> tuple[str, str]:
    code = segno.make(text, micro=False, encoding=encoding)
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=8, border=4)
    pixels = numpy.array(Image.open(picture).convert("RGB"))
    try:
        return code.mode, cv2.QRCodeDetector().detectAndDecode(pixels)[0]
    except UnicodeDecodeError as error:
        return code.mode, f"UnicodeDecodeError: {error.object.decode('shift_jis')}"


for word in ("集合点", "一号楼", "出口"):
    by_default, as_utf8 = read(word, None), read(word, "utf-8")
    print(word, by_default, as_utf8)
    assert by_default == ("kanji", f"UnicodeDecodeError: {word}")
    assert as_utf8 == ("byte", word)
PY
