"""Names in cells: one person or a family."""

from __future__ import annotations

import pytest

from hub.roster.names import is_name, is_vacant, name_key, one_or_two, split_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三", ("张三",)),
        ("张 三", ("张三",)),
        ("张三 李四", ("张三", "李四")),
        ("张三/李四", ("张三", "李四")),
        ("张三、李四；王五", ("张三", "李四", "王五")),
        ("张三,李四", ("张三", "李四")),
        ("张三\n李四", ("张三", "李四")),
        ("欧阳修文", ("欧阳修文",)),
        ("阿依古丽·买买提", ("阿依古丽·买买提",)),
        ("John Smith", ("John Smith",)),
        ("John & Mary Smith", ("John", "Mary Smith")),
        ("John Smith and Mary Jones", ("John Smith", "Mary Jones")),
        ("Smith, John", ("Smith, John",)),
        ("John Smith, Mary Jones", ("John Smith", "Mary Jones")),
        ("张三/张三", ("张三",)),
        ("无", ()),
        ("-", ()),
        ("", ()),
    ],
)
def test_names_are_told_apart(text: str, names: tuple[str, ...]) -> None:
    from hub.roster.cells import tidy

    assert split_names(tidy(text)) == names


def test_a_comma_in_one_name_is_worth_a_look() -> None:
    assert one_or_two("Smith, John")
    assert not one_or_two("John Smith")


@pytest.mark.parametrize("text", ["13800138000", "=A1", "张三13800138000", "…", "a@b.cn", "x" * 81])
def test_what_is_no_name_is_refused(text: str) -> None:
    assert not is_name(text)


def test_case_and_blanks_do_not_make_another_person() -> None:
    assert name_key("John  SMITH") == name_key("john smith")


def test_words_for_nobody_are_known() -> None:
    assert is_vacant("空置")
    assert is_vacant("Vacant")
    assert not is_vacant("空山")


def test_a_number_in_a_name_is_part_of_it_until_it_could_be_a_telephone() -> None:
    assert is_name("住户10000")
    assert is_name("Resident 123456")
    assert not is_name("13800138000")
