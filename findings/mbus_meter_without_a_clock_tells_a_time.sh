#!/bin/sh
# pyMeterBus 0.8.5 (PyPI), reading a water meter's long frame. A date and time of type F (EN 13757-3,
# annex A) has a bit IV, "time invalid", which a meter sets when its clock was lost; a date of type G in
# which all bits are set means "none". One expects None or an error, since silence for a day is judged by
# this clock. Seen: with IV set the time is given as if it were true, and the empty date comes out as
# "2027-15-31", a fifteenth month.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyMeterBus==0.8.5 pyserial==3.5
"$work/venv/bin/python" - <<'PY'
import meterbus


def telegram(record: str) -> bytes:
    body = bytes.fromhex("080172" "78563412" "A732" "0A" "07" "55" "00" "0000" + record)
    length = len(body)
    return bytes([0x68, length, length, 0x68]) + body + bytes([sum(body) & 0xFF, 0x16])


def value(record: str) -> object:
    return meterbus.load(telegram(record)).records[0].value


true, invalid, none = value("046D0F085E3B"), value("046D8F085E3B"), value("026CFFFF")
print("type F:         ", true)
print("type F, IV set: ", invalid)
print("type G, none:   ", none)
assert true == invalid == "2026-11-30T08:15"
assert none == "2027-15-31"
PY
