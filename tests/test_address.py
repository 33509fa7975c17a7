"""MUSTER_PUBLIC_URL: what it may be, and what each wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.address import WrongAddress, caution, public_address
from hub.errors import Refused
from hub.settings import load


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://alerts.example.com", "https://alerts.example.com"),
        ("https://alerts.example.com/", "https://alerts.example.com"),
        ("https://alerts.example.com///", "https://alerts.example.com"),
        ("HTTPS://Alerts.Example.COM", "https://alerts.example.com"),
        ("https://alerts.example.com:443", "https://alerts.example.com"),
        ("http://alerts.example.com:80/", "http://alerts.example.com"),
        ("https://alerts.example.com:8443", "https://alerts.example.com:8443"),
        ("https://x.example/muster", "https://x.example/muster"),
        ("https://x.example/muster/", "https://x.example/muster"),
        ("https://x.example/ops/muster-2", "https://x.example/ops/muster-2"),
        ("https://x.example/Muster", "https://x.example/Muster"),
        ("https://物业.example", "https://xn--vhqz89f.example"),
        ("http://192.0.2.7:8000", "http://192.0.2.7:8000"),
        ("http://[2001:DB8::1]:8000/", "http://[2001:db8::1]:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://intranet", "https://intranet"),
    ],
)
def test_an_address_is_kept_as_links_carry_it(written: str, meant: str) -> None:
    assert public_address(written) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("alerts.example.com", "no scheme"),
        ("alerts.example.com/muster", "no scheme"),
        ("//alerts.example.com", "no scheme"),
        ("ftp://alerts.example.com", "neither http nor https"),
        ("https://", "no host"),
        ("https:///muster", "no host"),
        ("https://-x.example", "no host"),
        ("https://x..example", "no host"),
        ("https://x.example:port", "no address"),
        ("https://x.example:99999", "no address"),
        ("https://[::1", "no address"),
        ("https://me:secret@x.example", "name or a password"),
        ("https://me@x.example", "name or a password"),
        ("https://x.example?site=1", "query or a fragment"),
        ("https://x.example/?", "query or a fragment"),
        ("https://x.example/#top", "query or a fragment"),
        ("https://x.example/my muster", "space or a backslash"),
        ("https://x.example/my%20muster", "path that links cannot carry"),
        ("https://x.example/物业", "path that links cannot carry"),
        ("https://x.example/a b", "space or a backslash"),
        ("https://x.example//muster", "path that links cannot carry"),
        ("https://x.example/../muster", "path that links cannot carry"),
        ("https://x.example/a", "one of the hub's own"),
        ("https://x.example/A", "one of the hub's own"),
        ("https://x.example/api/v1", "one of the hub's own"),
        ("https://x.example/screen", "one of the hub's own"),
        ("https://straße.example", "two ways"),
    ],
)
def test_what_cannot_be_an_address_is_told_why(written: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(WrongAddress, match=said):
        public_address(written)
    with pytest.raises(Refused, match=said) as refused:
        load({"MUSTER_PUBLIC_URL": written}, data=tmp_path)
    assert [one.where for one in refused.value.problems] == ["MUSTER_PUBLIC_URL"]
    assert refused.value.problems[0].hint.startswith(("write", "choose"))


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load({"MUSTER_PUBLIC_URL": "https://me:hidden@x.example"}, data=tmp_path)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "https://127.0.0.1", "http://[::1]:8000", "http://demo.localhost"],
)
def test_an_address_of_this_machine_alone_is_cautioned_about(url: str) -> None:
    assert "do not open on phones" in caution(url)
    assert "replies" in caution(url)


def test_plain_http_is_cautioned_about_and_https_is_not() -> None:
    assert "not encrypted" in caution("http://alerts.example.com")
    assert caution("https://alerts.example.com/muster") == ""
