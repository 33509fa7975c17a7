from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.alarm_facts import (
    Backlog,
    Crowd,
    Cry,
    Facts,
    Gap,
    Gone,
    LateWave,
    Living,
    Need,
    Passed,
    Receipted,
    Served,
    Stuck,
    Tried,
)
from hub.decide.alarms import Alarm, AlarmKind, Severity, alarms, severity
from hub.decide.breaker import Stand
from hub.decide.resting import Stood
from hub.entries import TextFault

SERVE = Living("a", "serve", "one", 100, 1, 1, stopped=False)


def facts(watched_s: float = 100, processes: tuple[Living, ...] = (SERVE,), **found) -> Facts:
    return Facts(watched_s=watched_s, processes=processes, **found)


def found(*args: Any, **named: Any) -> list[AlarmKind]:
    return [alarm.kind for alarm in alarms(*args, **named)]


def only(*args: Any, **named: Any) -> Alarm:
    (alarm,) = alarms(*args, **named)
    return alarm


def test_a_hub_that_does_its_job_raises_nothing() -> None:
    assert alarms(facts()) == ()


def test_every_kind_has_a_severity_and_an_unknown_one_is_critical() -> None:
    assert {severity(kind) for kind in AlarmKind} == set(Severity)
    assert severity("of another release") is Severity.CRITICAL


def test_a_cry_is_as_bad_as_can_be_and_no_fault_of_the_hub() -> None:
    (cry,) = alarms(Facts(watched_s=1, cries=(Cry(3, "sms", 7),)))
    assert (cry.key, cry.severity, cry.incident) == ("cry/3", Severity.CRITICAL, 7)
    assert not cry.ails
    (old,) = alarms(Facts(watched_s=0, current=False))
    assert old.ails


def test_an_older_schema_is_critical() -> None:
    assert only(facts(current=False)).kind is AlarmKind.OLD_SCHEMA


# ── Processes ──────────────────────────────────────────────────────────────────────────────────


def worker(name: str = "w", *, seen: float = 1, swept: float | None = 1, **more) -> Living:
    known = {"started_s": 500.0, "stopped": False, "role": "worker", "host": "h"}
    return Living(id=name, seen_s=seen, swept_s=swept, **(known | more))


WEB = Living("b", "web", "h", 500, 1, None, stopped=False)


@pytest.mark.parametrize(
    "one",
    [
        worker(seen=16, swept=16),  # killed
        worker(seen=1, swept=16),  # alive, and its sweep hangs
        worker(seen=1, swept=None),  # it never swept
        worker(seen=1, swept=1, stopped=True),
    ],
)
def test_without_a_process_that_sweeps_there_is_no_worker(one: Living) -> None:
    kinds = found(facts(processes=(WEB, one), due_lanes=("urgent",)))

    assert kinds[0] is AlarmKind.NO_WORKER


def test_one_of_several_workers_is_enough() -> None:
    assert found(facts(processes=(WEB, worker(seen=16, swept=16), worker("x", started_s=10)))) == []


def test_a_process_that_has_just_begun_does_not_judge_the_others() -> None:
    assert found(facts(watched_s=15, processes=(WEB,))) == []


def test_no_worker_says_which_lanes_wait_and_since_when() -> None:
    alarm = only(facts(processes=(WEB, worker(seen=99, swept=99, stopped=True)), due_lanes=("r",)))

    assert alarm.data == {"lanes": ["r"], "since_s": 99}


def test_no_worker_that_never_was_has_no_since() -> None:
    assert only(facts(processes=(WEB,))).data == {"lanes": [], "since_s": None}


def test_a_web_process_that_died_is_missed_until_another_lives() -> None:
    died = Living("b", "web", "h", 500, 40, None, stopped=False)

    assert found(facts(processes=(worker(), died))) == [AlarmKind.NO_WEB, AlarmKind.PROCESS_LOST]
    assert AlarmKind.NO_WEB not in found(facts(processes=(worker(), died, WEB)))


def test_a_web_process_that_ended_in_order_is_not_missed() -> None:
    ended = Living("b", "web", "h", 500, 40, None, stopped=True)

    assert found(facts(processes=(worker(), ended))) == []


def test_a_lost_process_is_spoken_of_until_another_takes_its_place_or_an_hour_is_over() -> None:
    lost = worker("x", seen=40, swept=40)
    old = worker("x", seen=3601, swept=3601, started_s=9000)

    assert found(facts(processes=(WEB, worker(), lost))) == [AlarmKind.PROCESS_LOST]
    assert found(facts(processes=(WEB, worker(started_s=30), lost))) == []
    assert found(facts(processes=(WEB, worker(started_s=9500), old))) == []


