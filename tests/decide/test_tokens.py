from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.tokens import answer_token, attempt_token, read_attempt_token, read_token, tokens_in
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


def sent_before(incident: int, recipient: int) -> str:
    """The token of an earlier release, written down here a second time."""
    ids = struct.pack(">II", incident, recipient)
    mac = hmac.digest(SECRET, b"answer\0" + ids, hashlib.sha256)[:10]
    return base64.urlsafe_b64encode(ids + mac).decode()


@given(IDS, IDS)
def test_an_answer_token_ends_in_a_letter_or_digit(incident, recipient):
    assert answer_token(SECRET, incident, recipient)[-1].isalnum()


def test_every_one_of_ten_thousand_links_ends_in_a_letter_or_digit():
    tokens = [answer_token(SECRET, 7, person) for person in range(1, 10_001)]
    assert [token for token in tokens if not token[-1].isalnum()] == []
    assert len(set(tokens)) == len(tokens)
    assert all(read_token(SECRET, one) == (7, n) for n, one in enumerate(tokens, start=1))


def test_a_link_sent_by_an_earlier_release_stays_good():
    old = [sent_before(7, person) for person in range(1, 1_001)]
    assert any(token[-1] in "-_" for token in old)
    assert all(read_token(SECRET, token) == (7, person) for person, token in enumerate(old, 1))


def test_the_second_signature_shares_nothing_with_the_first():
    person = next(n for n in range(1, 1_000) if sent_before(7, n)[-1] in "-_")
    old, new = sent_before(7, person), answer_token(SECRET, 7, person)
    assert sum(a != b for a, b in zip(old[11:], new[11:], strict=True)) > 6


def test_a_second_signature_that_ends_in_a_sign_gets_a_letter_or_digit():
    twice = [n for n in range(1, 40_000) if sent_before(7, n)[-1] in "-_"]
    ends = {answer_token(SECRET, 7, n)[-1] for n in twice}
    assert ends <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


TOKEN = answer_token(SECRET, 7, 9)
WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in TOKEN)


@pytest.mark.parametrize(
    "written",
    [
        *(
            TOKEN + sign
            for sign in ". 。 ， , ) ） \" ” > 》 」 ] ! ！ ? ; ； : 、 … / ' - _ * ~".split()
        ),
        TOKEN + "%E3%80%82",
        TOKEN + "\ufffd\ufffd",  # a full stop in GBK, percent-encoded by an old phone
        TOKEN + " 回复数字：1安全，2求助",
        TOKEN + "\u200b",
        TOKEN + "。请尽快回复",
        TOKEN + "点此回复",
        TOKEN + "https://alerts.example.com/a/" + TOKEN,
        TOKEN + "HTTP://ALERTS.EXAMPLE.COM/a/" + TOKEN,
        TOKEN + "\nhttps://alerts.example.com/a/" + TOKEN,
        TOKEN[:11] + "\n" + TOKEN[11:],
        TOKEN[:11] + "\r\n " + TOKEN[11:] + "。",
        TOKEN[:11] + "\u00ad" + TOKEN[11:],
        "<" + TOKEN + ">",
        "/" + TOKEN,
        WIDE,
        WIDE + "．",
    ],
)
def test_a_token_is_found_in_what_a_phone_made_of_it(written):
    assert TOKEN in tokens_in(written)


@pytest.mark.parametrize(
    "written",
    ["", TOKEN[:-1], TOKEN[1:], TOKEN + "x", "x" + TOKEN, TOKEN + TOKEN, TOKEN + "-x", TOKEN[:12]],
)
def test_a_token_cut_or_grown_is_another(written):
    assert TOKEN not in tokens_in(written)


@given(st.text(max_size=600))
def test_whatever_is_written_few_tokens_are_tried(written):
    found = tokens_in(written)
    assert len(found) <= 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", token) for token in found)


@pytest.mark.parametrize("sign", ["ſ", "K", "ı", "İ"])
def test_letters_that_only_fold_into_ours_are_none_of_ours(sign):
    assert all(token.isascii() for token in tokens_in(TOKEN[:-1] + sign))


def test_a_long_text_of_tokens_is_not_all_tried():
    assert len(tokens_in(" ".join(answer_token(SECRET, 1, n) for n in range(1, 50)))) == 4
