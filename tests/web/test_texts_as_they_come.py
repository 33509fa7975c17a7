"""Texts as carriers and phones really bring them: NUL signs, pictures without words, parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from channels.twilio_signature import sign
from hub.store import schema as t
from tests.web.field import RESIDENT, SID, STRANGER, TOKEN, Field, in_the_field


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def told(hub: Field, form: dict[str, str]) -> int:
    """What the hub says to exactly this form, signed as Twilio signs it."""
    path = "/hooks/sms_twilio/replies"
    url = hub.hub.settings.public_url + path
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": sign(TOKEN.encode(), url, tuple(form.items())),
    }
    return (await hub.client.post(path, content=urlencode(form), headers=headers)).status_code


@pytest.mark.parametrize("body", ["2\0", "help\0\0", "we are trapped\0in 1201", "\0救命"])
async def test_a_cry_with_nul_signs_in_it_is_heard(hub: Field, body: str) -> None:
    fire = await hub.launch("fire", "3/12")
    assert (await hub.reply(RESIDENT, body)).status_code == 200
    assert await hub.answer(fire, RESIDENT) == "help"


async def test_words_with_a_nul_sign_are_kept_without_it(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    assert (await hub.reply(STRANGER, "mail me yy.yyy\0live.com")).status_code == 200
    (shown,) = await hub.waiting()
    assert shown.words == "mail me yy.yyy live.com"


PICTURE = {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://x.invalid/1"}
FORM = {"MessageSid": "SM" + "1" * 32, "AccountSid": SID, "From": RESIDENT, "To": "+12025550100"}


@pytest.mark.parametrize("body", [{}, {"Body": ""}, {"Body": " "}])
async def test_a_picture_without_words_stands_where_people_look(
    hub: Field, body: dict[str, str]
) -> None:
    fire = await hub.launch("fire", "3/12")
    assert await told(hub, FORM | body | PICTURE) == 200
    (shown,) = await hub.waiting()
    assert (shown.why, shown.incident_id, shown.cry) == ("unclear", fire, False)
    assert shown.words.strip() == "[彩信 MMS: image/jpeg]"


async def test_a_cry_with_a_picture_tells_of_the_picture(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    more = PICTURE | {"NumMedia": "2", "MediaContentType1": "audio/ogg"}
    await told(hub, FORM | {"Body": "2"} | more)
    assert await hub.answer(fire, RESIDENT) == "help"
    (shown,) = await hub.rows(t.replies)
    assert (shown.why, shown.words) == ("heard", "2 [彩信 MMS: image/jpeg, audio/ogg]")


async def test_a_place_sent_without_words_is_shown(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    place = {"From": f"whatsapp:{RESIDENT}", "Latitude": "31.2304", "Longitude": "121.4737"}
    await told(hub, FORM | place)
    (shown,) = await hub.waiting()
    assert shown.words == "[位置 location: 31.2304,121.4737]"


async def test_a_text_without_words_or_picture_is_kept_too(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    assert await told(hub, FORM) == 200
    (shown,) = await hub.waiting()
    assert shown.words == ""


async def test_yes_opts_in_whoever_had_opted_out_as_carriers_do(hub: Field) -> None:
    await hub.reply(RESIDENT, "STOP")
    assert (await hub.rows(t.addresses, value=RESIDENT))[0].opted_out_at
    await hub.reply(RESIDENT, "Yes.")
    assert (await hub.rows(t.addresses, value=RESIDENT))[0].opted_out_at is None
    fire = await hub.launch("fire", "3/12")
    assert str(fire)
    assert "3" in await hub.last(RESIDENT)


async def test_yes_of_anybody_else_is_words(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "yes")
    (shown,) = await hub.waiting()
    assert (shown.words, shown.why) == ("yes", "unclear")


async def test_a_very_long_text_is_read_and_kept_to_its_end(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    words = "好的。" * 900 + "我们被困在1201"
    await hub.reply(f"whatsapp:{RESIDENT}", words)
    assert await hub.answer(fire, RESIDENT) == "help"
    (shown,) = await hub.rows(t.replies)
    assert shown.words == words
