#!/bin/sh
# pysiaalarm 3.2.2 (PyPI), a receiver for SIA DC-09, the protocol in which fire and intruder panels
# report over IP. The receiver number R… of a frame is optional in DC-09, and many panels leave it out.
# One expects the acknowledgment to leave it out, too. Seen: the ACK carries the word "None" in its
# place ("ACK"0001NoneL0#1234[]), which is no field of the protocol; CRC and length cover it, so the
# frame looks intact. A panel that reads its acknowledgments strictly reports the same alarm again.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pysiaalarm==3.2.2
"$work/venv/bin/python" - <<'PY'
from datetime import datetime, timezone

from pysiaalarm import SIAAccount
from pysiaalarm.event import SIAEvent


def crc(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


def frame(receiver: str) -> str:
    now = datetime.now(timezone.utc).strftime("_%H:%M:%S,%m-%d-%Y")
    body = f'"SIA-DCS"0001{receiver}L0#1234[#1234|NFA12]{now}'
    return f"{crc(body.encode()):04X}{len(body):04X}{body}"


def answer(receiver: str) -> bytes:
    event = SIAEvent.from_line(frame(receiver), {"1234": SIAAccount("1234")})
    return event.create_response()


with_number, without = answer("R7"), answer("")
print("frame with R7:   ", with_number)
print("frame without R: ", without)
assert b'"ACK"0001R7L0#1234[]' in with_number
assert b'"ACK"0001NoneL0#1234[]' in without
PY
