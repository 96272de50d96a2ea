"""What an index holds, row by row, and which processes a cluster has."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

LEFT_OUT = {"documents": {"indexed_at", "mtime_ns", "ctime_ns", "crc"}, "meta": {"crc"}}
"""When and where an index was made; and a file's times: none are kept of one that was read a moment after it was
written, and the first of two syncs may come so soon."""


def content_of(index: Path) -> dict[str, list[str]]:
    """Every row of an index, numbers of documents and passages included; not when and where it was made."""
    found = {}
    with closing(sqlite3.connect(f"{(index / 'index.db').as_uri()}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(name for name in columns if name not in LEFT_OUT.get(table, set()))
            where = "WHERE name NOT IN ('store', 'change')" if table == "meta" else ""
            found[table] = sorted(map(repr, database.execute(f"SELECT {kept} FROM {table} {where}")))
    return found


def found_in(index: Path) -> dict[str, list[str]]:
    """What can be found, without numbers that depend on what happened before: passages with their vectors."""
    passages = (
        "SELECT d.path, d.state, d.reason, d.title, p.start, p.stop, p.context, p.text, p.layout, v.vector, s.vectors "
        "FROM documents d LEFT JOIN passages p ON p.document = d.id "
        "LEFT JOIN vectors v ON v.key = p.key LEFT JOIN sentences s ON s.key = p.key"
    )
    with closing(sqlite3.connect(f"{(index / 'index.db').as_uri()}?mode=ro", uri=True)) as database:
        return {"passages": sorted(map(repr, database.execute(passages)))}


def workers_of(process: int, kind: str) -> list[int]:
    """Processes of the workers of a kind that Ray started for a process of ours."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = status.read_text(errors="replace").partition(" (")
        except OSError:
            continue
        name, _, rest = rest.rpartition(") ")
        parents[int(pid)] = int(rest.split()[1]), name
    raylets = {pid for pid, (parent, name) in parents.items() if parent == process and name == "raylet"}
    return [pid for pid, (parent, name) in parents.items() if parent in raylets and name.startswith(f"ray::{kind}")]


def is_there(pid: int) -> bool:
    """Whether a process of that number runs."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[:1]
