#!/bin/sh
# python-gsmmodem-new 0.13.0 (PyPI), reading an incoming long text (SMS-DELIVER) in the GSM alphabet.
# The parts carry a header with a reference of 8 or, as many networks send, 16 bits (3GPP TS 23.040,
# 9.2.3.24.1 and .8). The 16-bit header is 7 octets, 56 bits, and needs no fill bits. One expects the same
# text from both. Seen: with the 16-bit header the FIRST LETTER of every part is gone ("2 trapped"
# becomes " trapped"), without an error; with the 8-bit header all is well.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-gsmmodem-new==0.13.0 pyserial==3.5
"$work/venv/bin/python" - <<'PY'
from gsmmodem.pdu import decodeSmsPdu


def digits(number: str) -> str:
    padded = number + "F" * (len(number) % 2)
    return "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))


def septets(text: str, fill: int = 0) -> bytes:
    bits = sum(ord(letter) << (7 * at) for at, letter in enumerate(text)) << fill
    return bits.to_bytes((7 * len(text) + fill + 7) // 8, "little")


def deliver(sender: str, coding: str, length: int, data: bytes, first: str = "04") -> str:
    return f"00{first}{sender}00{coding}62110380000023{length:02X}{data.hex().upper()}"


def part(header: str, text: str) -> str:
    udh = bytes.fromhex(header)
    fill = -8 * len(udh) % 7
    length = (8 * len(udh) + fill) // 7 + len(text)
    data = udh + septets(text, fill)
    return decodeSmsPdu(deliver("0B91" + digits("10000000000"), "00", length, data, "44"))["text"]


short, wide = part("050003010201", "2 trapped"), part("06080400010201", "2 trapped")
print("8-bit reference: ", repr(short))
print("16-bit reference:", repr(wide))
assert short == "2 trapped"
assert wide == " trapped"
PY
