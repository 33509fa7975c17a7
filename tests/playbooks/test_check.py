# ruff: noqa: E501 (a table: one row is one mistake, and cutting a text would hide it)
from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Problem
from playbooks.check import RULES, check, check_library, check_text
from playbooks.load import Library, load
from tests.playbooks.shelf import (
    FEW,
    FILES,
    FIRE,
    LANGUAGES,
    POWER,
    SHORT,
    TRAITS,
    changed,
    problems,
)

EVACUATE_ZH = (
    "{{place}}起火，请立即走楼梯撤到{{assembly_point}}，勿乘电梯，随手关门。楼道有烟、门发烫或走不了楼梯："
    "别出门，湿毛巾堵门缝，打{{fire_number}}报房号。{{issued}} {{source}}，{{next_update}}前更新。"
)


def test_the_short_copy_is_sound_so_what_is_found_comes_from_the_edit():
    assert problems(SHORT, FEW) == []


def test_the_shipped_playbooks_are_sound():
    assert check_library(Library.packaged(), traits=TRAITS, languages=LANGUAGES) == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_they_are_sound_with_sms_alone_and_in_either_language(name: str):
    for languages in (["zh-CN"], ["en"]):
        assert check_text(FILES[name], name=name, traits=TRAITS, languages=languages) == []
    assert check_text(FILES[name], name=name, traits=FEW, languages=LANGUAGES) == []


