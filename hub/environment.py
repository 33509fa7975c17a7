"""Reads the environment, and collects what is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hub.errors import Problem, Refused

PREFIX = "MUSTER_"


class Environment:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]):
        self._environ = environ
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return self._environ.get(PREFIX + name, "").strip()

    def secret(self, name: str) -> str:
        path = self.text(name + "_FILE")
        if not path:
            return self.text(name)
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            self.wrong(name + "_FILE", f"cannot be read ({error.strerror})", "check the path")
            return ""

    def told(self, name: str) -> str:
        """Where a value stands that a variable or the TOML file may give."""
        return name if self.text(name) else f"CONFIG: {name.lower()}"

    def wrong(self, name: str, what: str, hint: str) -> None:
        self.problems.append(Problem(PREFIX + name, what, hint))

    def refuse(self) -> None:
        if self.problems:
            said = "; ".join(f"{p.where} {p.what}: {p.hint}" for p in self.problems)
            raise Refused(f"Settings: {said}.", self.problems, code="settings")
