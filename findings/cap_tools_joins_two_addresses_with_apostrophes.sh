#!/bin/sh
# cap-tools 3.1.1 (PyPI). The addresses of a private CAP 1.2 alert are divided by blanks; one that has a blank of its own
# stands in double quotes (OASIS CAP 1.2, section 3.2.1), and an apostrophe is an ordinary sign, legal in
# a mail address. One expects as many addresses as there are. Seen: apostrophes are taken for quotes as a shell does:
# o'brien@… o'hara@… are one address, without its apostrophes and with a blank in it. No error; with one apostrophe
# alone it is a ValueError.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cap-tools==3.1.1
"$work/venv/bin/python" - <<'PY'
from cap_tools.utils import split_and_remove_quotes

plain = split_and_remove_quotes('duty@x.example "night guard" lift@x.example')
both = split_and_remove_quotes("o'brien@x.example o'hara@x.example")
print(plain, both, sep="\n")
assert plain == ["duty@x.example", "night guard", "lift@x.example"]
assert both == ["obrien@x.example ohara@x.example"]
try:
    split_and_remove_quotes("o'brien@x.example duty@x.example")
except ValueError as error:
    print("one apostrophe:", error)
else:
    raise SystemExit("one apostrophe is read now")
PY
