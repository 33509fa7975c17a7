"""What the preview counts is what a launch writes: the pure rules and the SQL agree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Refused
from hub.model import Kind, LaunchRequest
from tests.launch_estate import WHO, House, Who, open_house, put_estate

PATHS = ("3/5/501", "3/11/1101", "3/12/1201", "3/12/1202", "3/20/2001", "4-1/1/101", "4-2/1/101")

WAYS = st.lists(
    st.tuples(
        st.sampled_from(["sms", "sms", "voice", "push", "email"]),
        st.sampled_from([f"+1555010000{n}" for n in range(6)]),
    ),
    max_size=3,
    unique=True,
)
PERSON = st.builds(
    Who,
    place=st.sampled_from([*PATHS, "3", "3/12", None]),
    kind=st.sampled_from(["resident", "resident", "resident", "staff", "outside"]),
    language=st.sampled_from(["zh-CN", "en", "fr"]),
    ways=WAYS,
    roles=st.lists(st.sampled_from(["security", "deputy", "project_manager"]), max_size=2),
    needs=st.lists(st.just("moves_slowly"), max_size=1),
    drill=st.booleans(),
    opted_out=st.sampled_from([False, False, False, True]),
    bad=st.sampled_from([False, False, False, True]),
)


@settings(max_examples=40, deadline=None)
@given(
    people=st.lists(PERSON, min_size=1, max_size=12),
    place=st.sampled_from(["3/12", "3", "4", "4-1", "all", "3/20"]),
    kind=st.sampled_from([Kind.LIVE, Kind.DRILL]),
    channels=st.sampled_from([("sms",), ("sms", "voice"), ("sms", "voice", "push", "email")]),
)
async def test_a_launch_does_what_the_preview_said(
    people: list[Who], place: str, kind: Kind, channels: tuple[str, ...]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = await open_house(f"sqlite:///{Path(folder) / 'hub.db'}", *channels)
        try:
            await home.db.write(lambda conn: put_estate(conn, PATHS, people))
            await _compare(home, LaunchRequest("fire", place, kind))
        finally:
            await home.db.close()


async def _compare(home: House, request: LaunchRequest) -> None:
    try:
        looked = await home.launch.preview(request)
    except Refused as refused:
        assert refused.problems[0].where == "place"  # noqa: PT017 - both must refuse alike
        return
    launched = await home.launch.start(request, who=WHO, key="k")

    sends = await home.rows(
        "SELECT channel, count(*) FROM deliveries WHERE state = 'planned' GROUP BY channel"
    )
    lost = await home.one(
        "SELECT count(*) FROM deliveries WHERE state = 'unreachable' AND recipient_id IN"
        " (SELECT id FROM recipients WHERE kind NOT IN ('screen', 'group'))"
    )
    segments = await home.rows(
        "SELECT d.channel, sum(CASE WHEN w.segments < 1 THEN 1 ELSE w.segments END)"
        " FROM deliveries d JOIN wordings w ON w.id = d.wording_id GROUP BY d.channel"
    )
    assert launched.people == looked.people
    assert launched.deliveries == looked.deliveries
    assert dict(sends) == {one.channel: one.sends for one in looked.channels}
    assert dict(segments) == {one.channel: one.segments for one in looked.channels}
    assert lost == looked.unreachable
    listed = "SELECT count(DISTINCT household) FROM tasks WHERE household IS NOT NULL"
    assert await home.one(listed) == looked.listed_at_once
    await _compare_waves(home, looked.waves)


async def _compare_waves(home: House, waves: object) -> None:
    """If nobody answers, later waves send what the preview said as well."""
    await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
    while await home.escalate.due():
        pass
    made = await home.rows(
        "SELECT \"key\", deliveries FROM waves WHERE state = 'started' AND round = 0"
        " AND \"key\" <> 'beyond'"
    )
    assert dict(made) == {wave.key: wave.deliveries for wave in waves}  # type: ignore[attr-defined]
