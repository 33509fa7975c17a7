"""What an alarm says of a disk, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DISKS = {
    "zh-CN": {"data": "数据目录所在的磁盘", "database": "数据库服务器的磁盘"},
    "en": {"data": "The disk of the data folder", "database": "The disk of the database server"},
}
_FAULTS = {
    "zh-CN": {
        "full": ("已满", "请删除不需要的文件，或扩大磁盘。"),
        "files": ("已不能再新建文件（inode 用尽）", "请删除大量的小文件。"),
        "quota": ("配额已用尽", "请腾出空间，或提高配额。"),
        "limit": ("上的文件达到大小限制", "请调高进程的文件大小限制（ulimit -f、LimitFSIZE）后重新启动。"),
        "read_only": ("只能读、不能写", "请检查磁盘后重新以可写方式挂载；托管数据库请检查存储空间。"),
        "failing": ("读写出错", "请立即检查磁盘和系统日志，并准备好备份。"),
    },
    "en": {
        "full": ("is full", "Delete what is not needed, or enlarge the disk."),
        "files": ("takes no more files (inodes are used up)", "Delete small files in large numbers."),
        "quota": ("has no quota left", "Make room, or raise the quota."),
        "limit": (
            "takes no larger files of this process",
            "Raise its limit of file sizes (ulimit -f, LimitFSIZE) and restart.",
        ),
        "read_only": (
            "can only be read",
            "Check it and mount it writable again; for a managed database look at its storage.",
        ),
        "failing": (
            "reports errors",
            "Look at the disk and the system's log now, and have a backup at hand.",
        ),
    },
}  # fmt: skip


def disk_words(tag: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What is said of a disk: which it is, what is wrong, what mends it."""
    why, mend = _FAULTS[tag].get(str(data.get("why")), _FAULTS[tag]["failing"])
    files = data.get("files")
    left = (
        (f"，还能新建 {files} 个文件" if tag == "zh-CN" else f", {files} more files")
        if files
        else ""
    )
    where = _DISKS[tag].get(str(data.get("where")), _DISKS[tag]["data"])
    return {"where": where, "why": why, "mend": mend, "files_left": left}
