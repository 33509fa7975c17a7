"""Links as phones, chats and old residents send them back to us."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from hub.decide.tokens import answer_token
from hub.errors import Unready
from hub.store import schema as t
from tests.flow.stage import Stage
from tests.web.parts import SECRET, House

ZH = "这个链接打不开，可能没有复制完整。"
EN = "This link does not work; it may be cut off."


@pytest.fixture
async def token(web: House) -> str:
    stage = await Stage(web.hub.db).set_up(people=2)
    return answer_token(SECRET, stage.incident, stage.people[0])


def written(token: str) -> list[str]:
    """The path as it comes, for each way a link is spoilt on its way."""
    signs = [
        ".",
        "。",
        "，",
        ",",
        ")",
        "）",
        '"',
        "”",
        ">",
        "/",
        "%E3%80%82",
        "。请回复",
        "\n",
        "-",
        "_",
    ]
    twice = f"{token}https://alerts.example.com/a/{token}"
    return [
        *(token + quote(sign, safe="") for sign in signs),
        token + "%A1%A3",  # a full stop in GBK
        token + ".",
        token + "/",
        token + "?utm_source=sms",
        token + "#reply",
        token[:12] + "%0A" + token[12:],
        token[:12] + "%20" + token[12:],
        twice,
        quote(twice, safe=""),
        quote(twice.replace("https", "\nhttps"), safe=""),
    ]


async def test_a_spoilt_link_shows_the_page_and_changes_nothing(web: House, token):
    async with web.client() as client:
        for way in written(token):
            for method in ("GET", "HEAD"):
                answer = await client.request(method, f"/a/{way}")
                assert answer.status_code == 200, way
            page = await client.get(f"/a/{way}")
            assert f'action="/a/{token}"' in page.text, way
    assert await web.hub.db.read(lambda c: c.execute(t.answers.select()).all()) == []


async def test_a_link_in_capitals_before_the_token_still_opens(web: House, token):
    async with web.client() as client:
        answer = await client.get(f"/A/{token}", headers={"host": "ALERTS.EXAMPLE.COM"})
    assert answer.status_code == 200


async def test_an_answer_by_a_spoilt_link_counts_once_and_goes_back_to_the_clean_one(web, token):
    async with web.client() as client:
        page = await client.get(f"/a/{token}%E3%80%82", headers={"accept": "application/json"})
        form = {"answer": "safe", "nonce": page.json()["nonce"]}
        answer = await client.post(f"/a/{token}%E3%80%82", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/a/{token}")
    rows = await web.hub.db.read(lambda c: c.execute(t.answers.select()).all())
    assert [row.answer for row in rows] == ["safe"]


def broken(token: str) -> list[str]:
    return ["/a", "/a/", "/A", "/A/x", f"/a/{token[:-1]}", f"/a/{token[:9]}", f"/a/{token.lower()}"]


async def test_a_link_that_lost_its_end_says_what_to_do_in_both_languages(web: House, token):
    async with web.client() as client:
        pages = [await client.get(path) for path in broken(token)]
    for page in pages:
        assert page.status_code == 404
        assert ZH in page.text
        assert EN in page.text
        assert "119" in page.text
        assert 'href="/' not in page.text  # nothing leads to the staff's login
        assert "/login" not in page.text
    assert len({re.sub(r"\s+", "", page.text) for page in pages}) == 1  # nothing tells them apart


@pytest.mark.parametrize(
    ("liked", "first"),
    [
        ("zh-CN,zh;q=0.9", ZH),
        ("en-GB", EN),
        ("", ZH),
        ("fr;q=0.9,en;q=0.8", EN),
        ("en;q=0", ZH),
    ],
)
async def test_the_language_of_the_phone_stands_first(web: House, liked, first):
    async with web.client() as client:
        page = await client.get("/a/cut", headers={"accept-language": liked})
    assert re.search(r"<h1>(.*?)</h1>", page.text)[1] == first
    assert page.headers["content-language"] == ("en" if first == EN else "zh-CN")


async def test_the_number_is_the_sites_own(web: House, token):
    await web.hub.db.write(
        lambda c: c.execute(t.sites.update().values(settings={"emergency": {"fire": "999"}}))
    )
    web.app.state.numbers = type(web.app.state.numbers)()
    async with web.client() as client:
        page = await client.get(f"/a/{token[:-1]}")
    assert 'href="tel:999"' in page.text
    assert "119" not in page.text


async def test_without_a_database_the_page_still_helps(web: House):
    class Gone:
        async def sites(self):
            raise Unready("The database does not answer.")

    web.app.state.numbers = type(web.app.state.numbers)()
    web.hub.estate = Gone()
    async with web.client() as client:
        page = await client.get("/a/cut")
    assert page.status_code == 404
    assert "119" in page.text


@pytest.mark.parametrize(
    ("liked", "said"),
    [
        ("zh-CN", f"{ZH}请点短信里的完整链接；紧急情况请直接拨打 119。"),
        ("en", f"{EN} Tap the whole link in your text. In an emergency call 119."),
    ],
)
async def test_a_program_reads_the_same_sentence(web: House, liked, said):
    asked = {"accept": "application/json", "accept-language": liked}
    async with web.client() as client:
        answer = await client.get("/a/cut", headers=asked)
    assert answer.status_code == 404
    assert (answer.json()["detail"], answer.json()["code"]) == (said, "unknown")


@pytest.mark.parametrize(
    ("liked", "said", "direction"),
    [
        ("ja", "このリンクは開けません", "ltr"),
        ("ar-EG", "هذا الرابط", "rtl"),
        ("zh-HK", "這個連結", "ltr"),
    ],
)
async def test_a_third_language_stands_first_and_both_others_below(web, liked, said, direction):
    async with web.client() as client:
        page = await client.get("/a/cut", headers={"accept-language": liked})
    assert said in re.search(r"<h1>(.*?)</h1>", page.text)[1]
    assert f'dir="{direction}"' in page.text.partition("<head>")[0]
    assert ZH in page.text
    assert EN in page.text