MUTATIONS: list[tuple[str, tuple[tuple[str, str], ...], str]] = [
    # an alert without source, hazard, place, action, time of issue
    ("no source", (("{{issued}} {{source}}", "{{issued}}"),), "does not say the source"),
    ("no time", (("{{issued}} {{source}}", "{{source}}"),), "does not say the time of issue"),
    ("no place", (("'{{place}}起火，请立即", "'起火，请立即"),), "does not say the place"),
    ("no hazard", (("'{{place}}起火，请立即走", "'{{place}}，请立即走"),), "does not say the hazard"),
    (
        "no action",
        (("请立即走楼梯撤到{{assembly_point}}，勿乘电梯，随手关门。", "见"),),
        "does not say the action",
    ),
    (
        "time only in one branch",
        (("。{{issued}} {{source}}", '。{% if scope_value == "building" %}{{issued}}{% endif %} {{source}}'),),
        "does not say the time of issue",
    ),
    (
        "place only for a building",
        (("'{{place}}起火，请立即", "'{% if building %}{{place}}{% endif %}起火，请立即"),),
        "does not say the place",
    ),
    ("screen without place", (("headline: '{{place | spaced}}起火'", "headline: '起火'"),), "say the place"),
    ("no vocabulary", (("zh-CN: [起火, 火警, 火情, 消防]\n    en", "en"),), "no words in zh-CN"),
    # an update without the time of the next
    ("no next", (("，下次更新{{next_update}}。{% if replies %}回复数字：1安全，2求助，3", "。{% if replies %}回复数字：1安全，2求助，3"),), "when the next one"),
    (
        "next only with text",
        (
            ("，下次更新{{next_update}}。{% if replies %}回复数字：1安全，2求助，3", "。{% if text %}下次更新{{next_update}}{% endif %}。{% if replies %}回复数字：1安全，2求助，3"),
        ),
        "when the next one",
    ),
    # drills
    (
        "a prefix alone",
        (("zh-CN: '【演练】现在进行消防演练，模拟{{place}}起火，没有真实火情。请走楼梯到{{assembly_point}}，不乘电梯；行动不便的不用下楼，在家回复即可。演练请勿报火警，真有险情照常拨打{{fire_number}}。", "zh-CN: '【演练】" + EVACUATE_ZH.partition("，打")[0] + "，报房号。"),),
        "only the live text with additions",
    ),
    (
        "denies it",
        (("DRILL. We are pretending", "DRILL. This is not a drill: we are pretending"),),
        "denies being a drill",
    ),
    ("denies it in Chinese", (("【演练】现在进行消防演练", "【演练】这不是演练"),), "denies being a drill"),
    ("denies it briefly", (("【演练】现在进行消防演练", "【演练】现在非演练"),), "denies being a drill"),
    ("does not say so", (("title: 'DRILL: pretend fire at {{place}}'", "title: 'Pretend fire at {{place}}'"),), "does not begin by saying"),
    ("says so too late", (("title: '【演练】模拟{{place}}", "title: '模拟{{place}}"),), "does not begin by saying"),
    ("calls 119", (("Please do not report this drill; in a real emergency call", "Then call"),), "call for help outside"),
    ("calls in Chinese", (("演练请勿报火警，真有险情照常拨打{{fire_number}}", "并拨打{{fire_number}}"),), "call for help outside"),
    ("calls the brigade", (("There is no real fire. Please walk", "There is no real fire. Call the fire brigade. Please walk"),), "call for help outside"),
    ("a live drill", (("en: 'Fire at {{place}}. Leave now", "en: 'Fire drill at {{place}}. Leave now"),), "live text speaks of a drill"),
    # channels
    ("unknown channel", (("channels: [sms, push, wecom, screen]", "channels: [sms, push, wecom, screen, pigeon]"),), "no channel 'pigeon'"),
    ("unusable and unknown", (("calls: [fire, ambulance, police]\n", "calls: [fire, ambulance, police]\nunusable: { pigeon: { zh-CN: 烟, en: smoke } }\n"),), "no channel 'pigeon'"),
    ("words for an unknown channel", (("        push:\n          zh-CN:\n            title: '{{place | spaced}}起火'\n", "        fax:\n          zh-CN:\n            title: '{{place | spaced}}起火'\n"),), "no texts for 'fax'"),
    ("words for a door", (("        push:\n          zh-CN:\n            title: '{{place | spaced}}起火'\n", "        door:\n          zh-CN:\n            title: '{{place | spaced}}起火'\n"),), "no texts for 'door'"),
    # waves that can never come
    ("after the end", (("after: 8m", "after: 30m"),), "the alert has expired by then"),
    ("repeats after the end", (("    every: 4m", "    every: 28m"),), "the alert has expired by then"),
    ("repeats at once", (("    every: 4m\n", ""),), "repeats without a pause"),
    ("unknown band", (("bands: [evacuate]", "bands: [attic]"),), "no band 'attic'"),
    ("wrong kind", (("    bands: [evacuate]\n    channels: [sms]", "    bands: [evacuate]\n    channels: [screen]"),), "cannot reach the kinds"),
    ("roles without staff", (("    bands: [staff]\n    roles: [deputy]", "    bands: [hold]\n    roles: [deputy]"),), "holds staff with these roles"),
    ("needs without people", (("    bands: [evacuate]\n    channels: [voice]\n    needs: true", "    bands: [groups]\n    channels: [wecom]\n    needs: true"),), "hold no people"),
    ("nothing at once", (("    after: 0s\n    bands: [evacuate, hold", "    after: 1m\n    bands: [evacuate, hold"), ("    after: 0s", "    after: 1m")), "no wave comes at once"),
    ("no human route", (("channels: [door]", "channels: [sms]"),), "does not depend on any device"),
    ("never told", (("[evacuate, hold, staff,", "[evacuate, staff,"),), "ever tells the band 'hold'"),
    ("never taken", (("    where: evacuate\n    below: 1", "    where: site"),), "can never take anyone"),
    ("dies too early", (("update_every: 10m", "update_every: 40m"),), "before its first update"),
    # missing languages, stages, parts
    ("stage", (("    update:\n      evacuate:", "    correction:\n      evacuate:"),), ""),
    ("language of a name", (("name: { zh-CN: 火灾, en: Fire }", "name: { zh-CN: 火灾 }"),), "name: is missing in en"),
    ("part of a screen", (("            way: 此处目前不用撤离\n", ""),), "lacks way"),
    ("unknown part", (("            way: 此处目前不用撤离\n", "            way: 此处目前不用撤离\n            foot: x\n"),), "no such part"),
    ("band in the words", (("      hold:\n        sms:", "      holt:\n        sms:"),), "no band 'holt'"),
    # lengths
    ("screen headline", (("headline: '{{place | spaced}}起火'", "headline: '{{place | spaced}}发生重大火灾事故'"),), "12 fit"),
    ("English headline", (("headline: 'Fire at {{place}}'", "headline: 'A very large fire is burning at {{place}}'"),), "36 fit"),
    ("screen action", (("action: 立即离开大楼 请勿上楼", "action: 请各位住户立即有序离开大楼并且请勿再次上楼"),), "14 fit"),
    ("page title", (("            title: '{{place | spaced}}起火'\n            do:", "            title: '{{place | spaced}}起火，请各位住户务必高度重视立即行动起来'\n            do:"),), "22 fit"),
    ("SMS", (("'{{place}}起火，请立即走楼梯", "'" + "请注意，" * 80 + "{{place}}起火，请立即走楼梯"),), "segments, 6 fit"),
    ("WeCom", (("body: '{% if not building %}全体住户", "body: '" + "请注意，" * 150 + "{% if not building %}全体住户"),), "bytes, 2048 fit"),
    # templates
    ("unknown variable", (("'{{place}}起火，请立即", "'{{plase}}{{place}}起火，请立即"),), "no variable 'plase'"),
    ("loop", (("'{{place}}起火，请立即", "'{% for x in place %}{% endfor %}{{place}}起火，请立即"),), "uses For"),
    ("bomb", (("'{{place}}起火，请立即", "'{{ \"x\" * 1000000000 }}{{place}}起火，请立即"),), "uses Mul"),
    ("broken", (("'{{place}}起火，请立即", "'{{place}起火，请立即"),), "not a valid template"),
    # answers
    ("carrier word", (("Reply 1 safe, 2 need help, 3 evac", "Reply YES safe, 2 need help, 3 evac"),), "carriers take as a command"),
    ("carrier word in Chinese", (("回复数字：1安全，2求助，3已撤离，4不在家", "回复HELP求助"),), "carriers take as a command"),
    ("signature", (("'{{place}}起火，请立即", "'【滨江物业】{{place}}起火，请立即"),), "signature】 of its own"),
    ("no link", (("4不在家{% else %}请点链接回复：{% endif %} {{link}}", "4不在家{% endif %}"),), "no answer link"),
    ("link on a screen", (("way: 此处目前不用撤离", "way: '此处目前不用撤离 {{link}}'"),), "cannot carry a personal link"),
    # the plan
    ("two keys", (("  - key: hold\n", "  - key: evacuate\n"),), "'evacuate' is there twice"),
    ("default of a choice", (("default: site_plan", "default: moon"),), "none of its options"),
    ("choice of nothing", (("    source: assembly_points\n", ""),), "a choice of nothing"),
    ("parameter like a variable", (("  - key: scope\n", "  - key: place\n"),), "texts already have"),
    ("CAP", (("urgency: Immediate", "urgency: Now"),), "'Now' is no CAP word"),
    ("CAP field", (("  event: Fire\n", ""),), "event is missing"),
    ("CAP unknown", (("  event: Fire\n", "  event: Fire\n  colour: red\n"),), "no CAP field"),
    ("CAP missing", (("  certainty: Observed\n", ""),), "certainty is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edits", "what"), [case[1:] for case in MUTATIONS if case[2]], ids=[c[0] for c in MUTATIONS if c[2]]
)  # fmt: skip
def test_what_must_not_be_is_refused_with_line_and_column(
    edits: tuple[tuple[str, str], ...], what: str
):
    base = SHORT if all(old in SHORT for old, _ in edits) else FIRE
    told = problems(changed(base, *edits), FEW)
    found = [problem for problem in told if what in problem.what]
    assert found, [problem.what for problem in told]
    assert all(re.fullmatch(r"fire\.yaml:\d+:\d+", problem.where) for problem in found)


