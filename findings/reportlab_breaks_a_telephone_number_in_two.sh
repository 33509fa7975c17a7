#!/bin/sh
# reportlab 5.1.0 (PyPI). Printed door lists and notices in Chinese need wordWrap="CJK", or a paragraph does not wrap at
# all. One expects lines to break between Chinese characters, and a number to stay whole (Unicode line breaking, UAX 14,
# never breaks between digits). Seen: a telephone number is broken wherever the line is full, without a hyphen, and
# a line may begin with a comma.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check reportlab==5.1.0
"$work/venv/bin/python" - <<'PY'
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
style = ParagraphStyle("notice", fontName="STSong-Light", fontSize=10, wordWrap="CJK")
notice = Paragraph("火警请拨119，物业值班电话13800138000，集合点：3号楼南门", style)


def lines(width: int) -> list[str]:
    notice.wrap(width, 1_000)
    return [line[1][0] for line in notice.blPara.lines]


print(lines(80), lines(60), sep="\n")
assert lines(80)[1:3] == ["业值班电话138001", "38000，集合点：3"]
assert lines(60)[1].startswith("，")
PY
