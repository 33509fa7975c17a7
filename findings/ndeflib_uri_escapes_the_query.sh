#!/bin/sh
# ndeflib 0.3.3 (PyPI). A tag at a lift opens a web page; its link has a query. One expects the record's `uri` to be the
# link on the tag. Seen: what separates the query is percent-encoded (b=1&c=2 becomes b%3D1%26c%3D2, and what was
# encoded already is encoded again), so that it opens another page; no error. `iri` is the link as it stands.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ndeflib==0.3.3
"$work/venv/bin/python" - <<'PY'
import ndef

LINKS = ("https://x.example/lift?b=1&c=2", "https://x.example/lift?b=%E4%B8%AD")
read = [next(ndef.message_decoder(b"".join(ndef.message_encoder([ndef.UriRecord(one)])))) for one in LINKS]
for record in read:
    print("iri", record.iri, " uri", record.uri)
assert tuple(record.iri for record in read) == LINKS
assert [record.uri for record in read] == [
    "https://x.example/lift?b%3D1%26c%3D2",
    "https://x.example/lift?b%3D%25E4%25B8%25AD",
]
PY