# ── Waves and deliveries ───────────────────────────────────────────────────────────────────────


def test_an_overdue_wave_is_critical_and_belongs_to_its_incident() -> None:
    alarm = only(facts(waves=(LateWave(7, 3, "F-3", "call", 61.4),)))

    assert alarm.key == "overdue_wave/7"
    assert alarm.incident == 3
    assert alarm.severity is Severity.CRITICAL
    assert alarm.data["late_s"] == 61


SMS = Served("twilio", "sms", pace=10)


@pytest.mark.parametrize(
    ("due", "tried", "accounts", "late"),
    [
        (1, 0, [], True),  # nothing was tried: whatever the pace
        (1, 1, [], False),
        (5000, 600, [SMS], False),  # at its pace
        (5000, 150, [SMS], False),  # a quarter of it
        (5000, 149, [SMS], True),
        (20, 5, [SMS], False),  # most of what is due is being tried
        (5000, 149, [SMS, Served("two", "voice", pace=10)], True),
        (5000, 151, [SMS, Served("two", "sms", pace=10)], True),  # two accounts, twice the pace
        (5000, 15, [Served("one", "sms")], False),
        (5000, 14, [Served("one", "sms")], True),
        (5000, 1, [Served("robot", "sms", pace=20, per="address")], False),
        (5000, 1, [Served("calls", "sms", pace=10, lines=4)], False),
        (5000, 0, [Served("calls", "sms", pace=10, lines=4)], True),
    ],
)
def test_deliveries_are_overdue_when_pace_does_not_explain_it(due, tried, accounts, late) -> None:
    backlog = Backlog("urgent", "sms", due, oldest_s=70, tried=tried)

    assert bool(alarms(facts(backlogs=(backlog,)), served=accounts)) is late


def test_what_is_due_for_less_than_a_minute_is_not_overdue() -> None:
    assert alarms(facts(backlogs=(Backlog("urgent", "sms", 9, oldest_s=60, tried=0),))) == ()


@given(pace=st.floats(0.1, 1000), due=st.integers(1, 10**6), tried=st.integers(0, 10**6))
def test_more_calls_never_make_a_backlog_worse(pace: float, due: int, tried: int) -> None:
    def late(calls: int) -> bool:
        backlog = Backlog("urgent", "sms", due, oldest_s=70, tried=calls)
        return bool(alarms(facts(backlogs=(backlog,)), served=[Served("a", "sms", pace)]))

    assert late(tried) or not late(tried + 1)


def test_stuck_leases_are_critical_and_long_doubts_a_warning() -> None:
    both = alarms(facts(leases=Stuck(2, 31.0), doubts=Stuck(3, 70)))

    assert [(a.kind, a.severity, a.data["count"]) for a in both] == [
        (AlarmKind.LEASE_OVER, Severity.CRITICAL, 2),
        (AlarmKind.LONG_UNSURE, Severity.WARNING, 3),
    ]


# ── Providers, screens, records ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ended", "failed", "raised"),
    [(20, 10, True), (20, 9, False), (19, 18, False), (3, 3, True), (2, 2, False), (0, 0, False)],
)
def test_many_failures_of_an_account_raise_an_alarm(ended: int, failed: int, raised: bool) -> None:
    one = Tried("twilio", ended, failed, accepted=ended - failed)

    assert bool(alarms(facts(tries=(one,)))) is raised


@pytest.mark.parametrize(
    ("accepted", "reported", "raised"),
    [(20, 9, True), (20, 10, False), (19, 0, False)],
)
def test_missing_receipts_raise_an_alarm(accepted: int, reported: int, raised: bool) -> None:
    one = Receipted("twilio", accepted, reported)

    assert bool(alarms(facts(receipts=(one,)))) is raised


def test_who_gets_no_socket_is_an_alarm_and_nobody_is_none() -> None:
    (found,) = alarms(facts(live=Passed(polling=3, sockets=7)))
    assert (found.key, found.severity) == ("no_sockets", Severity.WARNING)
    assert found.data["polling"] == 3
    assert alarms(facts(live=Passed(polling=0, sockets=7, stripped=True))) == ()


def test_screens_that_are_away_are_counted_by_site() -> None:
    sites = (Gone(1, "river", 9, 2, 200), Gone(2, "hill", 9, 0, 0))

    assert [alarm.key for alarm in alarms(facts(screens=sites))] == ["screens_gone/1"]


