#!/bin/sh
# py-vapid 1.9.6 (PyPI; pywebpush signs with it). RFC 8292, section 2.1: the claim "sub" is a contact,
# a mailto: or an https: URI. One expects any https URI to be taken. Seen: an https URI with a path, a
# trailing slash or a port is refused, and the error says that "sub" is MISSING and must be a mailto:
# link; without a path the same host passes, and an address with a query passes as mailto:.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check py-vapid==1.9.6
"$work/venv/bin/python" - <<'PY'
from py_vapid import Vapid02, VapidException

signer = Vapid02()
signer.generate_keys()


def verdict(contact: str) -> str:
    try:
        signer.sign({"sub": contact, "aud": "https://push.example.com"})
    except VapidException as error:
        return str(error)
    return "taken"


for contact in (
    "mailto:duty@example.com",
    "mailto:duty@example.com?subject=push",
    "https://estate.example.com",
    "https://estate.example.com/",
    "https://estate.example.com/contact",
    "https://estate.example.com:8443",
):
    print(f"{contact:40} {verdict(contact)}")
    refused = contact.count("/") > 2 or contact.endswith(":8443")
    assert verdict(contact).startswith("Missing 'sub'") is refused
    assert (verdict(contact) == "taken") is not refused
PY
