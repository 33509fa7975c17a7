"""Which token a command shows to a hub elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.commands.client import _read, own_token
from hub.errors import HubError, Refused, Unready


def test_a_token_is_given_itself_or_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_token() == ""
    monkeypatch.setenv("MUSTER_TOKEN", "mst_one")
    assert own_token() == "mst_one"
    (tmp_path / "token").write_text("mst_two\n")
    monkeypatch.setenv("MUSTER_TOKEN_FILE", str(tmp_path / "token"))
    assert own_token() == "mst_two"
    monkeypatch.setenv("MUSTER_TOKEN_FILE", str(tmp_path / "nothing"))
    with pytest.raises(Refused) as refused:
        own_token()
    assert refused.value.problems[0].where == "MUSTER_TOKEN_FILE"


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (413, Refused, "client_max_body_size"),
        (502, Unready, "The proxy answers 502"),
        (504, Unready, "not certain whether this was done"),
        (200, HubError, "Something on the way answered 200"),
        (403, HubError, "check the address"),
    ],
)
def test_a_page_of_a_proxy_is_told_as_that(status: int, kind: type[HubError], said: str) -> None:
    with pytest.raises(kind) as told:
        _read(status, "<html><h1>nginx</h1></html>")
    assert said in str(told.value)
