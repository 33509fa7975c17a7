from __future__ import annotations

import json
from datetime import timedelta

import pytest

from hub.errors import Refused
from hub.model import Kind, Lane, Level, RecipientKind
from hub.ports import Library as LibraryPort
from playbooks.load import Library, load, load_draft, packaged_texts, thaw
from tests.playbooks.shelf import FIRE, POWER, changed, line_of


def test_the_shipped_fire_playbook_is_read_in_full():
    fire = load(FIRE, name="fire.yaml")
    assert (fire.key, fire.level, fire.lane) == ("fire", Level.P1, Lane.URGENT)
    assert (fire.prefer_double, fire.place_depth) == (True, "floor")
    assert (fire.expires, fire.update_every) == (timedelta(minutes=30), timedelta(minutes=10))
    assert fire.calls == ("fire", "ambulance", "police")
    assert [band.key for band in fire.bands][:2] == ["evacuate", "hold"]
    assert fire.bands[0].kinds == {RecipientKind.RESIDENT}
    assert fire.waves[0].after == timedelta(0)
    assert {"sms", "screen", "wecom"} <= set(fire.waves[0].channels)
    assert [task.kinds for task in fire.tasks if task.key == "call_fire"] == [{Kind.LIVE}]


def test_the_shipped_power_playbook_is_read_in_full():
    power = load(POWER, name="power-outage.yaml")
    assert (power.key, power.level, power.lane) == ("power-outage", Level.P2, Lane.URGENT)
    assert "screen" in power.unusable
    assert not any("screen" in wave.channels for wave in power.waves)


@pytest.mark.parametrize("name", sorted(packaged_texts()))
def test_every_shipped_playbook_can_be_launched_with_a_place_alone(name: str):
    playbook = load(packaged_texts()[name], name=name)
    assert not any(parameter.required for parameter in playbook.parameters)


@pytest.mark.parametrize("text", [FIRE, POWER])
def test_a_frozen_document_thaws_into_the_same_playbook(text: str):
    playbook = load(text, name="x.yaml")
    stored = json.loads(json.dumps(playbook.source, ensure_ascii=False))
    assert thaw(stored) == playbook


def test_a_document_that_is_no_playbook_does_not_thaw():
    with pytest.raises(Refused):
        thaw({"key": "fire"})


@pytest.mark.parametrize(
    ("edit", "piece", "what"),
    [
        (("level: P1", "level: P9"), "P9", "must be 'P1', 'P2', 'P3' or 'P4', not 'P9'"),
        (("expires: 30m", "expires: soon"), "soon", "write a length of time as 30s"),
        (("expires: 30m", "expires: 30"), "30\n", "must be text"),
        (("version: 3", "version: one"), "one\n", "should be a valid integer"),
        (("icon: fire", "icons: fire"), "fire\nlane", "not a known field"),
        (("    below: 1", "    below: 99"), "99", "less than or equal to 10"),
        (("kinds: [resident]", "kinds: [people]"), "people]", "must be 'resident', 'staff'"),
        (("where: evacuate", "where: moon"), "moon", "must be 'floor', 'evacuate'"),
        (("key: evacuate", "key: Évacuer"), "Évacuer", "not written as it should be"),
        (("mode: first", "mode: last"), "last\n", "must be 'parallel' or 'first'"),
        (("until: none", "until: never"), "never", "must be 'answered', 'delivered' or 'none'"),
        (("    repeat: 1", "    repeat: 99"), "99", "less than or equal to 10"),
        (("due: 1m", "due: -1m"), "-1m", "write a length of time"),
        (("  live:\n", "  real:\n"), "alert:\n      evacuate", "must be 'live', 'drill' or 'test'"),
        (("name: { zh-CN: 火灾,", "name: { chinese: 火灾,"), "火灾, en", "is not written"),
        (("calls: [fire,", "calls: [army,"), "army", "must be 'fire', 'ambulance' or 'police'"),
        (("prefer_double: true", "prefer_double: maybe"), "maybe", "should be a valid boolean"),
    ],
)
def test_a_wrong_field_is_refused_where_it_stands(edit: tuple[str, str], piece: str, what: str):
    text = changed(FIRE, edit)
    with pytest.raises(Refused) as refused:
        load(text, name="fire.yaml")
    found = [p for p in refused.value.problems if what in p.what]
    assert found, refused.value.problems
    start = edit[1].splitlines()[0]
    assert found[0].where.split(":")[1] in {
        str(line_of(text, start)),
        str(line_of(text, start) + 1),  # a mapping begins with its first field
    }
    assert piece in text


def test_a_missing_field_says_which_and_what_to_write():
    with pytest.raises(Refused) as refused:
        load(changed(FIRE, ("level: P1\n", "")), name="fire.yaml")
    (problem,) = refused.value.problems
    assert (problem.what, problem.hint) == ("level: is missing", "add `level:`")


def test_a_misspelt_field_gets_the_likely_one():
    with pytest.raises(Refused) as refused:
        load(changed(FIRE, ("expires: 30m", "expire: 30m")), name="fire.yaml")
    assert "did you mean `expires`?" in {problem.hint for problem in refused.value.problems}


def test_all_problems_are_told_at_once():
    text = changed(FIRE, ("level: P1", "level: P9"), ("lane: urgent", "lane: fast"))
    with pytest.raises(Refused) as refused:
        load(text, name="fire.yaml")
    assert len(refused.value.problems) == 2


def test_the_library_is_what_the_hub_asks_for():
    library: LibraryPort = Library.packaged()
    assert [one.key for one in library.all()] == ["fire", "power-outage"]
    fire = library.get("fire")
    assert fire is not None
    assert library.thaw(fire.source) == fire
    assert library.get("earthquake") is None


def test_a_playbook_of_the_site_replaces_the_shipped_one():
    own = changed(POWER, ("version: 2", "version: 7"))
    library = Library.packaged({"ours.yaml": own})
    assert [one.version for one in library.all()] == [3, 7]
    assert len(library.drafts()) == 2


def test_a_draft_knows_its_file():
    draft = load_draft(FIRE, name="fire.yaml")
    line = line_of(FIRE, "fire\nversion")
    assert draft.document.where(("key",)) == f"fire.yaml:{line}:6"


@pytest.mark.parametrize(
    ("written", "count", "roles"),
    [
        ("fill: 2", 2, set()),
        ("fill: { count: 1, roles: [duty_manager, deputy] }", 1, {"duty_manager", "deputy"}),
    ],
)
def test_enough_answers_are_a_number_or_a_number_of_roles(
    written: str, count: int, roles: set[str]
):
    book = load(
        FIRE.replace("    after: 3m\n", f"    after: 3m\n    {written}\n", 1), name="f.yaml"
    )
    wave = next(wave for wave in book.waves if wave.fill)
    assert (wave.fill, wave.fill_roles) == (count, roles)


@pytest.mark.parametrize("written", ["fill: -1", "fill: { counts: 1 }", "fill: true", "fill: soon"])
def test_a_wrong_fill_is_named_by_its_line(written: str):
    text = FIRE.replace("    after: 3m\n", f"    after: 3m\n    {written}\n", 1)
    with pytest.raises(Refused) as refused:
        load(text, name="f.yaml")
    line = text.split("\n").index(f"    {written}") + 1
    assert [one.where.split(":")[:2] for one in refused.value.problems] == [["f.yaml", str(line)]]
