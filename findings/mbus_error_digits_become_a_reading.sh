#!/bin/sh
# pyMeterBus 0.8.5 (PyPI), reading a water meter's volume in BCD. A meter that cannot give a digit sends
# A to F in its place (EN 13757-3, annex A, type A), for instance when its sensor fails. One expects an
# error or no value. Seen: no error; a volume sent as 00AA0123 litres in eight digits is reported as
# 100.123 cubic metres, a jump of a hundred, where a hub that looks for a home without any water would
# see use.
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


plain, faulty = value("0C13" "23010000"), value("0C13" "2301AA00")
print("00000123 litres:", round(plain, 3), " 00AA0123 litres:", round(faulty, 3))
assert float(round(plain, 3)) == 0.123
assert float(round(faulty, 3)) == 100.123
PY
