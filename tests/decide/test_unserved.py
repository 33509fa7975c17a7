from __future__ import annotations

from hub.decide.accounts import Terms
from hub.decide.queue import Sender
from hub.decide.unserved import Unserved, unserved
from hub.plans import Told
from hub.ports import Traits
from tests.decide.test_plan import told

WAYS = {
    1: [("sms", "+8613"), ("voice", "+8613")],
    2: [("sms", "+447"), ("voice", "+447")],
    3: [("sms", "+447"), ("email", "a@b.c")],
    4: [],
    5: [("wecom", "robot"), ("push", "token")],
}


def group(channel: str, *countries: str) -> list[Sender]:
    return [Sender("one", Traits(channel, (), 10), Terms(countries=countries))]


def people() -> list[Told]:
    return [told(one) for one in sorted(WAYS)]


def test_each_number_counts_once_and_a_person_who_has_nothing_else_is_counted():
    china = {"sms": group("sms", "+86"), "voice": group("voice", "+86")}
    assert unserved(people(), WAYS, china) == Unserved({"sms": 1, "voice": 1}, people=2)
    mail = {**china, "email": group("email")}
    assert unserved(people(), WAYS, mail) == Unserved({"sms": 1, "voice": 1}, people=1)


def test_nothing_is_unserved_where_accounts_are_for_every_country_or_another_takes_it():
    everywhere = {"sms": group("sms"), "voice": group("voice")}
    assert unserved(people(), WAYS, everywhere) == Unserved()
    both = {"sms": group("sms", "+86") + group("sms", "+44"), "voice": group("voice")}
    assert unserved(people(), WAYS, both) == Unserved()
