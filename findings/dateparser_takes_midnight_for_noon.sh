#!/bin/sh
# dateparser 1.5.0 (PyPI). Chinese notices call midnight 晚上12:00 ("twelve at night": the cut ends when the day ends) and
# the half hour after it 晚12:30. One expects 00:00 and 00:30. Seen: both are read as noon, twelve hours away, though
# 晚上11:30 is 23:30 and 凌晨12:30 is 00:30: the word for the evening turns into PM, and 12 PM is noon.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0
"$work/venv/bin/python" - <<'PY'
from datetime import datetime

import dateparser

BASE = {"RELATIVE_BASE": datetime(2026, 12, 1, 9, 0)}
seen = {
    words: dateparser.parse(words, settings=BASE).strftime("%H:%M")
    for words in ("凌晨12:30", "中午12:00", "晚上11:30", "晚上12:00", "晚12:30")
}
for words, moment in seen.items():
    print(words, "->", moment)
assert list(seen.values()) == ["00:30", "12:00", "23:30", "12:00", "12:30"]
PY
