"""The simulator calls this machine, or hosts it was allowed, and nobody else."""

from __future__ import annotations

import pytest

from channels.simulator.caller import Caller, Stranger, is_near
from channels.simulator.settings import calm

FAR = [
    "https://example.com/x",
    "http://10.0.0.1/x",
    "http://169.254.169.254/latest",
    "http://192.168.0.1",
    "http://localhost.example.com",
    "http://127.0.0.1.nip.io/",
    "http://2130706433/",
    "http://0.0.0.0/",
    "ftp://127.0.0.1/",
    "file:///etc/hosts",
    "//127.0.0.1/x",
    "nonsense",
    "",
]


@pytest.mark.parametrize("url", FAR)
def test_far_targets_are_strangers(url: str) -> None:
    assert not is_near(url)
    with pytest.raises(Stranger):
        Caller(calm).target(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8/x", "http://localhost/x", "https://[::1]:8/x", "http://127.9.9.9/"]
)
def test_loopback_is_near(url: str) -> None:
    assert Caller(calm).target(url) == url


def test_a_host_can_be_allowed_by_name() -> None:
    assert is_near("http://web:8000/x", allow=("web",))


def test_a_hub_url_replaces_the_host_and_keeps_path_and_query() -> None:
    caller = Caller(lambda: calm(hub_url="http://127.0.0.1:9/base/"))
    assert caller.target("https://hub.example.org/a/T?x=1") == "http://127.0.0.1:9/base/a/T?x=1"
