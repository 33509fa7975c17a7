from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

import playbooks
from playbooks.document import read
from playbooks.spec import SCHEMA_FILE, duration, schema, schema_text
from tests.playbooks.shelf import FILES, FIRE, changed

FOLDER = Path(playbooks.__file__).parent


def test_the_schema_file_is_up_to_date():
    # After a change of spec.py: write schema_text() into the file.
    assert (FOLDER / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("name", sorted(FILES))
def test_shipped_files_name_the_schema_and_obey_it(name: str):
    first = FILES[name].splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
    assert (FOLDER / "library" / first.partition("=")[2]).resolve() == FOLDER / SCHEMA_FILE
    jsonschema.Draft202012Validator(schema()).validate(read(FILES[name], name=name).data)


@pytest.mark.parametrize(
    "edit",
    [("level: P1", "level: P9"), ("icon: fire", "icons: fire"), ("expires: 30m", "expires: soon")],
)
def test_an_editor_sees_a_wrong_field(edit: tuple[str, str]):
    data = read(changed(FIRE, edit), name="x").data
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(data))


def test_the_schema_is_valid_itself():
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("30s", 30), ("10m", 600), ("24h", 86400), ("7d", 604800)]
)
def test_lengths_of_time(text: str, seconds: int):
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "m", "1.5h", "-1m", "10 m", "10M", "999999s", "1m\n"])
def test_other_lengths_are_refused(text: str):
    with pytest.raises(ValueError, match="30s, 10m"):
        duration(text)
