"""The times of a text: on the day it is issued a clock, on another day with its date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.registry import traits
from hub.decide.fit import Fit
from hub.decide.told import SHORT, WHOLE, Facts, shortened, whole
from hub.decide.variables import variables, variables_by_language
from hub.decide.wording import render_all
from hub.model import Kind, Stage, Wording
from hub.ports import Traits
from playbooks.load import load, packaged_texts

POWER = load(packaged_texts()["power-outage.yaml"], name="power-outage.yaml")
FIRE = load(packaged_texts()["fire.yaml"], name="fire.yaml")
NIGHT = datetime(2026, 11, 30, 15, 50, tzinfo=UTC)  # 23:50 in Shanghai
MORNING = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def facts(**changes: object) -> Facts:
    plain = Facts(place=None, params={}, settings={}, issued_at=NIGHT, code="P-1")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_next_update_after_midnight_says_its_day() -> None:
    found = variables(POWER, facts(next_update_at=NIGHT + timedelta(minutes=30)), language="zh-CN")
    assert (found["issued"], found["next_update"]) == ("23:50", "12月1日00:20")
    later = variables(POWER, facts(next_update_at=NIGHT + timedelta(hours=24)), language="en")
    assert later["next_update"] == "23:50 on 1 December"
    assert (later[SHORT + "next_update"], later["issued"]) == ("23:50", "23:50")
    assert later[WHOLE + "issued"] == "23:50 on 30 November"


def test_the_first_alert_of_yesterday_says_its_day() -> None:
    issued = NIGHT + timedelta(hours=1)
    found = variables(FIRE, facts(issued_at=issued, original_at=NIGHT), language="en")
    assert found["time_of_original"] == "23:50 (30 November)"


def test_no_time_is_no_words() -> None:
    found = variables(FIRE, facts(), language="en")
    assert found["next_update"] == found[WHOLE + "next_update"] == ""


@pytest.mark.parametrize(
    ("typed", "launched", "issued", "said"),
    [
        ("14:30", MORNING, MORNING, "14:30"),
        ("05:26", NIGHT, NIGHT, "12月1日05:26"),
        ("05:26", NIGHT, NIGHT + timedelta(hours=1), "05:26"),  # told after midnight
        ("23:55", NIGHT, NIGHT + timedelta(hours=1), "11月30日23:55"),  # it was yesterday's
        ("23:30", NIGHT, NIGHT, "23:30"),  # just past: still today's
        ("9:00", MORNING, MORNING, "9:00"),
        ("下午", NIGHT, NIGHT, "下午"),
        ("24:30", NIGHT, NIGHT, "24:30"),
        ("", NIGHT, NIGHT, ""),
    ],
)
def test_a_typed_time_is_the_next_one_after_the_launch(
    typed: str, launched: datetime, issued: datetime, said: str
) -> None:
    found = variables(
        POWER,
        facts(params={"eta": typed}, issued_at=issued, original_at=launched),
        language="zh-CN",
    )
    assert found["eta"] == said


@pytest.mark.parametrize("typed", ["02:30", "02:15"])
def test_a_typed_time_the_clocks_leap_over_stays_as_it_was_typed(typed: str) -> None:
    """29 March 2026 in Berlin: 02:00 is followed by 03:00."""
    evening = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    found = variables(
        POWER,
        facts(params={"eta": typed}, issued_at=evening, timezone="Europe/Berlin"),
        language="en",
    )
    assert found["eta"] == f"{typed} on 29 March"


def test_the_night_the_clocks_go_back_says_which_hour() -> None:
    first = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    found = variables(
        POWER,
        facts(
            issued_at=first, next_update_at=first + timedelta(minutes=30), timezone="Europe/Berlin"
        ),
        language="en",
    )
    assert (found["issued"], found["next_update"]) == (
        "02:40 (summer time)",
        "02:10 (winter time)",
    )


def test_a_zone_nobody_knows_falls_back_on_the_hubs() -> None:
    found = variables(FIRE, facts(settings={"timezone": "Asia/Beijing"}), language="en")
    assert found["issued"] == "23:50"


def test_values_in_fewest_words_and_with_every_date() -> None:
    values = {"next_update": "b", SHORT + "next_update": "a", WHOLE + "next_update": "c", "x": "y"}
    assert shortened(values)["next_update"] == "a"
    assert whole(values)["next_update"] == "c"


def rendered(limits: dict[str, Fit], *, stage: Stage = Stage.UPDATE) -> tuple[Wording, ...]:
    made = variables_by_language(
        POWER, facts(next_update_at=NIGHT + timedelta(minutes=30)), languages=["zh-CN", "en"]
    )
    return render_all(POWER, kind=Kind.LIVE, stage=stage, variables=made, channels=limits)


def test_texts_of_a_fire_before_midnight_carry_the_day_and_fit() -> None:
    """Every text of every shipped playbook, at every stage, live and in a drill."""
    fits: dict[str, Fit] = dict(traits())
    for book in (FIRE, POWER):
        made = variables_by_language(
            book,
            facts(next_update_at=NIGHT + book.update_every * 3, original_at=NIGHT),
            languages=["zh-CN", "en"],
        )
        for kind in (Kind.LIVE, Kind.DRILL):
            for stage in (Stage.ALERT, Stage.UPDATE):
                for one in render_all(book, kind=kind, stage=stage, variables=made, channels=fits):
                    said = " ".join(one.parts.values())
                    day = "12月1日" if one.language == "zh-CN" else "1 December"
                    assert day in said or one.channel in {"page", "screen"}, said


def test_a_text_that_would_not_fit_with_its_day_goes_out_without() -> None:
    roomy = {"voice": Traits("voice", ("body",), 1500)}
    sizes = [len(w.parts["body"]) for w in rendered(roomy) if w.channel == "voice"]
    tight = {"voice": Traits("voice", ("body",), max(sizes) - 5)}
    bodies = [w.parts["body"] for w in rendered(tight) if w.channel == "voice"]
    assert max(map(len, bodies)) <= max(sizes) - 5
    assert any("1 December" in body or "12月1日" in body for body in bodies)  # where it fits


def test_a_page_says_the_date_in_any_case() -> None:
    noon = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
    made = variables_by_language(
        FIRE, facts(issued_at=noon, next_update_at=noon + timedelta(minutes=10)), languages=["en"]
    )
    words = render_all(FIRE, kind=Kind.LIVE, stage=Stage.UPDATE, variables=made, channels={})
    facts_said = [one.parts["facts"] for one in words if one.channel == "page"]
    assert any("12:10 on 30 November" in said for said in facts_said)
