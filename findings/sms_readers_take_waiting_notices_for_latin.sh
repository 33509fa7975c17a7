#!/bin/sh
# smspdudecoder 2.2.0 and python-gsmmodem-new 0.13.0 (PyPI), reading a text with data coding scheme 0xE0:
# "message waiting, store, UCS2" (3GPP TS 23.038, section 4, group 1110). Networks send missed-call and
# voice-mail notices in it, in Chinese too. One expects UCS2, as for 0x08. Seen: both read the octets as
# the GSM 7-bit alphabet and give Latin and Greek letters, without an error.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  smspdudecoder==2.2.0 bitstring==4.3.1 python-gsmmodem-new==0.13.0
"$work/venv/bin/python" - <<'PY'
from gsmmodem.pdu import decodeSmsPdu
from smspdudecoder.easy import read_incoming_sms


def digits(number: str) -> str:
    padded = number + "F" * (len(number) % 2)
    return "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))


def septets(text: str, fill: int = 0) -> bytes:
    bits = sum(ord(letter) << (7 * at) for at, letter in enumerate(text)) << fill
    return bits.to_bytes((7 * len(text) + fill + 7) // 8, "little")


def deliver(sender: str, coding: str, length: int, data: bytes, first: str = "04") -> str:
    return f"00{first}{sender}00{coding}62110380000023{length:02X}{data.hex().upper()}"


def read(coding: str) -> tuple[str, str]:
    data = "未接来电".encode("utf-16-be")
    pdu = deliver("0B91" + digits("10000000000"), coding, len(data), data)
    return read_incoming_sms(pdu)["content"], decodeSmsPdu(pdu)["text"]


plain, waiting = read("08"), read("E0")
print("0x08:", plain)
print("0xE0:", waiting)
assert plain == ("未接来电", "未接来电")
assert all("未" not in text and text for text in waiting)
PY
