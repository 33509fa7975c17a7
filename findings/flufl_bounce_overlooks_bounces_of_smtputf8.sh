#!/bin/sh
# flufl.bounce 6.0.0 (PyPI), the bounce reader of Mailman. A mail sent with SMTPUTF8 comes back with a report of type
# message/global-delivery-status (RFC 6533; Postfix writes it), and an address there may be "utf-8; …" instead of
# "rfc822; …". One expects its failed address, as with the older type. Seen: no failure at all, neither permanent nor
# temporary, even where the address is plain ASCII: the mail looks delivered.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check flufl.bounce==6.0.0
"$work/venv/bin/python" - <<'PY'
from email import message_from_string

from flufl.bounce import all_failures

REPORT = """\
From: MAILER-DAEMON@mx.example
To: alerts@hub.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.

--b
Content-Type: message/{subtype}

Reporting-MTA: dns; mx.example

Final-Recipient: {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b--
"""


def failed(subtype: str, address: str) -> set[bytes]:
    temporary, permanent = all_failures(
        message_from_string(REPORT.format(subtype=subtype, address=address))
    )
    return set(temporary | permanent)


seen = [
    failed("delivery-status", "rfc822; a@x.example"),
    failed("delivery-status", "utf-8; a@x.example"),
    failed("global-delivery-status", "utf-8; a@x.example"),
    failed("global-delivery-status", "rfc822; a@x.example"),
]
print(*seen, sep="\n")
assert seen == [{b"a@x.example"}, set(), set(), set()]
PY
