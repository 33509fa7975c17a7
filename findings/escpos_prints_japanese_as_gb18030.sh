#!/bin/sh
# python-escpos 3.1 (PyPI) chooses the code page for each text from the printer's profile. The profile
# of a common receipt printer (TM-T88V) has CP932, Japanese, in slot 1. One expects a sheet in Japanese
# to be sent in CP932 after a switch to it. Seen: kana alone are (ESC t 1, then CP932), but as soon as
# one text holds a single character of the range U+4E00 to U+9FA5, the WHOLE text goes out as GB18030, with
# no switch of code page and none of the Chinese mode, whatever the profile lists; Latin letters with accents in it become
# four-byte GB18030 sequences. A Japanese printer prints other characters than were given.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1
"$work/venv/bin/python" - 2>/dev/null <<'PY'
from escpos.printer import Dummy


def sent(text: str) -> bytes:
    printer = Dummy(profile="TM-T88V")
    assert printer.profile.get_code_pages()["CP932"] == "1"
    printer.text(text)
    return printer.output


kana, kanji, mixed = sent("ﾋﾅﾝ"), sent("避難"), sent("Évacuez 火")
print("kana: ", kana)
print("kanji:", kanji)
print("mixed:", mixed)
assert kana.startswith(b"\x1bt\x01")
assert kanji == "避難".encode("gb18030") != "避難".encode("cp932")
assert mixed == "Évacuez 火".encode("gb18030") and b"\x1bt" not in mixed
PY
