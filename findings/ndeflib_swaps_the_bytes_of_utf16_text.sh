#!/bin/sh
# ndeflib 0.3.3 (PyPI). A guard's round reads NFC tags beside doors and lifts; their text may be UTF-16, as writers set to
# Chinese make it. Without a byte order mark it is big-endian (NFC Forum, Text Record Type Definition 1.0, section
# 3.4). One expects 救命. Seen: the bytes are taken as little-endian and become two other Chinese
# characters, without an error. With a mark, and in UTF-8, the text is right.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ndeflib==0.3.3
"$work/venv/bin/python" - <<'PY'
import ndef

WORDS = "救命"


def read(text: bytes, *, utf16: bool) -> str:
    payload = bytes([(0x80 if utf16 else 0) | 2]) + b"zh" + text
    record = bytes([0xD1, 1, len(payload)]) + b"T" + payload
    return next(ndef.message_decoder(record)).text


utf8 = read(WORDS.encode(), utf16=False)
marked = read(b"\xfe\xff" + WORDS.encode("utf-16-be"), utf16=True)
plain = read(WORDS.encode("utf-16-be"), utf16=True)
print("UTF-8:", utf8, " UTF-16 with a mark:", marked, " UTF-16 without:", plain)
assert utf8 == marked == WORDS
assert plain == WORDS.encode("utf-16-be").decode("utf-16-le")
PY
