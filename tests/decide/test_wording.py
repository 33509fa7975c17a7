from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.marks import LINK, NAME
from hub.decide.variables import sample
from hub.decide.wording import OUTPUT_LIMIT, fill, flaws, names_in, render, render_all
from hub.errors import Refused
from hub.model import Kind, Playbook, Stage, Wording
from hub.ports import Traits
from playbooks.load import Library, load, packaged_texts

FIRE = load(packaged_texts()["fire.yaml"], name="fire.yaml")
SMS = Traits("sms", ("body",), 6, "segments")
SCREEN = Traits("screen", ("headline", "action", "detail", "way"), 400, personal=False)
WECOM = Traits("wecom", ("title", "body"), 2048, "bytes", personal=False)
CHANNELS = {"sms": SMS, "screen": SCREEN, "wecom": WECOM}

HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ [].__class__.__base__ }}",
    "{{ ''['__class__'] }}",
    "{{ x|attr('__class__') }}",
    "{{ x|attr('_' ~ '_class_' ~ '_') }}",
    "{{ '%s'|format(x) }}",
    "{{ '{0.__class__}'.format(x) }}",
    "{{ '{0.__class__}'|format_map(x) }}",
    "{{ self }}",
    "{{ super() }}",
    "{{ loop }}",
    "{{ caller }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ url_for.__globals__ }}",
    "{{ config.items() }}",
    "{{ request.application.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ dict.__base__ }}",
    "{{ dict(a=1) }}",
    "{{ range(10**9) }}",
    "{{ range(1000000000)|list }}",
    "{{ 'x' * 10**9 }}",
    "{{ 'x' * 1000000000 }}",
    "{{ 9**9**9**9 }}",
    "{{ 10**1000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{{ ['x']|join('y') }}",
    "{{ x|replace('a', 'b' * 999999) }}",
    "{{ x|map('upper')|list }}",
    "{{ x|groupby('a') }}",
    "{{ x|tojson }}",
    "{{ x|pprint }}",
    "{{ x|random }}",
    "{{ x|safe }}",
    "{{ x|upper('y') }}",
    "{{ x|spaced(text='y') }}",
    "{{ x is defined }}",
    "{{ x is sameas y }}",
    "{{ x[0] }}",
    "{{ x[::2] }}",
    "{{ x.y }}",
    "{{ x() }}",
    "{{ x ~ y }}",
    "{{ x + y }}",
    "{{ -x }}",
    "{{ x in y }}",
    "{{ x > y }}",
    "{{ [x] }}",
    "{{ (x, y) }}",
    "{{ {'a': x} }}",
    "{{ 1 }}",
    "{{ true }}",
    "{{ none }}",
    "{{ _x }}",
    "{{ __builtins__ }}",
    "{% for a in x %}{{ a }}{% endfor %}",
    "{% for a in range(99999999) %}{% for b in range(99999999) %}{% endfor %}{% endfor %}",
    "{% set a = 'b' %}",
    "{% set a %}b{% endset %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% include 'a' %}",
    "{% extends 'a' %}",
    "{% import 'a' as b %}",
    "{% from 'a' import b %}",
    "{% block a %}{% endblock %}",
    "{% call f() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% with a = 'b' %}{% endwith %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% if (1).__class__ %}a{% endif %}",
    "{% if x %}{% for a in x %}{% endfor %}{% endif %}",
    "{% if loop %}{{ loop.index }}{% endif %}",
    "{{ 'a' if x.y else 'b' }}",
    "{{ " + "(" * 900 + "x" + ")" * 900 + " }}",
    "{{ " + "not " * 600 + "x }}",
    "{% if x %}" * 200 + "{% endif %}" * 200,
    "{{ " + "9" * 3900 + " }}",
    "x" * 4001,
    "{{ x",
    "{% if x %}",
    "{% nonsense %}",
    "{{ x | nonsense }}",
    "{{ }}",
    "{{ 'a' 'b' | x }}",
    "safe \u202egpj.exe",
    "a\ue000b",
    "a\u200bb",
]


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_template_is_refused_at_once_and_never_runs(source: str):
    assert flaws(source)
    with pytest.raises(Refused) as refused:
        render(source, {"x": "a", "y": "b"})
    assert refused.value.problems


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{place}}起火", "3栋12层起火"),
        ("{{ place | spaced }}起火", "3 栋 12 层起火"),
        ("{% if text %}{{text}}{% else %}nothing new{% endif %}", "nothing new"),
        ("{% if scope == 'building' %}all{% elif not text %}some{% endif %}", "all"),
        ("{% if scope != 'building' or text and place %}x{% endif %}y", "y"),
        ("{{ 'a' if place else 'b' }}", "a"),
        ("{# a note #}x  y \n  z ", "x y\nz"),
        ("{{ place | trim | upper }}", "3栋12层"),
        ("{% raw %}{{place}}{% endraw %}", "{{place}}"),
    ],
)
def test_templates_may_do_what_texts_need(source: str, expected: str):
    values = {"place": "3栋12层", "text": "", "scope": "building"}
    assert flaws(source) == ()
    assert render(source, values) == expected


