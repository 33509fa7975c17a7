# ruff: noqa: E501 (a table: one row is one text, and cutting it would hide it)
"""Words that mislead: a warning for each, in both languages, and none for the mended text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.advice import (
    alerts_claim_no_work,
    corrections_withdraw,
    digits_come_before_their_words,
    drills_end_without_claims,
    numbers_are_the_playbooks_own,
    numbers_come_from_the_site,
    staying_is_for_now,
)
from playbooks.case import Case
from playbooks.check import ADVICE, STOPS, Rule
from tests.playbooks.said import BOOKS, told
from tests.playbooks.shelf import FIRE, LANGUAGES, TRAITS, changed, problems

WARNED: list[tuple[Rule, str, str, str]] = [
    (numbers_come_from_the_site, "live.alert.hold.sms", "有危险请拨打119。", "119 typed in"),
    (numbers_come_from_the_site, "live.alert.hold.sms", "有危险请拨打112。", "nobody in mainland"),
    (numbers_come_from_the_site, "live.alert.hold.page", "In danger call 999.", "999 typed in"),
    (staying_is_for_now, "live.alert.hold.sms", "您不必撤离。", "for good"),
    (staying_is_for_now, "live.update.hold.push", "Stay inside.", "for good"),
    (alerts_claim_no_work, "live.alert.hold.sms", "停电，正在抢修。", "work is under way"),
    (alerts_claim_no_work, "live.alert.hold.sms", "消防队正在扑救。", "work is under way"),
    (alerts_claim_no_work, "live.alert.hold.sms", "Repair is under way.", "work is under way"),
    (alerts_claim_no_work, "live.alert.hold.sms", "It is being repaired.", "work is under way"),
    (corrections_withdraw, "live.correction.*.sms", "【更正】地点应为5栋。", "sent by mistake"),
    (corrections_withdraw, "live.correction.*.sms", "CORRECTION: it is tower 5.", "by mistake"),
    (drills_end_without_claims, "drill.all_clear.*.screen", "设备已恢复正常", "equipment is back"),
    (drills_end_without_claims, "drill.all_clear.*.sms", "All is back to normal", "equipment"),
    (digits_come_before_their_words, "live.alert.hold.sms", "需帮助请回复2，平安1，不在4", "before its"),
    (digits_come_before_their_words, "live.alert.hold.sms", "真需帮助2", "before its"),
    (digits_come_before_their_words, "live.alert.hold.sms", "回复1安全2求助", "before its"),
    (digits_come_before_their_words, "live.alert.hold.sms", "Reply 2. Safe 1, away 4", "before its"),
    (digits_come_before_their_words, "live.alert.hold.sms", "有烟请回复2。请关门。{{link}}", "last sentence"),
    (digits_come_before_their_words, "live.alert.hold.sms", "Reply 2 if hurt. Close doors.", "last sentence"),
]  # fmt: skip

FINE: list[tuple[Rule, str, str]] = [
    (numbers_come_from_the_site, "live.alert.hold.sms", "有危险请拨打{{fire_number}}，1190室。"),
    (numbers_come_from_the_site, "live.alert.hold.sms", "Call {{fire_number}}, flat 1190."),
    (staying_is_for_now, "live.alert.hold.sms", "请先留在家中。"),
    (staying_is_for_now, "live.alert.hold.sms", "Stay inside for now."),
    (staying_is_for_now, "live.alert.evacuate.sms", "Stay inside."),
    (staying_is_for_now, "live.correction.hold.sms", "Stay inside."),
    (alerts_claim_no_work, "live.alert.hold.sms", "停电，正在查原因。"),
    (alerts_claim_no_work, "live.update.hold.sms", "正在抢修"),
    (corrections_withdraw, "live.correction.*.sms", "通知是误发，没有火情。"),
    (corrections_withdraw, "live.correction.*.sms", "It was sent by mistake."),
    (corrections_withdraw, "live.update.*.sms", "地点应为5栋。"),
    (drills_end_without_claims, "drill.all_clear.*.sms", "演练已结束"),
    (drills_end_without_claims, "live.all_clear.*.sms", "设备已恢复正常"),
    (digits_come_before_their_words, "live.alert.hold.sms", "回复数字：1安全，2求助，4不在家 {{link}}"),
    (digits_come_before_their_words, "live.alert.hold.sms", "Reply 1 safe, 2 need help {{link}}"),
    (digits_come_before_their_words, "live.alert.hold.voice", "安全请按1"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "slot", "said", "what"), WARNED)
def test_what_misleads_is_warned_of(rule: Rule, slot: str, said: str, what: str):
    found = told(rule, said, slot=slot)
    assert any(what in one for one in found), found


@pytest.mark.parametrize(("rule", "slot", "said"), FINE)
def test_what_does_not_is_left_alone(rule: Rule, slot: str, said: str):
    assert told(rule, said, slot=slot) == []


def test_a_text_names_only_numbers_the_playbook_offers():
    slot = "live.alert.affected.sms"
    assert told(numbers_are_the_playbooks_own, "Call {{ambulance_number}}.", slot=slot) == []
    bare = replace(BOOKS["power"], calls=("ambulance",))
    found = [one.what for one in numbers_are_the_playbooks_own(Case(bare, TRAITS, LANGUAGES))]
    assert found == []
    fire = replace(BOOKS["fire"], calls=("ambulance",))
    found = [one.what for one in numbers_are_the_playbooks_own(Case(fire, TRAITS, LANGUAGES))]
    assert found
    assert all("{{fire_number}}, which is not among" in one for one in found)


def test_a_playbook_says_which_service_it_is_about():
    silent = replace(BOOKS["power"], calls=())
    found = [one.what for one in numbers_are_the_playbooks_own(Case(silent, TRAITS, LANGUAGES))]
    assert found == ["names no outside service, so people in danger are offered the fire brigade"]
    (fire,) = (one.what for one in problems(changed(FIRE, ("calls: [fire, ambulance, police]\n", ""))))  # fmt: skip
    assert fire.startswith("calls: names no outside service")


def test_advice_is_no_reason_to_refuse():
    assert not set(ADVICE) & set(STOPS)
