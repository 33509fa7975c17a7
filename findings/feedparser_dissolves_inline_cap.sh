#!/bin/sh
# feedparser 6.0.14 (PyPI) on an Atom entry whose <content type="text/xml"> carries a whole CAP 1.2
# alert, which RFC 4287 (section 4.1.3) allows and warning hubs use to save a second request. One expects
# the alert's XML, or the entry as it is without it. Seen: the content's value is the empty string, and the
# alert's elements are poured into the entry as its own: of two <info> blocks only the last language is
# left, and where the entry has a field of that name, the alert's is dropped, so that an entry marked
# "Alert" with an inline Cancel reads as an Alert with the Cancel's identifier. bozo is False.
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
<cap:msgType>Alert</cap:msgType>
<content type="text/xml"><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>urn:example:2</identifier><sender>a@example.com</sender><sent>2026-11-30T08:00:00+08:00</sent>
<status>Actual</status><msgType>Cancel</msgType><scope>Public</scope>
<references>a@example.com,urn:example:1,2026-11-30T07:00:00+08:00</references>
<info><language>en</language><category>Met</category><event>Flood</event><urgency>Past</urgency>
<severity>Minor</severity><certainty>Observed</certainty></info>
<info><language>fr</language><category>Met</category><event>Crue</event><urgency>Past</urgency>
<severity>Minor</severity><certainty>Observed</certainty></info>
</alert></content></entry></feed>"""

feed = feedparser.parse(FEED)
entry = feed.entries[0]
seen = (entry.content[0].value, entry.cap_msgtype, entry.cap_identifier, entry.cap_event)
print("bozo", feed.bozo, "content value, msgType, identifier, event:", seen)
assert feed.bozo is False
assert seen == ("", "Alert", "urn:example:2", "Crue")
PY
