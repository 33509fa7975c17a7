#!/bin/sh
# dateparser 1.5.0 (PyPI). Notices of planned power and water cuts in China write the day as 12月3日. One expects
# 3 December of this or the next year, or no result. Seen: for October, November and December the month's two
# digits become the year and the second digit or the day the rest: 12月3日 is 1 March 2012, 11月30日 is 30 December
# 2011, 10月3日 is 1 March 2010. 2月14日, and 12月3日 with its year in front, are right. Nothing says so.
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
    words: str(dateparser.parse(words, settings=BASE))
    for words in ("2月14日 09:00", "2026年12月3日 14:00", "10月3日 14:00", "11月30日 22:00", "12月3日 14:00")
}
for words, moment in seen.items():
    print(words, "->", moment)
assert list(seen.values()) == [
    "2026-02-14 09:00:00",
    "2026-12-03 14:00:00",
    "2010-03-01 14:00:00",
    "2011-12-30 22:00:00",
    "2012-03-01 14:00:00",
]
PY
