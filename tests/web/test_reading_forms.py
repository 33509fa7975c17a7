"""Plain forms, as phones and scripts send them."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from web.api.reading import Malformed, fields_of

PLAIN = "application/x-www-form-urlencoded"


def asked(body: bytes, kind: str = PLAIN) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"answer=safe&nonce=1.a-_", {"answer": "safe", "nonce": "1.a-_"}),
        (b"name=%E7%8E%8B+%E4%BC%9F&empty=", {"name": "王 伟", "empty": ""}),
        (b"alone", {"alone": ""}),
        (b"", {}),
        (b"odd=%FF", {"odd": "\ufffd"}),
    ],
)
async def test_a_form_is_read_field_by_field(body: bytes, fields: dict[str, str]) -> None:
    assert await fields_of(asked(body)) == fields
    assert await fields_of(asked(body, f"{PLAIN}; charset=utf-8")) == fields


@pytest.mark.parametrize("body", [b"a=1&a=2", b"a=%00", b"%00=a", b"&".join([b"a=1"] * 60)])
async def test_a_form_that_says_two_things_or_hides_one_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        await fields_of(asked(body))
