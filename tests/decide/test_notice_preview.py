"""The texts of a notice before it is sent: those somebody would read, with their numbers."""

from __future__ import annotations

from hub.decide.notice_preview import notice_preview
from hub.model import Wording
from hub.plans import Hearer, Hearers
from playbooks.load import Library

FIRE = Library.packaged().get("fire")
HEARERS = Hearers(
    (Hearer("evacuate", "sms", "en", 3), Hearer("staff", "sms", "zh-CN", 2)),
    {"evacuate": 4, "staff": 2},
    by_hand=2,
)


def _word(band: str, channel: str, language: str) -> Wording:
    return Wording(band, channel, language, {"body": "x"}, 1)


def test_texts_nobody_would_read_are_left_out() -> None:
    assert FIRE is not None
    words = [
        _word("evacuate", "sms", "en"),
        _word("evacuate", "sms", "zh-CN"),
        _word("evacuate", "page", "en"),
        _word("hold", "sms", "en"),
    ]
    found = notice_preview(FIRE, words, HEARERS).to_json()
    assert [(w["channel"], w["language"], w["people"]) for w in found["words"]] == [
        ("sms", "en", 3),
        ("page", "en", 3),
    ]
    assert (found["people"], found["deliveries"], found["by_hand"]) == (6, 5, 2)
    assert [band["key"] for band in found["bands"]] == ["evacuate", "staff"]
