#!/bin/sh
# smspdudecoder 2.2.0 with bitstring 4.3.1 (PyPI), reading an incoming text from a named sender. Seven
# letters fill 49 of 56 bits; the seven that are left are zero, and zero is "@" in the GSM alphabet
# (3GPP TS 23.038). The length of the address is given in half-octets, so that a reader can tell. One
# expects the name. Seen: "HARBOUR" comes out as "HARBOUR@", so that rules by the sender's name miss it;
# six and eight letters are right, and python-gsmmodem-new 0.13.0 is right for seven.
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


def pdu(name: str) -> str:
    half_octets = -(-7 * len(name) // 4)
    return deliver(f"{half_octets:02X}D0{septets(name).hex().upper()}", "00", 2, septets("OK"))


for name, seen in (("HARBOR", "HARBOR"), ("HARBOUR", "HARBOUR@"), ("HARBOURS", "HARBOURS")):
    one, other = read_incoming_sms(pdu(name))["sender"], decodeSmsPdu(pdu(name))["number"]
    print(f"{name:9} smspdudecoder {one!r:12} gsmmodem {other!r}")
    assert (one, other) == (seen, name)
PY
