from __future__ import annotations

import json
import re
from typing import Any

import pytest

from hub.errors import Refused
from hub.model import Kind, LaunchRequest
from tests.flow.launched import launched, reached, sent
from tests.launch_estate import STILL, WHO, house

# ── Updates ────────────────────────────────────────────────────────────────────────────────────


async def test_an_update_goes_to_the_whole_audience_answered_or_not(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id = 1")
        said = await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        assert [who for who, _ in await reached(home, said.notice)] == [1, 2, 3, 6]
        assert (said.revision, said.deliveries, said.repeated) == (2, 4, False)
        assert home.bells.rung == ["urgent"]
        assert home.bells.told == [(f"incident:{incident}", 2)]


async def test_an_update_uses_the_addresses_of_today(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run("UPDATE addresses SET value = '+15550109999' WHERE recipient_id = 1")
        await home.run(
            "INSERT INTO addresses (recipient_id, channel, value) VALUES (5, 'sms', '+15550105555')"
        )
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 6")
        said = await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        assert (1, "+15550109999") in await reached(home, said.notice)
        assert [who for who, _ in await reached(home, said.notice)] == [1, 2, 3, 5]


async def test_an_update_says_what_the_operator_added_in_each_language(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        text = {"en": "East gate open", "zh-CN": "东门已开"}
        said = await home.say.notice(incident, "update", text=text, who=WHO, key="u")

        texts = await home.rows(
            "SELECT w.language, w.parts FROM deliveries d JOIN wordings w ON w.id = d.wording_id"
            " WHERE d.notice_id = :n",
            n=said.notice,
        )
        assert {language for language, _ in texts} == {"zh-CN", "en"}
        assert all(text[language] in str(parts) for language, parts in texts)
        (kept,) = await home.rows("SELECT text, texts FROM notices WHERE revision = 2")
        assert kept[0] == text["zh-CN"]
        assert (json.loads(kept[1]) if isinstance(kept[1], str) else kept[1]) == text


async def test_an_update_without_words_or_without_a_language_of_its_readers_is_refused(
    database_url: str,
) -> None:
    async with launched(database_url) as (home, incident):
        for text, code in (
            ("", "update_empty"),
            ({"en": " "}, "update_empty"),
            ("东门已开", "update_language"),
            ({"en": "East gate open"}, "update_language"),
        ):
            with pytest.raises(Refused) as refused:
                await home.say.notice(incident, "update", text=text, who=WHO, key="u")
            assert [one.code for one in refused.value.problems] == [code]
            assert refused.value.status == 422
        assert await home.one("SELECT count(*) FROM notices") == 1


async def test_what_is_left_untranslated_on_purpose_says_so_to_its_readers(
    database_url: str,
) -> None:
    async with launched(database_url) as (home, incident):
        said = await home.say.notice(
            incident, "update", text="东门已开", untranslated=True, who=WHO, key="u"
        )
        found = await home.rows(
            "SELECT w.parts FROM wordings w WHERE w.notice_id = :n AND w.language = 'en'"
            " AND w.channel = 'sms'",
            n=said.notice,
        )
        assert found
        for (parts,) in found:
            assert re.search("in Chinese: (东门已开|see the link)", str(parts))


async def test_the_preview_counts_who_reads_which_language(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        seen = (await home.say.preview(incident, "update", text="")).to_json()
        assert {one["tag"] for one in seen["languages"]} == {"zh-CN", "en"}
        assert sum(one["people"] for one in seen["languages"]) == seen["people"]


async def test_an_update_moves_the_promise_of_the_next(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run("UPDATE incidents SET next_update_at = 1")
        await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        due, issued = (
            await home.rows(
                "SELECT i.next_update_at, n.issued_at FROM incidents i"
                " JOIN notices n ON n.revision = 2"
            )
        )[0]
        assert due - issued == 600_000


async def test_an_update_does_not_take_planned_alerts_back(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'cancelled'") == 0
        assert await home.one("SELECT count(*) FROM waves WHERE state = 'cancelled'") == 0


async def test_an_update_does_not_escalate(database_url: str) -> None:
    """A later wave by another channel is no way of an update."""
    async with launched(database_url) as (home, incident):
        more = house(home.db, "sms", "voice")
        await home.run(
            "INSERT INTO addresses (recipient_id, channel, value)"
            " VALUES (1, 'voice', '+15550100001')"
        )
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await more.escalate.due()
        assert await home.one("SELECT count(*) FROM deliveries WHERE channel = 'voice'") > 0
        said = await more.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        channels = await home.rows(
            "SELECT DISTINCT channel FROM deliveries WHERE notice_id = :n", n=said.notice
        )
        assert channels == [("sms",)]


async def test_an_update_reaches_who_could_only_be_told_by_a_later_wave(
    database_url: str,
) -> None:
    """A landline alone: the alert came by the call, so does the update; both who share it."""
    async with launched(database_url) as (home, incident):
        more = house(home.db, "sms", "voice")
        await home.run(
            "UPDATE addresses SET channel = 'voice', value = '+15550109' WHERE recipient_id < 3"
        )
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await more.escalate.due()
        heard = await home.rows(
            "SELECT DISTINCT recipient_id FROM deliveries WHERE channel = 'voice' ORDER BY 1"
        )
        said = await more.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        ways = await home.rows(
            "SELECT d.recipient_id, d.channel, o.recipient_id FROM deliveries d"
            " LEFT JOIN delivery_also o ON o.delivery_id = d.id"
            " WHERE d.notice_id = :n ORDER BY 1",
            n=said.notice,
        )
        assert heard == [(1,)]
        assert ways == [(1, "voice", 2), (3, "sms", 4), (6, "sms", None)]


async def test_an_update_goes_to_all_of_a_band_whose_first_wave_was_for_a_few(
    database_url: str,
) -> None:
    async with launched(database_url) as (home, incident):
        spec = await home.one("SELECT spec FROM waves WHERE no = 0")
        few = (json.loads(spec) if isinstance(spec, str) else spec) | {"needs": True}
        await home.run("UPDATE waves SET started_at = started_at + 1 WHERE no = 0")
        await home.run(
            "INSERT INTO waves (incident_id, notice_id, no, round, key, spec, due_at, state,"
            " started_at) VALUES (:i, 1, 99, 0, 'few', :spec, 0, 'started', 1)",
            i=incident,
            spec=json.dumps(few),
        )
        said = await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")

        assert [who for who, _ in await reached(home, said.notice)] == [1, 2, 3, 6]


# ── All-clear and correction ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["all_clear", "correction"])
async def test_the_last_word_goes_to_exactly_those_who_may_have_got_the_alert(
    database_url: str, stage: str
) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1, "delivered")
        await sent(home, 2, "unsure", unsure=1)
        await sent(home, 3, "refused")
        said = await home.say.notice(incident, stage, text="", who=WHO, key="a")

        assert [who for who, _ in await reached(home, said.notice)] == [1, 2]
        ends = await home.rows(
            "SELECT recipient_id, state, reason FROM deliveries WHERE notice_id <> :n"
            " ORDER BY recipient_id",
            n=said.notice,
        )
        assert (6, "cancelled", "superseded") in ends
        assert (5, "unreachable", "no_address") in ends


async def test_the_last_word_follows_people_removed_and_numbers_changed(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await sent(home, 2, "failed")
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 1")
        await home.run("UPDATE addresses SET removed_at = 1 WHERE recipient_id = 1")
        await home.run("UPDATE addresses SET value = '+15550107777' WHERE recipient_id = 2")
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        assert await reached(home, said.notice) == [(1, "+15550100001"), (2, "+15550100002")]


@pytest.mark.parametrize("state", ["planned", "refused", "expired", "suppressed", "cancelled"])
async def test_a_send_once_unsure_counts_as_heard_whatever_became_of_it(
    database_url: str, state: str
) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 2, state, unsure=1)
        said = await home.say.notice(incident, "correction", text="", who=WHO, key="a")

        assert [who for who, _ in await reached(home, said.notice)] == [2]


async def test_those_who_share_the_number_are_spoken_for_again(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 3)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        also = await home.rows(
            "SELECT d.recipient_id, o.recipient_id FROM deliveries d"
            " JOIN delivery_also o ON o.delivery_id = d.id WHERE d.notice_id = :n",
            n=said.notice,
        )
        assert also == [(3, 4)]


async def test_a_shared_number_hears_the_last_word_by_whoever_it_has_words_for(
    database_url: str,
) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 3)
        await home.run("UPDATE audience SET band = 'wordless' WHERE recipient_id = 3")
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")
        assert [who for who, _ in await reached(home, said.notice)] == [4]


async def test_the_last_word_ends_waves_and_promises(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        assert await home.one("SELECT count(*) FROM waves WHERE state = 'waiting'") == 0
        row = (await home.rows("SELECT status, next_update_at FROM incidents"))[0]
        assert row == ("cleared", None)


async def test_the_last_word_lives_a_day(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        life = await home.one(
            "SELECT d.expires_at - d.planned_at FROM deliveries d WHERE d.notice_id = :n",
            n=said.notice,
        )
        assert life == 24 * 3_600_000


async def test_its_event_says_what_was_taken_back_and_what_is_new(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        data = await home.one("SELECT data FROM events WHERE kind = 'notice'")
        read = json.loads(data) if isinstance(data, str) else data
        assert read["notice"] == said.notice
        assert ["sms", "planned", "cancelled", 3] in read["moves"]
        assert ["sms", "", "planned", 1] in read["moves"]


async def test_a_drill_ends_with_the_words_of_a_drill(database_url: str) -> None:
    drill = LaunchRequest("fire", "3/12", Kind.DRILL)
    async with launched(database_url, drill) as (home, incident):
        await sent(home, 3)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        parts = await home.rows(
            "SELECT parts FROM wordings WHERE notice_id = :n AND channel = 'sms'"
            " AND language = 'zh-CN'",
            n=said.notice,
        )
        assert parts
        assert all("演练" in _body(row[0]) for row in parts)


def _body(parts: Any) -> str:
    read = json.loads(parts) if isinstance(parts, str) else parts
    return str(read["body"])
