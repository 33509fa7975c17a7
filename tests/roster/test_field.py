"""The files of the field cases, read as their README says is right, and siblings of each kind."""

from __future__ import annotations

import pytest

from hub.roster.floors import level_of
from hub.roster.problem_words import Code
from hub.roster.values import RosterReading
from tests.roster.files import field, named, people, read_rows


def stops(reading: RosterReading) -> list[tuple[int, str, Code]]:
    return [(p.row, p.letter, p.code) for p in reading.stops]


def test_the_first_person_without_a_number_is_no_second_header() -> None:
    before, after = field("01-before.csv"), field("01-first-row.csv")
    assert (
        [p.name for p in after.people]
        == [p.name for p in before.people]
        == ["张三", "李四", "王五"]
    )
    assert named(after)["张三"] == ("3/12/1203", ())
    notes = [(p.code, p.column) for p in after.problems]
    assert notes == [(Code.COLUMN_UNREAD, "住户性质")]


def test_two_estates_are_two_groups_of_buildings() -> None:
    assert named(field("08-two-estates.csv")) == {
        "甲某": ("翡翠苑3/12/1203", ("+8613800000001",)),
        "乙某": ("碧水苑3/12/1203", ("+8613800000002",)),
    }


def test_entities_are_the_letters_they_stand_for() -> None:
    found = field("12-html-entities.csv")
    assert [p.name for p in found.people] == ["张三", "李四", "O'Brien"]
    assert not found.stops


def test_joined_flats_are_asked_about_and_an_entrance_beside_them_is_none() -> None:
    found = field("13-joined-flats.csv")
    assert named(found)["甲"][0] == "3-1/3/301"
    assert stops(found) == [(4, "B", Code.PLACE_JOINED), (5, "B", Code.PLACE_JOINED)]
    assert found.stops[0].found == "101-102"


@pytest.mark.parametrize(
    "flat", ["101、102", "1201/1202", "1201-1203", "101&102", "101~103", "1201至1202", "2-3层"]
)
def test_so_is_every_way_to_write_several(flat: str) -> None:
    assert stops(read_rows(("3栋", flat, "张三", "13800000001"))) == [(2, "B", Code.PLACE_JOINED)]


def test_traditional_headers_are_read() -> None:
    assert named(field("14-traditional-headers.csv")) == {
        "陳大文": ("3/12/1203", ("+85261234567",)),
        "黃小明": ("3/12/1204", ("+85261234568",)),
    }


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("電郵", "email"), ("語言", "language"), ("住客", "name"), ("座數", "building"),
        ("Occupier", "name"), ("楼宇名称", "building"), ("房间名称", "unit"), ("联系号码", "phone"),
        ("备用联系方式", "phone"), ("聯絡電話", "phone"), ("業主姓名", "name"), ("樓層", "floor"),
        ("單元", "entrance"), ("備註", "remarks"), ("E-mail地址", "email"), ("IP地址", ""),
        ("VIP类型", ""), ("APP编号", ""), ("WiFi位置", ""),
        ("物业电话", "ignored"), ("客服电话", "ignored"),
        ("代理人电话", "ignored"), ("监护人电话", "ignored"), ("紧急联系人", "ignored"),
        ("Agent phone", "ignored"), ("Next of kin", "ignored"), ("管家姓名", "ignored"),
        ("Guardian name", "ignored"), ("房东电话", "ignored"), ("中介手机", "ignored"),
        ("Landlord mobile", "ignored"), ("业主委托电话", "phone"), ("Owner phone", "phone"),
        ("期数", "group"), ("小区名称", "group"), ("Phase", "group"),
    ],
)  # fmt: skip
def test_headers_say_whose_column_it_is(header: str, column: str) -> None:
    from hub.roster.columns import field_of

    assert field_of(header)[0] == column


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        (("First name", "Last name"), ("Ann", "Smith"), "Ann Smith"),
        (("Surname", "Given name"), ("Smith", "Ann"), "Ann Smith"),
        (("姓", "名"), ("张", "三"), "张三"),
    ],
)
def test_a_name_in_two_columns_is_one(
    header: tuple[str, str], row: tuple[str, str], name: str
) -> None:
    found = read_rows(("3", "1203", *row, "13800000001"), header=("楼栋", "房号", *header, "电话"))
    assert people(found) == [("3/12/1203", name, ("+8613800000001",))]


