#!/bin/sh
# mail-parser-reply 1.36 (PyPI) takes the answer out of a mail and leaves the quoted words behind it, in the languages it
# is given; "zh" is one of them. One expects "1" from a reply that quotes the alert. Seen, with
# languages=["en", "zh"]: of the forms that mail programs write in Chinese only Outlook's (发件人: with a half-width
# colon) is cut. Gmail's 于…写道：, NetEase's 在…写道： and Foxmail's 发件人： with full-width colons are not,
# so that the quoted alert stands in the "reply", and its words and digits with it. In English all is well.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check mail-parser-reply==1.36
"$work/venv/bin/python" - <<'PY'
from mailparser_reply import EmailReplyParser

WORDS = "回复1安全，2求助"
REPLIES = {
    "Gmail, English": f"1\n\nOn Mon, Nov 30, 2026 at 8:15 AM Estate <a@example.com> wrote:\n\n> {WORDS}",
    "Outlook": f"1\n\n{'_' * 32}\n发件人: 物业 <a@example.com>\n发送时间: 2026年11月30日 8:15\n"
    f"收件人: b@example.com\n主题: 火警\n\n{WORDS}",
    "Gmail": f"1\n\n物业 <a@example.com> 于2026年11月30日周一 08:15写道：\n\n> {WORDS}",
    "NetEase": f'1\n\n\n在 2026-11-30 08:15:00，"物业" <a@example.com> 写道：\n\n{WORDS}',
    "Foxmail": "1\n\n\n\nb@example.com\n \n发件人： 物业\n发送时间： 2026-11-30 08:15\n收件人： b\n"
    f"主题： 火警\n{WORDS}",
}
CUT = {"Gmail, English", "Outlook"}
parser = EmailReplyParser(languages=["en", "zh"])
for program, text in REPLIES.items():
    reply = parser.parse_reply(text=text)
    print(f"{program:15} {reply!r}")
    assert (reply == "1") is (program in CUT)
    assert (WORDS in reply) is (program not in CUT)
PY
