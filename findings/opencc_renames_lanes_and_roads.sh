#!/bin/sh
# OpenCC 1.4.2 (PyPI), Simplified to Traditional Chinese as written in Hong Kong (s2hk; s2t and s2tw alike). Estates are
# named after lanes: 里 in a name stays 里 in Traditional script; 裏 means "inside". One expects
# addresses to survive. Seen: 和平里, 平安里 and 仁德里 do, because they stand in a dictionary, 永安里3号,
# 幸福里 and 余庆里 come out as "inside"; 征仪路 becomes 徵儀路. What a resident reads is then not what
# stands on the wall, and it differs from lane to lane. Names must be given in each script, never converted.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check opencc==1.4.2
"$work/venv/bin/python" - <<'PY'
import opencc

convert = opencc.OpenCC("s2hk").convert
SEEN = {
    "和平里": "和平里",
    "平安里": "平安里",
    "仁德里": "仁德里",
    "永安里3号": "永安裏3號",
    "幸福里": "幸福裏",
    "余庆里": "餘慶裏",
    "征仪路": "徵儀路",
}
for name, seen in SEEN.items():
    print(name, convert(name))
    assert convert(name) == seen
PY