def without(text: str, start: str, end: str) -> str:
    """The text without everything from one piece up to another."""
    begin = text.index(start)
    return text[:begin] + text[text.index(end, begin) :]


@pytest.mark.parametrize(
    ("start", "end", "what"),
    [
        ("    update:\n", "    all_clear:\n", "stage update is missing"),
        ("    all_clear:\n", "    correction:\n", "stage all_clear is missing"),
        ("    correction:\n", "  # ── Drill", "stage correction is missing"),
        ("  drill:\n", "\x00", "no drill words"),
    ],
)
def test_live_and_drill_need_all_four_stages(start: str, end: str, what: str):
    text = without(SHORT + "\x00", start, end).replace("\x00", "")
    assert any(what in problem.what for problem in problems(text, FEW))


def test_a_text_missing_in_one_language_is_named_by_its_place():
    text = re.sub(r"\n          en: 'Fire at \{\{place\}\}\. Leave now.*", "", FIRE, count=1)
    (first, *_) = problems(text)
    assert first.what == "words.live.alert.evacuate.sms: is missing in en"


def test_a_band_told_in_the_alert_is_told_at_every_stage():
    text = FIRE.replace('      "*":\n        sms:', "      outside:\n        sms:", 1)
    found = [problem.what for problem in problems(text)]
    assert "words.live.all_clear: the band 'hold' has no words on sms" in found


