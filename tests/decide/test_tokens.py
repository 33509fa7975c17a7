from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.tokens import answer_token, attempt_token, read_attempt_token, read_token
from hub.errors import Defect

IDS = st.integers(1, 2**32 - 1)
SECRET = b"a secret of thirty-two bytes....."


@given(IDS, IDS)
def test_an_answer_token_says_who_it_was_made_for(incident, recipient):
    token = answer_token(SECRET, incident, recipient)
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", token)
    assert read_token(SECRET, token) == (incident, recipient)


@given(IDS, IDS, st.integers(0, 143))
def test_no_bit_of_an_answer_token_can_be_changed(incident, recipient, bit):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = answer_token(SECRET, incident, recipient)
    at, flip = divmod(bit, 6)
    other = alphabet[alphabet.index(token[at]) ^ (1 << flip)]
    assert read_token(SECRET, token[:at] + other + token[at + 1 :]) is None


@given(st.text(max_size=40))
def test_any_other_text_is_no_token(words):
    assert read_token(SECRET, words) is None
    assert read_attempt_token(SECRET, words) is None


def test_another_secret_reads_nothing():
    assert read_token(b"other", answer_token(SECRET, 1, 2)) is None
    assert read_attempt_token(b"other", attempt_token(SECRET, 1)) is None


@pytest.mark.parametrize("ids", [(0, 1), (1, 0), (2**32, 1), (1, 2**32), (-1, 1)])
def test_ids_that_do_not_fit_are_a_defect(ids):
    with pytest.raises(Defect):
        answer_token(SECRET, *ids)


@given(st.integers(1, 2**53))
def test_an_attempt_token_says_its_attempt(attempt):
    token = attempt_token(SECRET, attempt)
    assert read_attempt_token(SECRET, token) == attempt
    number, mac = token.split(".")
    assert read_attempt_token(SECRET, f"{attempt + 1}.{mac}") is None
    assert read_attempt_token(SECRET, f"0{number}.{mac}") is None


def test_a_signature_for_one_purpose_is_none_for_another():
    token = answer_token(SECRET, 7, 9)
    assert read_attempt_token(SECRET, f"7.{token[:22]}") is None
