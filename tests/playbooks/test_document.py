from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Refused
from playbooks.document import SIZE_LIMIT, read

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "1:1", "not a playbook"),
        ("just words", "1:1", "not a playbook"),
        ("- a\n- b\n", "1:1", "not a playbook"),
        ("key: fire\nkey: smoke\n", "2:1", "'key' is there twice, first on line 1"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "4:3", "'b' is there twice"),
        ("a: [1, 2\nb: 3\n", "2:2", "not valid YAML"),
        ("a:\n\tb: 1\n", "2:1", "not valid YAML"),
        ("a: 'open\n", "2:1", "not valid YAML"),
        ("a: b: c\n", "1:5", "not valid YAML"),
        ("a: {{place}}\n", "1:5", "not a word"),
        ("a: @x\n", "1:4", "not valid YAML"),
        ("a: \x07\n", "1:1", "not valid YAML"),
        (BOMB, "1:4", "anchor or alias"),
        ("a: *nowhere\n", "1:4", "anchor or alias"),
        ("a: &x 1\n", "1:4", "anchor or alias"),
        ("a: !!python/object/apply:os.system ['id']\n", "1:4", "uses the tag"),
        ("a: !include /etc/passwd\n", "1:4", "uses the tag"),
        ("a: !!binary aGk=\n", "1:4", "uses the tag"),
        ("a: 1\n---\nb: 2\n", "2:1", "second document"),
        ("a: " + "[" * 40 + "]" * 40 + "\n", "1:19", "nested too deeply"),
        ("a: [" + "1," * 20_001 + "]\n", "1:39999", "too many values"),
        ("? [a, b]\n: 1\n", "1:3", "not a word"),
        ("%YAML 9.9\n---\na: 1\n", "", "not valid YAML"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_column(text: str, where: str, what: str):
    with pytest.raises(Refused) as refused:
        read(text, name="x.yaml")
    problem = refused.value.problems[0]
    assert what in problem.what
    assert problem.where.startswith(f"x.yaml:{where}")
    assert problem.where.count(":") == 2


def test_a_huge_file_is_refused_before_it_is_read():
    with pytest.raises(Refused) as refused:
        read("a: " + "火" * (SIZE_LIMIT // 3 + 1), name="x.yaml")
    assert f"{SIZE_LIMIT} are allowed" in refused.value.problems[0].what


def test_times_and_words_stay_text():
    data = read(
        "a: 22:30\nb: no\nc: on\nd: 1e3\ne: 012\nf: 2026-11-22\ng: 0x1f\nh: 1_000\n", name="x"
    ).data
    assert data["a"] == "22:30"
    assert data["b"] == "no"
    assert data["c"] == "on"
    assert data["d"] == "1e3"
    assert data["f"] == "2026-11-22"
    assert data["g"] == "0x1f"


def test_numbers_truth_and_nothing_are_what_they_are():
    data = read("a: 12\nb: true\nc: False\nd: ~\ne:\nf: '12'\ng: -3\n", name="x").data
    assert data == {"a": 12, "b": True, "c": False, "d": None, "e": None, "f": "12", "g": -3}


def test_an_absurd_number_stays_text():
    assert read("a: " + "9" * 5000, name="x").data["a"] == "9" * 5000


def test_every_value_has_its_place_and_a_missing_one_that_of_what_is_around_it():
    document = read("a: 1\nb:\n  - c: x\n    d: |\n      one\n      two\n", name="f.yaml")
    assert document.where(("a",)) == "f.yaml:1:4"
    assert document.where(("b", 0, "c")) == "f.yaml:3:8"
    assert document.where(("b", 0, "d"), line=1) == "f.yaml:6:8"
    assert document.where(("b", 0, "d", "body"), line=1) == "f.yaml:6:8"
    assert document.where(("b", 0, "nowhere")) == "f.yaml:3:5"
    assert document.where(("nowhere",)) == "f.yaml:1:1"


def outcome(text: str) -> list[str] | dict[str, object]:
    """The data, or the places of what is wrong."""
    try:
        return read(text, name="x.yaml").data
    except Refused as refused:
        return [problem.where for problem in refused.problems]


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@\n \t0~,?", max_size=80))
def test_any_text_is_read_or_refused_with_a_place(text: str):
    found = outcome(text)
    if isinstance(found, list):
        assert found
        assert all(where.startswith("x.yaml:") for where in found)
    else:
        assert json.loads(json.dumps(found)) == found


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes):
    assert outcome(raw.decode("utf-8", "surrogateescape")) is not None
