"""What comes back to a hub from providers and people, at any time and in any order."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from hub.errors import Conflict
from hub.model import Actor, Answer, AnswerWord, IncidentId, Receipt, RecipientId, Reply
from hub.ports import HookRequest, Inward
from hub.states import DeliveryState, Reason
from tests.launch_estate import WHO
from tests.model.ground import ANY, Ground
from tests.model.laws import DOORS
from tests.model.town import NUMBERS, RESIDENTS, Resident, bring_in

WORDS = st.sampled_from([str(word) for word in AnswerWord if word != "seen"])
STATES = {
    "accepted": Receipt(DeliveryState.ACCEPTED, Reason.OK, ""),
    "delivered": Receipt(DeliveryState.DELIVERED, Reason.OK, ""),
    "read": Receipt(DeliveryState.READ, Reason.OK, ""),
    "failed": Receipt(DeliveryState.FAILED, Reason.HANDSET, ""),
}
DIGITS = {"1": "safe", "2": "help", "3": "evacuated", "4": "away"}


class Replies(Ground):
    """Receipts, answers by every way there is, opt-outs, and a roster that changes meanwhile."""

    @precondition(lambda self: any(c.taken for c in self.town.calls))
    @rule(which=ANY, states=st.lists(st.sampled_from(list(STATES)), min_size=1, max_size=4))
    def receipts_come(self, which: int, states: list[str]) -> None:
        taken = [c for c in self.town.calls if c.taken and c.parcel.channel != "wecom"]
        if not taken:
            return
        call = taken[which % len(taken)]
        if "failed" in states:
            self.memory.not_reached.add(int(call.parcel.delivery))
        name = f"{call.parcel.channel}_test"
        for state in states:
            self.town.carriers[name].hears = Inward((STATES[state],))
            self.do(self.town.report.receipts(name, _hook(call.parcel.callback)))

    @rule(which=ANY, who=ANY, word=WORDS, again=st.booleans())
    def answers_by_link(self, which: int, who: int, word: str, again: bool) -> None:
        affair = self._affair(which)
        person = sorted(affair.people)[who % len(affair.people)]
        token = self.town.answer.token(affair.id, person)
        assert self.town.answer.whose(token) == (affair.id, person)
        self.replies += 1
        answer = Answer(IncidentId(affair.id), RecipientId(person), AnswerWord(word), "link")
        actor = Actor(f"recipient:{person}", "resident")
        for repeated in (False, True)[: 1 + again]:
            try:
                once = f"form-{self.replies}"
                found = self.do(self.town.answer.take(answer, who=actor, once=once))
            except Conflict:
                assert affair.status == "closed"
                return
            assert affair.status != "closed"
            assert found.repeated is repeated
        self.memory.answered(affair.id, person, word, self.town.house.ms)

    @rule(number=ANY, digit=st.sampled_from("1234"), again=st.booleans())
    def answers_by_text(self, number: int, digit: str, again: bool) -> None:
        sender = self._number(number)
        spoken = [
            c
            for c in self.town.calls
            if c.way == ("sms", sender)
            and self.memory.affairs[int(c.parcel.incident)].status != "closed"
        ]
        self.replies += 1
        reply = Reply("sms", sender, digit, f"IN{self.replies}")
        for _ in range(1 + again):
            self.town.carriers["sms_test"].hears = Inward(replies=(reply,))
            self.do(self.town.report.replies("sms_test", _hook()))
        new = self._new_answers(DIGITS[digit])
        assert not spoken or new, "an answer was lost"

    @precondition(lambda self: any(c.way[0] == "voice" for c in self.town.calls))
    @rule(which=ANY, digit=st.sampled_from("1234"))
    def answers_by_key(self, which: int, digit: str) -> None:
        calls = [c for c in self.town.calls if c.way[0] == "voice"]
        call = calls[which % len(calls)]
        self.replies += 1
        reply = Reply("voice", "", digit, f"CA{self.replies}")
        self.town.carriers["voice_test"].hears = Inward(replies=(reply,))
        affair = self.memory.affairs[int(call.parcel.incident)]
        self.do(self.town.report.pressed("voice_test", _hook(call.parcel.callback)))
        new = self._new_answers(DIGITS[digit])
        if affair.status != "closed":
            assert set(call.speaks_for) <= new
        else:  # help counts in every other live incident that speaks to them
            assert not new or digit == "2"

    @rule(which=ANY, outcome=st.sampled_from(["safe", "help: alone", "not_home", "away"]))
    def a_door_is_knocked_at(self, which: int, outcome: str) -> None:
        doors = [row for row in self.do(self.town.rows(DOORS)) if row.status != "closed"]
        if not doors:
            return
        door = doors[which % len(doors)]
        changed = self.town.tasks.change(
            door.incident_id, door.id, state="done", outcome=outcome, who=WHO
        )
        self.do(changed)
        self._new_answers(outcome.partition(":")[0], by_hand=True)

    def _new_answers(self, word: str, *, by_hand: bool = False) -> set[int]:
        """The answers that have come since are in the notebook, once it is sure that they may be
        there; whose they are. `by_hand`: a colleague has entered the word itself."""
        asked = "SELECT incident_id, recipient_id, answer FROM answers ORDER BY id"
        rows = self.do(self.town.rows(asked))[self.memory.given :]
        for row in rows:
            affair = self.memory.affairs[row.incident_id]
            duty = self.memory.people[row.recipient_id].kind == "staff"
            on_it = duty and word == "safe" and not by_hand
            meant = "seen" if on_it else word  # on it, for who is on duty
            assert row.answer == meant, f"{row.answer} is on record for {meant}"
            assert row.recipient_id in affair.people
            assert affair.status != "closed"
            if not by_hand and self._cries(affair.id, row.recipient_id):
                meant = "help"  # a bare digit takes back no cry
            self.memory.answered(affair.id, row.recipient_id, meant, self.town.house.ms)
        return {row.recipient_id for row in rows}

    def _cries(self, incident: int, person: int) -> bool:
        """Whether their cry stands, and somebody is to go there still."""
        stands = self.memory.answers.get((incident, person), ("", 0))[0]
        asked = (
            "SELECT id FROM tasks WHERE key = 'help' AND state <> 'done'"
            f" AND incident_id = {incident} AND recipient_id = {person}"
        )
        return stands == "help" and bool(self.do(self.town.rows(asked)))

    @rule(number=ANY, out=st.booleans())
    def opts_out_or_in(self, number: int, out: bool) -> None:
        sender = self._number(number)
        self.replies += 1
        reply = Reply("sms", sender, "STOP" if out else "START", f"IN{self.replies}")
        self.town.carriers["sms_test"].hears = Inward(replies=(reply,))
        self.do(self.town.report.replies("sms_test", _hook()))
        way = ("sms", sender)
        held = any(way in one.ways for one in self.memory.people.values() if one.here)
        if out and held:
            self.memory.out.setdefault(way, self.town.house.ms)
        elif not out:
            self.memory.out.pop(way, None)

    def _number(self, number: int) -> str:
        return NUMBERS[number % 5]

    @rule(who=ANY, number=ANY, how=st.sampled_from(["gone", "number", "share", "back"]))
    def the_roster_changes(self, who: int, number: int, how: str) -> None:
        at = who % len(self.residents)
        one = self.residents[at]
        if how == "gone":
            # A file says nothing of a building that is not in it.
            if sum(other.building == one.building for other in self.residents) > 1:
                del self.residents[at]
        elif how == "back":
            self.residents = list(RESIDENTS)
        else:
            new = NUMBERS[number % len(NUMBERS)]
            self.residents[at] = Resident(one.name, one.building, one.flat, new, one.needs)
        self.do(bring_in(self.town.estate, self.residents))
        self.loop.run_until_complete(self._know())


def _hook(callback: str = "") -> HookRequest:
    return HookRequest("https://muster.example/hooks", {}, b"genuine", callback=callback)