def test_a_missing_variable_never_renders():
    with pytest.raises(Refused, match="cannot be written") as refused:
        render("{{nowhere}}", {})
    assert "nowhere" in refused.value.problems[0].what


def test_the_variables_of_a_template_are_known():
    assert names_in("{{a}} {% if b == 'c' %}{{d | upper}}{% endif %}") == {"a", "b", "d"}
    assert names_in("{{ broken") == frozenset()


def test_what_is_typed_is_never_taken_for_a_template():
    assert render("{{text}}", {"text": "{{ 7 }} {% for %}"}) == "{{ 7 }} {% for %}"


def test_typed_text_cannot_bring_a_mark_or_turn_the_direction():
    said = render("{{text}} {{link}}", {"text": f"a{LINK}\u202eb{NAME}", "link": "forged"})
    assert said == f"ab {LINK}"


def test_the_marks_of_link_and_name_stand_alone():
    assert render("{{name}}，点{{link}}回复", {}) == f"{NAME}，点 {LINK} 回复"
    assert fill({"body": render("1 {{link}}", {})}, link="https://x.example/a/T", name="") == {
        "body": "1 https://x.example/a/T"
    }


def test_a_text_over_its_limit_is_refused():
    with pytest.raises(Refused, match="too long"):
        render("{{a}}{{a}}", {"a": "x" * 10}, limit=19)
    assert render("{{a}}{{a}}", {"a": "x" * 10}, limit=20) == "x" * 20


def test_a_bomb_of_many_variables_is_refused():
    with pytest.raises(Refused, match="too long"):
        render("{{a}}" * 700, {"a": "x" * 2000})
    with pytest.raises(Refused, match="too long"):
        render("{{a}}", {"a": "x" * 2001})


@given(st.text(max_size=300))
def test_no_source_whatever_does_more_than_render_or_refuse(source: str):
    try:
        said = render(source, {"x": "a"})
    except Refused:
        return
    assert len(said) <= OUTPUT_LIMIT


@given(st.text(alphabet="{}%# |x()[]'._~*+-0aif\n", max_size=60))
def test_no_mix_of_template_signs_escapes(source: str):
    try:
        said = render(source, {"x": "a", "a": "b"})
    except Refused:
        return
    assert "object at" not in said
    assert "class" not in said


@given(st.text(max_size=200), st.sampled_from(["zh-CN", "en"]))
def test_operator_text_never_breaks_a_shipped_template(text: str, language: str):
    source = FIRE.words["live"]["update"]["evacuate"]["sms"][language]["body"]
    said = render(source, sample(FIRE, language=language, text=text))
    assert said.endswith(LINK)
    assert "02:51" in said