def test_an_address_for_mail_is_no_place() -> None:
    found = field("15-email-address-header.csv")
    assert named(found)["张三"] == ("3/12/1203", ("+8613800000001", "a@example.com"))
    assert not found.stops


def test_a_quoted_constant_is_a_number() -> None:
    assert named(field("16-equals-quoted.csv")) == {
        "张三": ("3/12/1203", ("+8613800000001",)),
        "李四": ("3/12/1204", ("+8613800000002",)),
    }


@pytest.mark.parametrize("number", ["'13800000001", "13,800,000,001", '="13800000001"'])
def test_so_is_one_that_a_program_dressed(number: str) -> None:
    found = read_rows(("3", "1203", "张三", number))
    assert people(found) == [("3/12/1203", "张三", ("+8613800000001",))]


def test_the_end_mark_of_old_systems_is_no_row() -> None:
    found = field("22-ctrl-z.csv")
    assert (len(found.people), found.problems) == (2, ())


def test_floors_of_hong_kong_stand_in_their_order() -> None:
    found = field("26-hk-floors.csv")
    assert not found.stops
    assert [p.floor for p in found.places if p.floor and not p.unit] == ["G", "UG", "M", "12"]
    assert level_of("G") == level_of("M") == 1
    first = read_rows(("3", "1/F", "A", "Ann", "+85261234567"), ("3", "G/F", "A", "Bo", ""),
                      header=("Block", "Floor", "Flat", "Name", "Mobile"))  # fmt: skip
    assert [p.floor for p in first.places if p.floor and not p.unit] == ["G", "1"]


def test_a_family_in_columns_is_people_with_their_own_numbers() -> None:
    assert named(field("f01-spouse-child.csv")) == {
        "韩一": ("3/12/1203", ("+8613800007181",)),
        "许二": ("3/12/1203", ("+8613800007182",)),
        "韩小": ("3/12/1203", ()),
        "韩母": ("3/12/1203", ("+8613800007185",)),
        "何三": ("3/12/1204", ("+8613800007183",)),
        "何小": ("3/12/1204", ("+8613800007184",)),
    }


def test_whose_number_it_is_does_not_hang_on_the_order_of_columns() -> None:
    header = ("房屋", "户主", "配偶", "户主电话", "配偶电话")
    found = read_rows(("3-12-1203", "韩一", "许二", "13800000001", "13800000002"), header=header)
    assert named(found)["韩一"][1] == ("+8613800000001",)
    assert named(found)["许二"][1] == ("+8613800000002",)


def test_other_peoples_numbers_are_nobodys_own() -> None:
    found = field("f02-other-peoples-phones.csv")
    assert named(found) == {
        "他人甲": ("3/12/1203", ("+8613800007300",)),
        "他人乙": ("3/12/1204", ("+8613800007301",)),
    }
    assert len([p for p in found.problems if p.code is Code.COLUMN_UNREAD]) == 5


def test_phases_and_courts_are_different_homes() -> None:
    assert {p for p, _ in named(field("f03-phases.csv")).values()} == {
        "1期3/12/1203", "2期3/12/1203",
    }  # fmt: skip
    assert {p for p, _ in named(field("f05-courts-in-address.csv")).values()} == {
        "东苑3/12/1204", "西苑3/12/1204",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("一期3栋1203", "1期3/12/1203"), ("翡翠花园二期3栋2单元1203", "2期3-2/12/1203"),
        ("A区5号楼301", "A区5/3/301"), ("123弄3号1203室", "123弄3/12/1203"),
        ("南院2栋101", "南院2/1/101"), ("Phase 2 Tower 3 Flat 1203", "PHASE2.3/12/1203"),
        ("第三期12栋301室", "3期12/3/301"),
    ],
)  # fmt: skip
def test_parts_of_an_estate_are_groups_of_buildings(address: str, path: str) -> None:
    from hub.roster.place_path import parse_place

    found = read_rows((address, "张三", "13800000001"), header=("地址", "姓名", "电话"))
    assert people(found) == [(path, "张三", ("+8613800000001",))]
    assert parse_place(path).path == path


def test_a_building_without_its_group_is_asked_about_where_others_have_one() -> None:
    found = read_rows(
        ("一期3栋1203", "甲某", "13800000001"), ("3栋1203", "乙某", "13800000002"),
        ("9栋101", "丙某", "13800000003"), header=("地址", "姓名", "电话"),
    )  # fmt: skip
    assert stops(found) == [(3, "A", Code.PLACE_NO_GROUP)]
    assert named(found)["丙某"][0] == "9/1/101"


