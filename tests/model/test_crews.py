"""The same incidents told by one worker on SQLite and by four processes on PostgreSQL: the
providers have the same words for the same people, and every delivery ends alike.

Nothing here depends on speed: the next wave is made due when nothing of the last is left to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.decide.answers import Given
from hub.decide.tokens import read_attempt_token
from hub.flow.tasks import Tasks
from hub.model import AnswerWord, AttemptId, Kind, LaunchRequest, Receipt
from hub.states import DeliveryState, Reason
from hub.store.answers import AnswerLedger
from hub.store.help_open import help_open
from hub.store.receipts import ReceiptLedger
from hub.store.tasks import TaskLedger
from tests.flow.stage import SECRET
from tests.launch_estate import STILL, WHO, Bells, House, Who, open_house, put_estate
from tests.model.crew import work
from tests.processes import running

LIMIT = 120  # seconds: bounds a hang, nothing else
FLATS = tuple(f"3/{floor}/{floor}0{flat}" for floor in (11, 12, 13) for flat in (1, 2, 3, 4))
CHANNELS = ("sms", "voice", "wecom")


def neighbours() -> list[Who]:
    """Two people to a flat, each with a number, but one flat with one phone, and one with none."""
    people = [
        Who(
            flat,
            language=("zh-CN", "en")[at % 2],
            ways=[("sms", f"+4477009001{2 * at + who:02d}")],
            needs=["wheelchair"] if (at, who) in {(1, 0), (4, 0), (8, 0)} else [],
            opted_out=(at, who) == (7, 1),
        )
        for at, flat in enumerate(FLATS)
        for who in range(2)
    ]
    people[1] = Who(FLATS[0], ways=people[0].ways)  # one phone for both
    people[4], people[5] = Who(FLATS[2]), Who(FLATS[2], "resident", "en")  # nobody reaches them
    return [
        *people,
        Who(None, "staff", ways=[("sms", "+447700900201")], roles=["duty_manager"], drill=True),
        Who(None, "staff", "en", ways=[("sms", "+447700900203")], roles=["deputy"], drill=True),
        Who(None, "staff", ways=[("sms", "+447700900208")], roles=["project_manager"], drill=True),
        Who("3", "group", ways=[("wecom", "group-3")]),
        Who(None, "outside", ways=[("sms", "+447700900300")]),
    ]


def word_of(person: int, turn: int) -> AnswerWord | None:
    """Who answers what, and when: some at once, some later, one twice, many never."""
    if person % 5 == turn:
        return (AnswerWord.SAFE, AnswerWord.HELP, AnswerWord.AWAY)[person % 3]
    return AnswerWord.EVACUATED if (person, turn) == (10, 1) else None


class Story:
    """What happens, step by step; the crew does the rest."""

    def __init__(self, home: House, ledger: Path):
        self.home, self.ledger = home, ledger
        self.receipted = 0

    def copies(self) -> list[dict[str, Any]]:
        """What the providers took so far."""
        lines = self.ledger.read_text("utf-8").splitlines() if self.ledger.exists() else []
        return [json.loads(line) for line in lines]

    async def told(self) -> None:
        fire = await self._launch("fire", "3/12", Kind.LIVE)
        power = await self._launch("power-outage", "3/13", Kind.LIVE)
        drill = await self._launch("fire", "9", Kind.DRILL)  # where nothing real is under way
        await self._calm()
        for turn, incident in enumerate((fire, power, fire)):
            await self._receipts()
            await self._answers(incident, turn)
            await self._waves(incident, most=4)
        await self.home.say.notice(fire, "update", text=STILL, who=WHO, key="update")
        await self.home.say.stop(drill, who=WHO)
        await self._calm()
        await self._waves(fire, most=30)
        await self._doors(fire)
        await self._moved_away()
        for incident, stage in ((fire, "all_clear"), (power, "correction"), (drill, "all_clear")):
            waiting = await self._needing(incident)
            said = {"text": STILL, "confirm_help": waiting, "who": WHO, "key": stage}
            await self.home.say.notice(incident, stage, **said)
        await self._calm()
        await self._receipts()
        await self.home.say.close(fire, confirm_help=await self._needing(fire), who=WHO)

    async def _needing(self, incident: int) -> int:
        """How many still need help: who closes it all the same says so."""
        found = await self.home.db.read(lambda conn: help_open(conn, incident))
        return found.people

    async def _launch(self, book: str, place: str, kind: Kind) -> int:
        request = LaunchRequest(book, place, kind, again=True)
        return (await self.home.launch.start(request, who=WHO, key=f"{book} {place}")).id

    async def _waves(self, incident: int, *, most: int) -> None:
        """The next waves, one after the other, each when the one before has nothing left."""
        for _ in range(most):
            asked = "SELECT id FROM waves WHERE incident_id = :i AND state = 'waiting'"
            waves = await self.home.rows(asked + " ORDER BY no, round LIMIT 1", i=incident)
            if not waves:
                return
            await self.home.run("UPDATE waves SET due_at = 0 WHERE id = :id", id=waves[0][0])
            left = "SELECT count(*) FROM waves WHERE id = :id AND state = 'waiting'"
            await self._until(left, id=waves[0][0])
            await self._calm()

    async def _receipts(self) -> None:
        """Half of what was taken is reported: the handset has it, or does not; one after another,
        in the order of who it was for."""
        new = self.copies()[self.receipted :]
        self.receipted += len(new)
        ledger = ReceiptLedger(self.home.db)
        for copy in new:
            state, reason = DeliveryState.DELIVERED, Reason.OK
            if copy["to"][-1] in "28":
                state, reason = DeliveryState.FAILED, Reason.HANDSET
            elif copy["to"][-1] in "13":
                continue
            attempt = read_attempt_token(SECRET, copy["callback"])
            assert attempt == copy["attempt"]
            receipt = Receipt(state, reason, "", attempt=AttemptId(attempt))
            await ledger.receipts(copy["channel"], [receipt])
        await self._calm()

    async def _answers(self, incident: int, turn: int) -> None:
        asked = "SELECT recipient_id FROM audience WHERE incident_id = :i ORDER BY 1"
        for (person,) in await self.home.rows(asked, i=incident):
            if word := word_of(person, turn):
                given = Given(incident, person, word, "link", f"recipient:{person}")
                await AnswerLedger(self.home.db).take(given)

    async def _doors(self, incident: int) -> None:
        """Staff knock at every second door, somebody opens another by the link."""
        asked = (
            "SELECT t.id, t.household FROM tasks t WHERE t.incident_id = :i"
            " AND t.household IS NOT NULL AND t.state <> 'done' ORDER BY t.household"
        )
        doors = await self.home.rows(asked, i=incident)
        assert len(doors) > 2
        tasks = Tasks(TaskLedger(self.home.db), Bells())
        for task, household in doors[::2]:
            outcome = ("safe", "not_home", "help: alone")[household % 3]
            await tasks.change(incident, task, state="done", outcome=outcome, who=WHO)
        home = (
            "SELECT recipient_id FROM audience WHERE incident_id = :i AND household ="
            " (SELECT household FROM tasks WHERE id = :t) ORDER BY 1"
        )
        for (person,) in await self.home.rows(home, i=incident, t=doors[1][0]):
            given = Given(incident, person, AnswerWord.SAFE, "link", f"recipient:{person}")
            await AnswerLedger(self.home.db).take(given)
        open_one = "SELECT count(*) FROM tasks WHERE id = :t AND state <> 'done'"
        await self._until(open_one, t=doors[1][0])

    async def _moved_away(self) -> None:
        """Somebody is gone and a number has changed: the last word goes where the first went."""
        await self.home.run("UPDATE recipients SET removed_at = 1 WHERE id = 9")
        await self.home.run(
            "UPDATE addresses SET value = '+447700900399' WHERE value = '+447700900110'"
        )

    async def _calm(self) -> None:
        """Nothing is left to send, to doubt or to take to another channel."""
        await self._until(
            "SELECT count(*) FROM deliveries WHERE state IN ('planned', 'sending', 'unsure')"
            " OR state IN ('refused', 'failed') AND onward_at IS NULL"
        )

    async def _until(self, left: str, **named: Any) -> None:
        """The count is zero; doubts are not waited for, but taken as old enough."""
        async with asyncio.timeout(LIMIT):
            while await self.home.one(left, **named):
                await self.home.run("UPDATE deliveries SET lease_until = 1 WHERE state = 'unsure'")
                await asyncio.sleep(0.05)


async def ends(home: House) -> dict[str, Counter[Any]]:
    """How everything stands at the end, without what is only a number of one database."""
    deliveries = await home.rows(
        "SELECT d.incident_id, n.stage, n.revision, d.channel, d.address, d.wave, d.round,"
        " d.recipient_id, d.state, d.reason, d.unsure, CASE WHEN d.doubled THEN 1 ELSE 0 END,"
        " d.attempts FROM deliveries d JOIN notices n ON n.id = d.notice_id"
    )
    tasks = await home.rows(
        "SELECT incident_id, key, household, recipient_id, state, outcome, answer FROM tasks"
    )
    people = await home.rows(
        "SELECT incident_id, recipient_id, answer, CASE WHEN told_at IS NULL THEN 0 ELSE 1 END,"
        " CASE WHEN delivered_at IS NULL THEN 0 ELSE 1 END FROM audience"
    )
    also = await home.rows(
        "SELECT d.incident_id, d.channel, d.address, d.wave, d.round, o.recipient_id"
        " FROM delivery_also o JOIN deliveries d ON d.id = o.delivery_id"
    )
    waves = await home.rows("SELECT incident_id, no, round, key, state, deliveries FROM waves")
    found = {"deliveries": deliveries, "tasks": tasks, "people": people, "also": also}
    return {name: Counter(rows) for name, rows in (found | {"waves": waves}).items()}


async def ledger_of(story: Story) -> Counter[Any]:
    """(incident, channel, address, words, stage, wave, round) of each copy taken."""
    asked = (
        "SELECT a.id, d.incident_id, d.wave, d.round FROM attempts a"
        " JOIN deliveries d ON d.id = a.delivery_id"
    )
    of = {row[0]: row[1:] for row in await story.home.rows(asked)}
    return Counter(
        (
            c["channel"],
            c["to"],
            json.dumps(c["words"], sort_keys=True),
            c["stage"],
            *of[c["attempt"]],
        )
        for c in story.copies()
    )


Crew = Callable[[House], Any]


async def played(url: str, ledger: Path, crew: Crew) -> tuple[Counter[Any], Any, int]:
    """Ledger and ends of the whole story; and how many workers had a part in it."""
    home = await open_house(url, *CHANNELS)
    try:
        await home.db.write(lambda conn: put_estate(conn, (*FLATS, "9/1/101"), neighbours()))
        story = Story(home, ledger)
        async with crew(home):
            await story.told()
        workers = {copy["worker"] for copy in story.copies()}
        return await ledger_of(story), await ends(home), len(workers)
    finally:
        await home.db.close()


@asynccontextmanager
async def one_worker(home: House, ledger: Path) -> AsyncIterator[None]:
    task = asyncio.create_task(work(home.db, ledger))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def processes(url: str, ledger: Path, folder: Path) -> AsyncIterator[None]:
    """Four workers, each a process with connections of its own."""
    command = [sys.executable, "-m", "tests.model.crew", url, str(ledger)]
    with contextlib.ExitStack() as stack:
        for number in range(4):
            stack.enter_context(running(command, env={}, folder=folder, name=f"worker{number}"))
        yield


@pytest.mark.timeout(400)
async def test_one_worker_on_sqlite_and_four_processes_on_postgres_tell_the_same(
    tmp_path: Path, postgres_url: str
) -> None:
    one, four = tmp_path / "one.jsonl", tmp_path / "four.jsonl"
    alone = await played(f"sqlite:///{tmp_path / 'hub.db'}", one, lambda h: one_worker(h, one))
    together = await played(postgres_url, four, lambda _: processes(postgres_url, four, tmp_path))

    assert alone[0] == together[0], "the providers have the same words for the same people"
    for name, rows in alone[1].items():
        assert rows == together[1][name], f"{name} end alike"
    _covers(alone[0], alone[1])
    assert together[2] > 1, "more than one process had a part in it"


def _covers(ledger: Counter[Any], found: dict[str, Counter[Any]]) -> None:
    """The story is worth comparing: everything it is about has happened in it."""
    states = {(row[8], row[9]) for row in found["deliveries"]}
    assert {state for state, _ in states} >= {
        *("accepted", "delivered", "refused", "failed", "unreachable"),
    }
    assert {copy[0] for copy in ledger} == set(CHANNELS)
    assert {copy[3] for copy in ledger} == {"alert", "update", "all_clear", "correction"}
    assert max(ledger.values()) == 2, "copies in doubt"
    assert len({copy[5] for copy in ledger}) > 3, "waves"
    assert found["also"], "a phone that is shared"
    assert {row[5] for row in found["tasks"]} >= {"safe", "not_home", "answered"}
