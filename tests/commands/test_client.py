"""Which token a command shows to a hub elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.commands.client import own_token
from hub.errors import Refused


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
