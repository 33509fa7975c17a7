"""What goes over the pipe to a process that reads a file: frames of a tag, a count and bytes."""

from __future__ import annotations

import struct
from enum import StrEnum
from typing import BinaryIO

HEAD = struct.Struct(">cII")  # tag, count, size
LARGEST = 64 * 1024 * 1024  # bytes of a frame


class Tag(StrEnum):
    """What a frame holds."""

    ASKED = "a"  # JSON: name, country, languages
    DATA = "d"  # the file
    REPORT = "r"  # JSON: what it says
    REFUSED = "x"  # JSON: code, what, problems
    FAULT = "b"  # JSON: kind and place of an error of ours
    VIEWS = "v"  # a page of the register
    COMPARE = "c"  # the register is whole; count 1: also say what is to be written
    FOUND = "f"  # JSON: the difference
    CHANGE = "w"  # kind, newline, a page of what is to be written
    END = "e"


def frame(tag: Tag, body: bytes = b"", *, count: int = 0) -> bytes:
    """One frame, ready to be written."""
    return HEAD.pack(tag.encode(), count, len(body)) + body


def opened(head: bytes) -> tuple[Tag, int, int]:
    """(tag, count, size) of the frame that begins with these bytes; ValueError if none does."""
    tag, count, size = HEAD.unpack(head)
    if size > LARGEST:
        raise ValueError("the frame is too large")
    return Tag(tag.decode("latin-1")), count, size


def read_frame(stream: BinaryIO) -> tuple[Tag, int, bytes]:
    """The next frame; EOFError when the other side has gone."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    tag, count, size = opened(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return tag, count, body