def test_a_wave_that_can_tell_nobody_needs_an_account() -> None:
    needs = [
        Need("fire", ("voice", "sms")),  # one of them is enough
        Need("fire", ("wecom", "email")),
        Need("gas", ("email", "wecom")),
        Need("flood", ("door",)),  # staff do it
        Need("flood", ()),
    ]

    alarm = only(facts(), served=[SMS], needs=needs)

    assert alarm.key == "no_account/email+wecom"
    assert alarm.data == {"channels": ["email", "wecom"], "playbooks": ["fire", "gas"]}


def test_a_gap_in_the_record_and_a_jump_of_the_clock_are_said() -> None:
    gap, jump = alarms(
        facts(gaps=(Gap(3, "F-3", 12),), clock_jumped_s=5.0, clock_jumped_by_s=-3600)
    )

    assert (gap.key, gap.incident, gap.severity) == ("event_gap/3", 3, Severity.CRITICAL)
    assert jump.data == {"ago_s": 5, "by_s": -3600}


def test_a_faulty_file_of_the_sites_own_is_critical_and_a_lost_one_a_warning() -> None:
    wrong = TextFault("fire", "f.yaml", "f.yaml:3:1", "is wrong", used="kept", version="7")
    gone = TextFault("gas", "g.yaml", "g.yaml", "is gone", used="none", gone=True)
    first, second = alarms(facts(text_faults=(wrong, gone)))

    assert (first.kind, first.severity) == (AlarmKind.OWN_TEXT, Severity.CRITICAL)
    assert (first.data["file"], first.data["used"]) == ("f.yaml:3:1", "kept")
    assert (second.kind, second.severity) == (AlarmKind.OWN_TEXT_GONE, Severity.WARNING)


@pytest.mark.parametrize(
    ("rests", "fails", "raised"),
    [
        ({"one": 29.0, "two": 99.0}, [], ["account_resting/two"]),
        ({"one": 30.0, "two": 99.0}, ["one"], ["channel_closed/sms"]),
        ({"one": 30.0}, ["one"], ["account_failing/one"]),
        ({"one": 30.0}, [], ["account_resting/one"]),
        ({}, [], []),
    ],
)
def test_an_account_left_alone_is_said_once_and_a_channel_without_any_is_critical(
    rests: dict[str, float], fails: list[str], raised: list[str]
) -> None:
    accounts = [Served("one", "sms"), Served("two", "sms")]
    heard = tuple(Stood(name, Stand.OPEN, for_s, 1.0) for name, for_s in rests.items())
    tries = tuple(Tried(name, 4, 4, 0) for name in fails)

    late = (Backlog("urgent", "sms", 9, 70, 0),)
    made = alarms(facts(stood=heard, tries=tries, backlogs=late), served=accounts)

    keys = [alarm.key for alarm in made]
    assert [key for key in keys if not key.startswith("overdue")] == raised
    assert ("overdue_deliveries/urgent/sms" in keys) is ("channel_closed/sms" not in keys)
    closed = [one.data for one in made if one.kind is AlarmKind.CHANNEL_CLOSED]
    assert closed in ([], [{"channel": "sms", "accounts": ["one", "two"], "since_s": 30}])


@pytest.mark.parametrize(
    ("crowd", "raised"),
    [
        (Crowd("p", 10, 900), []),
        (Crowd("p", 900, 900, 3, short_s=120.0), [("sockets_short/p", Severity.CRITICAL)]),
        (Crowd("p", 10, 900, 3, short_s=121.0), []),
        (
            Crowd("p", 400, 900, 3, address="203.0.113.7", address_most=336, full_s=0.0),
            [("address_full/p", Severity.WARNING)],
        ),
        (Crowd("p", 400, 900, address="203.0.113.7", address_most=336, full_s=121.0), []),
    ],
)
def test_places_for_sockets_that_run_short_are_told_for_two_minutes(crowd, raised) -> None:
    assert [(one.key, one.severity) for one in alarms(facts(crowds=(crowd,)))] == raised


def test_an_address_that_is_full_is_named() -> None:
    crowd = Crowd("p", 400, 900, 3, address="203.0.113.7", address_most=336, full_s=0.0)

    said = only(facts(crowds=(crowd,))).data
    assert said == {"address": "203.0.113.7", "most": 336, "away": 3}


def test_the_worst_come_first() -> None:
    both = facts(doubts=Stuck(1, 99), gaps=(Gap(1, "F", 2),))

    assert [alarm.severity for alarm in alarms(both)] == [Severity.CRITICAL, Severity.WARNING]
