#!/bin/sh
# bacpypes3 0.0.110 (PyPI). Fire panels and lifts are often on BACnet. A CharacterString may be in a DBCS
# with its code page as the first two octets (ASHRAE 135, clause 20.2.9, character set X'01'); controllers made for
# China name their points in code page 936. One expects the name, or an error. Seen: character set 1 is
# read as Latin-1, code page number included: 火警 becomes a control character and 5 Latin ones, and
# nothing says so. UTF-8 (0), UCS-4 (3), UCS-2 (4) and Latin-1 (5) are right.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check bacpypes3==0.0.110
"$work/venv/bin/python" - <<'PY'
from bacpypes3.primitivedata import CharacterString, Tag, TagClass, TagList, TagNumber


def decoded(octets: bytes) -> str:
    tag = Tag(TagClass.application, TagNumber.characterString, len(octets), octets)
    return str(CharacterString.decode(TagList([tag])))


utf8 = decoded(b"\x00" + "火警".encode())
dbcs = decoded(b"\x01" + (936).to_bytes(2, "big") + "火警".encode("cp936"))
print("UTF-8:           ", repr(utf8))
print("DBCS, page 936:  ", repr(dbcs))
assert utf8 == "火警"
assert dbcs == "\x03\xa8" + "火警".encode("cp936").decode("latin-1")
PY
