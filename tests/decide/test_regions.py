from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.accounts import Offer, Terms, Wanted, choose
from hub.decide.regions import Region, regions, waiting

UK, US, SPARE = (
    Offer("uk", Terms(countries=("+44",))),
    Offer("us", Terms(countries=("+1", "+1787"))),
    Offer("spare", Terms(order=5)),
)
CODES = st.sampled_from(["+1", "+1787", "+44", "+86", "+447"])
OFFERS = st.lists(
    st.builds(
        Offer,
        st.sampled_from("abcd"),
        st.builds(Terms, st.integers(0, 1), countries=st.lists(CODES, max_size=3).map(tuple)),
        room=st.integers(0, 1),
        open=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda offer: offer.name,
)
ADDRESSES = st.one_of(
    st.builds("{}{}".format, CODES, st.from_regex(r"[0-9]{0,5}", fullmatch=True)),
    st.sampled_from(["+4915", "robot-1", "", "7"]),
)


def lies_in(address: str, region: Region) -> bool:
    return address.startswith(region.code) and not address.startswith(region.others)


def test_where_every_account_serves_everything_there_are_none():
    assert regions([SPARE, Offer("b")]) == ()


def test_a_region_waits_where_its_accounts_are_closed_or_full():
    offers = [UK, Offer("us", US.terms, room=0)]
    found = regions(offers)
    assert [one.code for one in waiting(offers, found)] == ["+1", "+1787"]
    closed = [Offer("us", US.terms, open=False), SPARE]
    assert waiting(closed, regions(closed)) == []


@given(OFFERS, ADDRESSES)
def test_every_address_lies_in_one_region_and_goes_as_it_goes(offers, address):
    found = regions(offers)
    if not found:
        return
    (mine,) = [one for one in found if lies_in(address, one)]
    room = {offer.name: offer.room for offer in offers}
    assert choose(offers, Wanted(address, 0), room) == choose(offers, Wanted(mine.code, 0), room)
    assert {o.name for o in offers if o.terms.serves(address)} == {
        o.name for o in offers if o.terms.serves(mine.code)
    }