def test_a_wave_whose_channels_the_hazard_kills_can_never_come():
    text = changed(POWER, ("channels: [sms, push, wecom]", "channels: [screen]"))
    found = [problem.what for problem in problems(text)]
    assert any("makes all its channels unusable" in what for what in found)
    assert any("'screen' is listed as unusable" in what for what in found)


def test_problems_come_in_the_order_of_the_file():
    text = changed(FIRE, ("urgency: Immediate", "urgency: Now"), ("after: 8m", "after: 30m"))
    lines = [int(problem.where.split(":")[1]) for problem in problems(text)]
    assert lines == sorted(lines)
    assert len(lines) >= 2


def test_a_flaw_in_a_long_text_is_found_on_its_own_line():
    block = "|\n            first line\n            {{ broken.thing }}\n"
    text = re.sub(r"zh-CN: '\{\{place\}\}起火，请立即走.*\n", "zh-CN: " + block, FIRE, count=1)
    found = [one for one in problems(text) if "Getattr" in one.what]
    line = text[: text.index("{{ broken.thing")].count("\n") + 1
    assert [one.where.split(":")[1] for one in found] == [str(line)]


def test_without_a_file_a_problem_says_the_path():
    book = load(changed(FIRE, ("urgency: Immediate", "urgency: Now")), name="fire.yaml")
    assert check(book, traits=TRAITS, languages=LANGUAGES) == [
        Problem(
            "fire: cap.urgency",
            "cap.urgency: 'Now' is no CAP word",
            "one of Immediate, Expected, Future, Past, Unknown",
        )
    ]


def test_a_file_that_cannot_be_read_is_a_problem_too():
    (problem,) = check_text("key: [", name="x.yaml", traits=TRAITS, languages=LANGUAGES)
    assert problem.where.startswith("x.yaml:1")


def test_a_language_the_playbook_lacks_is_asked_for_everywhere():
    found = check_text(POWER, name="p.yaml", traits=TRAITS, languages=["zh-CN", "en", "ja"])
    assert len(found) > 50
    assert all("in ja" in problem.what for problem in found)


LINES = POWER.splitlines()


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "double", "indent", "dedent", "blank", "cut", "swap", "number"]),
    st.integers(0, len(LINES) - 1),
)
def test_any_slip_of_the_editor_is_told_with_its_place(at: int, slip: str, other: int):
    lines = list(LINES)
    made = {
        "drop": [],
        "double": [lines[at], lines[at]],
        "indent": ["  " + lines[at]],
        "dedent": [lines[at][2:]],
        "blank": [""],
        "cut": [lines[at][: len(lines[at]) // 2]],
        "swap": [lines[other]],
        "number": [lines[at].partition(":")[0] + ": 7"],
    }
    lines[at : at + 1] = made[slip]
    for problem in problems("\n".join(lines)):
        assert re.fullmatch(r"fire\.yaml:\d+:\d+", problem.where), problem
        assert problem.what


def test_every_rule_has_a_name_and_a_sentence():
    assert all(rule.__doc__ for rule in RULES)
