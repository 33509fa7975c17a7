from __future__ import annotations

from hub.decide.dials import dialled


def test_a_call_may_go_to_a_number_for_texts_and_no_text_to_a_telephone():
    assert dialled(["sms", "voice", "email"]) == [("sms", "voice")]
    assert dialled(["sms"]) == []