@pytest.mark.parametrize(
    ("building", "flat", "path"),
    [
        ("", "商铺S-07", "商铺/S07"), ("", "别墅12号", "别墅/12"), ("3栋", "B1-05", "3/B1/B105"),
        ("", "B1-05", "车库/B1/B105"), ("3栋", "商铺12", "3/12"), ("", "Shop 7", "商铺/7"),
        ("", "Villa 12", "别墅/12"), ("", "车库B1-105", "车库/B1/B1105"),
        ("别墅12号", "101", "别墅12/1/101"),
        ("", "12号别墅", "别墅/12"),
    ],
)  # fmt: skip
def test_shops_villas_and_garages_are_places(building: str, flat: str, path: str) -> None:
    found = read_rows((building, flat, "张三", "13800000001"))
    assert [p for p, _, _ in people(found)] == [path]


def test_flats_below_the_ground_keep_their_minus_whatever_else_is_there() -> None:
    found = named(field("f06-basement.csv"))
    assert [place for place, _ in found.values()] == [
        "3/B1/B105", "3/B1/B105", "3/B2/B2101", "3/12/1205", "3/3/301",
    ]  # fmt: skip
    alone = read_rows(("3栋", "-2-101", "张三", ""))
    assert [p for p, _, _ in people(alone)] == ["3/B2/B2101"]


def test_remarks_and_short_numbers_leave_the_mobile() -> None:
    found = field("f07-remark-between-numbers.csv")
    one, two = "+8613800007601", "+8613800007602"
    ways = {name: found for name, (_, found) in named(found).items()}
    assert ways == {
        "注甲": (one, two), "注乙": (one, two), "注丙": (one, two), "注丁": (one,), "注戊": (one,),
        "注己": (one,), "注庚": (one, two),
    }  # fmt: skip
    assert {p.code for p in found.problems} == {Code.PHONE_REMARK}
    assert {p.row for p in found.problems} == {2, 3, 4, 5, 6, 7}


def test_sections_totals_and_signatures_are_nobody() -> None:
    found = field("f09-totals-and-sections.csv")
    assert [p.name for p in found.people] == ["尾甲", "尾乙"]
    assert found.problems == ()
    assert [(s.row, s.why) for s in found.skipped] == [
        (3, "section"), (5, "total"), (6, "note"), (7, "note"),
    ]  # fmt: skip
    assert "2026-03-01" in found.skipped[2].found


@pytest.mark.parametrize("cell", ["NULL", "(null)", "nan", "undefined", "同上", "#N/A", "#REF!"])
def test_what_programs_write_for_nothing_is_nobody(cell: str) -> None:
    for at in range(4):
        row = ["3栋", "1203", "张三", "13800000001"]
        row[at] = cell
        found = read_rows(row)
        assert cell not in [p.name for p in found.people]
        assert not any(cell.upper() in p.place.path.upper() for p in found.people)
        assert not any(a.usable and a.value == cell for p in found.people for a in p.addresses)
        lost = [p for p in found.problems if p.code is Code.CELL_ERROR]
        assert bool(lost) == cell.startswith("#")


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("欧阳 娜娜", ["欧阳娜娜"]), ("张三 李四", ["张三", "李四"]),
        ("John Smith", ["John Smith"]),
        ("阿不都 热合曼", None), ("米娜 古丽", ["米娜古丽"]), ("張 三", ["張三"]),
    ],
)  # fmt: skip
def test_a_name_of_two_words_is_one_person_or_asked(name: str, names: list[str] | None) -> None:
    found = read_rows(("3栋", "1203", name, "13800000001"))
    if names is None:
        assert stops(found) == [(2, "C", Code.NAME_IN_DOUBT)]
    else:
        assert [p.name for p in found.people] == names


def test_a_court_beside_phases_is_a_group_and_no_estates_name() -> None:
    rows = [
        ("期数", "楼栋", "房号", "姓名", "手机"),
        ("一期", "1栋", "101", "张三", "13800000001"),
        ("听涛苑", "", "别墅3号", "李四", "13800000002"),
    ]
    found = read_rows(*rows[1:], header=rows[0])
    assert {p.name: p.place.path for p in found.people} == {
        "张三": "1期1/1/101",
        "李四": "听涛苑别墅/3",
    }
    assert not found.problems