def words(
    *,
    kind: Kind = Kind.LIVE,
    stage: Stage = Stage.ALERT,
    text: str = "",
    playbook: Playbook = FIRE,
    signature: str = "",
    channels: Mapping[str, Traits] = CHANNELS,
    letter: str = "",
) -> dict[tuple[str, str, str], Wording]:
    values = {tag: sample(playbook, language=tag, text=text) for tag in ("zh-CN", "en")}
    made = render_all(
        playbook,
        kind=kind,
        stage=stage,
        variables=values,
        channels=channels,
        signature={"zh-CN": signature},
        letter=letter,
    )
    return {(one.band, one.channel, one.language): one for one in made}


def test_every_band_channel_and_language_gets_one_text():
    made = words()
    assert len(made) == 2 * (4 + 2 + 1 + 4)  # sms, screens, groups, pages
    assert made["screens_building", "screen", "zh-CN"].parts == {
        "headline": "12 栋 28 层起火",
        "action": "立即离开大楼 请勿上楼",
        "detail": "勿乘电梯 在梯内请到最近一层走楼梯",
        "way": "到南草坪，2号门旁集合",
    }
    assert made["hold", "page", "en"].parts["do"] == "Stay inside for now. Close doors and windows"


def test_texts_alone_carry_a_letter_and_it_is_counted():
    plain, with_it = words(), words(letter="B")
    for key, wording in with_it.items():
        if key[1] != "sms":
            assert wording == plain[key]
    for key in (("evacuate", "sms", "zh-CN"), ("evacuate", "sms", "en")):
        assert "B2" in with_it[key].parts["body"]
        assert with_it[key].segments >= plain[key].segments


def test_chinese_texts_carry_the_signature_and_it_is_counted():
    bare, with_it = words(), words(signature="滨" * 70)
    key = ("evacuate", "sms", "zh-CN")
    assert with_it[key].parts["body"].startswith("【滨")
    assert with_it[key].segments == bare[key].segments + 1
    english = ("evacuate", "sms", "en")
    assert with_it[english] == bare[english]


def test_segments_are_counted_for_sms_alone():
    made = words()
    assert all((one.segments > 0) == (one.channel == "sms") for one in made.values())


@pytest.mark.parametrize("kind", [Kind.DRILL, Kind.TEST])
def test_every_drill_text_says_that_it_is_one(kind: Kind):
    for playbook in Library.packaged().all():
        for stage in Stage:
            for wording in words(kind=kind, stage=stage, playbook=playbook).values():
                first = next(iter(wording.parts.values()))
                assert re.search("演练|DRILL|drill", first), (playbook.key, stage, wording)


def test_text_that_does_not_fit_is_refused_before_anything_is_sent():
    with pytest.raises(Refused) as refused:
        words(stage=Stage.UPDATE, text="很" * 500)
    found = refused.value.problems
    assert {problem.where for problem in found} == {"text"}
    assert any("segments, 6 fit" in problem.what for problem in found)
    assert any(problem.what.startswith("evacuate, sms, zh-CN") for problem in found)


def test_one_bad_template_refuses_the_whole_notice():
    broken = {**FIRE.words["live"]["alert"], "hold": {"sms": {"en": {"body": "{{oops}}"}}}}
    live = {**FIRE.words["live"], "alert": broken}
    book = replace(FIRE, words={**FIRE.words, "live": live})
    with pytest.raises(Refused) as refused:
        words(playbook=book)
    assert any("hold, sms, en" in problem.what for problem in refused.value.problems)


def test_fire_in_the_whole_estate_tells_everyone_to_leave():
    values = {tag: sample(FIRE, language=tag) for tag in ("zh-CN", "en")}
    for one in values.values():
        one |= {"building": "", "floor": ""}
    made = render_all(
        FIRE, kind=Kind.LIVE, stage=Stage.ALERT, variables=values, channels={"wecom": WECOM}
    )
    said = {one.language: one.parts["body"] for one in made if one.channel == "wecom"}
    assert said["zh-CN"].startswith("全体住户请立即走楼梯撤到")
    assert "need not leave" not in said["en"]
