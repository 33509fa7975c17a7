"""CSV: encodings, delimiters, quotes."""

from __future__ import annotations

import pytest

from hub.errors import Refused
from hub.roster import csv_table
from hub.roster.csv_table import decode, read_csv
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster

TEXT = "楼栋,房号,姓名,电话\n3栋,1203,张三,138\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gbk"), "gb18030"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
    ],
)
def test_the_encoding_is_found(data: bytes, encoding: str) -> None:
    assert decode(data, name="f") == (TEXT, encoding, frozenset())


@pytest.mark.parametrize("data", [TEXT.encode("utf-16-le"), b"a\x00b", "a\x00b".encode("utf-16")])
def test_nul_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        decode(data, name="f")
    assert refusal.value.code == "roster_nul_bytes"


def test_a_byte_that_fits_no_encoding_is_named_by_its_line() -> None:
    with pytest.raises(Refused, match="line 2"):
        decode("楼栋\n".encode("gbk") + b"\xff\xff\n", name="f")
    with pytest.raises(Refused, match="line 1"):
        decode(b"\xff\xfea", name="f")


def rows(text: str) -> list[list[str]]:
    (table,) = read_csv(text.encode(), name="f").tables
    return [list(map(str, cells)) for _, cells in table.rows()]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_the_header_is_understood_by(mark: str) -> None:
    text = TEXT.replace(",", mark) + f"5栋{mark}101{mark}a{mark}1\n"
    assert read_csv(text.encode(), name="f").delimiter == mark


def test_a_declared_delimiter_is_obeyed_and_rows_keep_their_numbers() -> None:
    (table,) = read_csv(("sep=;\n" + TEXT.replace(",", ";")).encode(), name="f").tables
    assert [n for n, _ in table.rows()] == [2, 3]


def test_quotes_hold_delimiters_and_line_breaks() -> None:
    assert rows('楼栋,姓名,电话\n3,"A, ""B""\nC",1\n')[1] == ["3", 'A, "B"\nC', "1"]


@pytest.mark.parametrize("text", ['楼栋,姓名\n3,"张三\n4,李四\n', '楼栋,姓名\n3,"张三"x\n'])
def test_a_quote_out_of_place_is_refused_since_rows_could_be_swallowed(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        rows(text)
    assert refusal.value.code == "roster_quotes"


def test_lines_of_another_encoding_are_named_by_their_record() -> None:
    data = '楼栋,姓名\n"3\n栋",张三\n'.encode("gbk") + "5栋,李晓明\n".encode()
    (table,) = read_csv(data, name="f").tables
    assert table.bad_rows == {3: Code.ENCODING_MIXED}


def test_every_line_ending_is_a_line() -> None:
    assert len(rows("楼栋,姓名\r\n3,a\r\n4,b\r\n")) == 3


def test_the_fewer_lines_are_the_ones_reported() -> None:
    data = "楼栋,姓名\n3栋,李晓明\n".encode() + "5栋,张三\n".encode("gbk") + "6栋,王五\n".encode()
    read = read_csv(data, name="f")
    assert read.encoding == "utf-8"
    assert read.tables[0].bad_rows == {3: Code.ENCODING_MIXED}


def test_a_line_of_millions_of_commas_is_looked_at_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []
    score = csv_table._score

    def counting(sample: str, delimiter: str) -> tuple[int, int]:
        looked.append(len(sample))
        return score(sample, delimiter)

    monkeypatch.setattr(csv_table, "_score", counting)
    with pytest.raises(Refused, match="more columns"):
        read_roster(b"," * 3_000_000, name="a.csv", country="CN", languages=("zh-CN",))
    assert max(looked) <= csv_table.WIDEST
