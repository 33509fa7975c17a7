#!/bin/sh
# feedparser 6.0.14 (PyPI) on an Atom feed of public warnings with the cap: elements that weather
# services put into each entry. An alert may have several areas. One expects a list, as for tags and
# links, or at least all names. Seen: only the LAST cap:areaDesc is kept; of cap:geocode and
# cap:parameter, which hold valueName/value pairs, only the last pair of the whole entry is left, under
# the bare names "valuename" and "value", and the elements themselves are empty. bozo is False. A place
# that stands first in the list would never be warned.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check feedparser==6.0.14
"$work/venv/bin/python" - <<'PY'
import feedparser

FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">
<id>urn:example:feed</id><title>Warnings</title><updated>2026-11-30T08:00:00+08:00</updated>
<entry><id>urn:example:1</id><title>Flood</title><updated>2026-11-30T08:00:00+08:00</updated>
<cap:event>Flood</cap:event>
<cap:areaDesc>North district</cap:areaDesc>
<cap:areaDesc>South district</cap:areaDesc>
<cap:geocode><valueName>DISTRICT</valueName><value>N</value></cap:geocode>
<cap:geocode><valueName>DISTRICT</valueName><value>S</value></cap:geocode>
<cap:parameter><valueName>level</valueName><value>red</value></cap:parameter>
</entry></feed>"""

feed = feedparser.parse(FEED)
entry = feed.entries[0]
seen = {key: entry.get(key) for key in ("cap_event", "cap_areadesc", "cap_geocode", "valuename", "value")}
print("bozo", feed.bozo, seen)
assert feed.bozo is False
assert seen == {
    "cap_event": "Flood",
    "cap_areadesc": "South district",
    "cap_geocode": "",
    "valuename": "level",
    "value": "red",
}
PY
