"""`muster site`: an estate told who it is from the terminal, without a hub and beside one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.commands.files import gbk
from tests.processes import MUSTER, ROOT, embedded, environment, free_port, muster, running

TOML = """
sms_signature = "滨江物业"
timezone = "Asia/Hong_Kong"

[name]
zh-CN = "滨江东苑"
en = "Riverside East"

[[assembly_points]]
name = { zh-CN = "南草坪", en = "the south lawn" }

[drills]
who = "everybody"
"""


def test_a_file_of_toml_is_set_and_what_was_shown_can_be_given_back(tmp_path: Path) -> None:
    env = embedded(tmp_path / "hub", free_port())
    file = tmp_path / "site.toml"
    file.write_text(TOML, encoding="utf-8")
    done = muster("site", "set", str(file), "--json", env=env)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["name"]["en"] == "Riverside East"
    assert made["assembly_points"][0]["key"] == "the-south-lawn"
    shown = muster("site", "show", "--json", env=env)
    assert json.loads(shown.stdout) == made
    again = subprocess.run(
        [*MUSTER, "site", "set", "-", "--json"],
        input=shown.stdout, cwd=ROOT, env=environment(env), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert json.loads(again.stdout) == made, again.stderr
    words = muster("site", "show", "site", env=env).stdout
    assert "滨江东苑 / Riverside East" in words
    assert "gas firm" in words


def test_what_is_wrong_in_a_file_is_refused_by_its_path(tmp_path: Path) -> None:
    env = embedded(tmp_path / "hub", free_port())
    file = tmp_path / "site.json"
    for text, said in (
        ('{"sms_signature": "【滨江】"}', "sms_signature"),
        ("[1]", "holds no object"),
        ('{"name": ', "cannot be read"),
    ):
        file.write_text(text, encoding="utf-8")
        done = muster("site", "set", str(file), env=env)
        assert done.returncode == 1
        assert said in done.stderr
        assert done.stdout == ""
    assert muster("site", "set", str(tmp_path / "none"), env=env).returncode == 1
    assert muster("site", "show", "moon", env=env).returncode == 1


def test_the_doctor_names_placeholders_and_the_way_to_set_them(tmp_path: Path) -> None:
    env = embedded(tmp_path / "hub", free_port())
    assert muster("import", str(gbk(tmp_path)), env=env).returncode == 0
    said = muster("doctor", env=env).stdout
    (line,) = [one for one in said.splitlines() if "site site:" in one]
    assert line.startswith("NOTE")
    assert "muster site set" in line
    assert "/api/v1/sites/site" in line
    file = tmp_path / "site.toml"
    file.write_text(TOML, encoding="utf-8")
    assert muster("site", "set", str(file), env=env).returncode == 0
    (line,) = [one for one in muster("doctor", env=env).stdout.splitlines() if "site site:" in one]
    assert line.startswith("ok")


def test_a_site_of_the_configuration_begins_with_it_and_what_is_set_later_counts(
    tmp_path: Path,
) -> None:
    config = tmp_path / "muster.toml"
    config.write_text(
        '[sites.riverside]\nsms_signature = "滨江物业"\nname = { en = "Riverside" }\n'
        'timezone = "Asia/Tokyo"\n',
        encoding="utf-8",
    )
    env = embedded(tmp_path / "hub", free_port(), MUSTER_CONFIG=str(config))
    assert muster("import", str(gbk(tmp_path)), env=env).returncode == 0
    made = json.loads(muster("site", "show", "--json", env=env).stdout)
    assert (made["key"], made["sms_signature"]) == ("riverside", "滨江物业")
    assert made["timezone"] == "Asia/Tokyo"
    file = tmp_path / "site.json"
    file.write_text('{"name": {"en": "Riverside East"}}', encoding="utf-8")
    with running([*MUSTER, "serve"], env=env, folder=tmp_path, name="hub") as process:
        process.says("Muster serves")
        assert muster("site", "set", str(file), env=env).returncode == 0
    made = json.loads(muster("site", "show", "--json", env=env).stdout)
    assert made["name"]["en"] == "Riverside East"
    assert "MUSTER_CONFIG says other" in muster("doctor", env=env).stdout


def test_a_configuration_with_a_wrong_site_starts_nothing_and_says_where(tmp_path: Path) -> None:
    config = tmp_path / "muster.toml"
    env = embedded(tmp_path / "hub", free_port(), MUSTER_CONFIG=str(config))
    config.write_text('[sites.riverside]\nsms_signature = "【滨江】"\n', encoding="utf-8")
    done = muster("site", "show", env=env)
    assert done.returncode == 1
    assert "MUSTER_CONFIG: sites.riverside.sms_signature" in done.stderr
    config.write_text('[sites."Riverside!"]\n', encoding="utf-8")
    assert "[sites.KEY]" in muster("site", "show", env=env).stderr
