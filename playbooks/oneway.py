"""A rule about texts to numbers that cannot answer: they ask for the link, and for no digit."""

from __future__ import annotations

from collections.abc import Iterator

from hub.decide.asking import offered
from hub.decide.marks import LINK
from hub.decide.oneway import REPLIES
from playbooks.case import Case, Finding

HINT = "write {% if replies %}Reply 1 safe, 2 need help {% endif %}{{link}}"


def texts_do_without_replies(case: Case) -> Iterator[Finding]:
    """What a text asks for by a digit it asks for by its link, where no reply can come in."""
    for text in case.texts:
        if text.channel != "sms":
            continue
        said = case.rendered(text)
        asks = any(offered(one.whole) for one in said)
        bare = [one.whole for one in said if not one.values[REPLIES]]
        if any(offered(words) for words in bare):
            what = "asks for a digit also where the account takes no replies"
            yield Finding(text.path, what, HINT)
        elif asks and any(LINK not in words for words in bare):
            what = "leaves no way to answer where the account takes no replies"
            yield Finding(text.path, what, "keep {{link}} outside of {% if replies %}")


RULES = (texts_do_without_replies,)
