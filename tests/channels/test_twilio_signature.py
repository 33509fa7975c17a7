"""Signatures: the vectors both official SDKs agree on, and what no vector says."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio_signature import sign, verify
from hub.ports import HookRequest
from tests.channels.parts import vectors


def _request(vector: dict[str, Any]) -> HookRequest:
    headers = {"content-type": vector["content_type"]}
    if vector["signature"] is not None:
        headers["x-twilio-signature"] = vector["signature"]
    body = vector["form_body"] if vector["json_body"] is None else vector["json_body"]
    form = tuple((key, value) for key, value in vector["params"] or ())
    return HookRequest(vector["public_url"], headers, (body or "").encode(), form)


def test_every_vector_is_judged_as_expected() -> None:
    wrong = [
        vector["id"]
        for vector in vectors("signatures.json")
        if vector["expect"] != "either"
        and verify(vector["token"].encode(), _request(vector)) != (vector["expect"] == "accept")
    ]
    assert wrong == []


def test_the_vectors_are_all_there() -> None:
    assert len(vectors("signatures.json")) >= 40


def _signed(url: str, form: tuple[tuple[str, str], ...], **headers: str) -> HookRequest:
    return HookRequest(url, {"x-twilio-signature": sign(b"t", url, form), **headers}, b"", form)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=8).map(tuple))
def test_what_we_sign_we_accept_and_another_token_does_not(
    form: tuple[tuple[str, str], ...],
) -> None:
    request = _signed("https://h.example/x", form, **{"content-type": _FORM})
    assert verify(b"t", request)
    assert not verify(b"u", request)


_FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "url",
    [
        "https://[2001:db8::1]/hooks?x=1",
        "https://[2001:db8::1]:8443/hooks",
        "https://h.example",
        "https://u:p@h.example:9/x#y",
    ],
)
def test_urls_with_ports_and_brackets_verify(url: str) -> None:
    assert verify(b"t", _signed(url, (("a", "b"),), **{"content-type": _FORM}))


def test_a_json_body_is_not_taken_for_a_form_because_of_its_fields() -> None:
    url = "https://h.example/x"
    form = (("Body", "2"),)
    request = HookRequest(
        url,
        {"x-twilio-signature": sign(b"t", url, form), "content-type": "application/json"},
        b"{}",
        form,
    )
    assert not verify(b"t", request)


def test_a_body_is_taken_with_its_own_hash_in_the_signed_url_alone() -> None:
    body, place = b'{"MessageStatus":"delivered"}', "https://h.example/x"
    hashed = f"{place}?bodySHA256={hashlib.sha256(body).hexdigest()}"

    def taken(url: str, sent: bytes) -> bool:
        headers = {"x-twilio-signature": sign(b"t", url, ()), "content-type": "application/json"}
        return verify(b"t", HookRequest(url, headers, sent))

    assert taken(hashed, body)
    assert not taken(hashed, body.replace(b"delivered", b"failed"))
    assert not taken(place, body)


def test_a_request_without_any_header_is_simply_false() -> None:
    assert not verify(b"t", HookRequest("https://h.example/x", {}, b""))


def test_the_formula_is_twilios() -> None:
    text = "https://h.example/x" + "A1" + "b2"
    expected = base64.b64encode(hmac.new(b"t", text.encode(), hashlib.sha1).digest()).decode()
    assert sign(b"t", "https://h.example/x", (("b", "2"), ("A", "1"))) == expected
