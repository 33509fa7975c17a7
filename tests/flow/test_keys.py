from __future__ import annotations

import pytest

from hub.errors import Refused
from hub.flow.keys import keyed


def test_the_same_request_has_the_same_hash_however_it_is_ordered() -> None:
    one = keyed("launch", "k", {"a": 1, "b": {"c": "火", "d": None}})
    two = keyed("launch", "k", {"b": {"d": None, "c": "火"}, "a": 1})

    assert one == two


def test_another_body_has_another_hash() -> None:
    assert keyed("launch", "k", {"a": 1}).hash != keyed("launch", "k", {"a": 2}).hash


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\x00"])
def test_what_cannot_be_a_key_is_refused_by_name(key: str) -> None:
    with pytest.raises(Refused) as refused:
        keyed("launch", key, {})

    assert refused.value.problems[0].where == "Idempotency-Key"
