"""A room's file: added to, never changed, and folded again to the same room."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from experiments.disk import StoreError
from experiments.webapp.game import views
from experiments.webapp.game.commands import (
    AddBot,
    Advance,
    Command,
    Decide,
    Join,
    Open,
    Pause,
    Resume,
    Start,
)
from experiments.webapp.game.decision import Decision
from experiments.webapp.game.preset import load_preset
from experiments.webapp.game.room_file import RoomFile
from simulation import ScenarioError

SECRET = "a" * 64
FIRST = Open(at=0, code="ROOM", preset=load_preset("thirty"), seed=5, facilitator=SECRET)
REST: tuple[Command, ...] = (
    Join(at=1, team="t1", name='<script>"Zoë"', token=SECRET),
    AddBot(at=2, team="t2", name="bot", regime="internal_customer"),
    Start(at=3),
    Decide(at=4, team="t1", quarter=0, decision=Decision(dials={"care": 0.9})),
    Advance(at=5, quarter=0),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a room with some commands in it."""
    file = tmp_path / "rooms" / "ROOM.jsonl"
    with RoomFile(file, FIRST) as kept:
        for command in REST:
            kept.take(command)
    return file


def seen(kept: RoomFile) -> object:
    """All there is to see of a room."""
    return views.facilitator_view(kept.room, {}, now=10)


def test_a_room_is_the_fold_of_its_file(path: Path, tmp_path: Path) -> None:
    with RoomFile(path) as again, RoomFile(tmp_path / "other.jsonl", FIRST) as lived:
        for command in REST:
            lived.take(command)
        assert seen(again) == seen(lived)
        assert again.room.teams["t1"].turns == lived.room.teams["t1"].turns
        assert again.room.quarter == 1


def test_the_file_is_only_added_to(path: Path) -> None:
    before = path.read_bytes()
    with RoomFile(path) as kept:
        kept.take(Advance(at=6, quarter=1))
        with pytest.raises(ScenarioError):
            kept.take(Advance(at=6, quarter=1))
    after = path.read_bytes()
    assert after.startswith(before)
    assert json.loads(after[len(before) :]) == {"do": "advance", "at": 6.0, "quarter": 1}


def test_a_cut_off_last_line_never_happened(path: Path) -> None:
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    with RoomFile(path) as kept:
        after_four = None
        assert kept.room.quarter == 1
    for kept_bytes in (last + 1, len(whole) - 1):
        path.write_bytes(whole[:kept_bytes])
        with RoomFile(path) as kept:
            assert kept.room.quarter == 0
            assert kept.room.teams["t1"].pending == Decision(dials={"care": 0.9})
            after_four = seen(kept)
            assert path.read_bytes() == whole[:last]
            kept.take(REST[-1])
        assert path.read_bytes() == whole
        with RoomFile(path) as kept:
            assert kept.room.quarter == 1
            assert seen(kept) != after_four


def test_every_beginning_of_the_file_is_a_room_or_no_room(path: Path) -> None:
    whole = path.read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    for size in {*range(0, len(whole), 97), *ends, *(end - 1 for end in ends)}:
        path.write_bytes(whole[:size])
        if size < ends[0]:
            with pytest.raises(StoreError, match="not the file of a room"):
                RoomFile(path)
        else:
            with RoomFile(path) as kept:
                assert kept.room.commands == sum(end <= size for end in ends)


def test_a_line_damaged_in_the_middle_is_told(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[2][5:], *lines[3:]]))
    with pytest.raises(StoreError, match="not the file of a room"):
        RoomFile(path)


def test_one_process_at_a_time_and_no_room_twice(path: Path) -> None:
    with RoomFile(path), pytest.raises(StoreError, match="in use"):
        RoomFile(path)
    with pytest.raises(StoreError, match="cannot be used"):
        RoomFile(path, FIRST)
    with RoomFile(path) as kept:
        assert kept.room.quarter == 1


def test_a_full_disk_leaves_the_room_as_the_file_says(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with RoomFile(path) as kept:
        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="no room left"):
            kept.take(Advance(at=6, quarter=1))
        monkeypatch.undo()
        assert kept.room.quarter == 1
        assert path.read_bytes() == before
        kept.take(Advance(at=7, quarter=1))
        assert kept.room.quarter == 2


def test_half_a_line_that_cannot_be_cut_off_is_cut_off_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    write = os.write

    def half(file: int, data: bytes) -> int:
        write(file, data[:7])
        raise OSError(5, "Input/output error")

    def stuck(*_: int) -> None:
        raise OSError(5, "Input/output error")

    with RoomFile(path) as kept:
        for name, broken in (("os.write", half), ("os.fsync", stuck)):
            monkeypatch.setattr(name, broken)
            monkeypatch.setattr("os.ftruncate", stuck)
            with pytest.raises(StoreError):
                kept.take(Advance(at=6, quarter=1))
            monkeypatch.undo()
            assert kept.room.quarter == 1  # also where a whole line was left
            assert path.read_bytes() != before
            kept.take(Pause(at=7))
            kept.take(Resume(at=8))
            assert path.read_bytes().startswith(before + b'{"at":7.0,"do":"pause"')
            before = path.read_bytes()
    with RoomFile(path) as kept:
        assert kept.room.quarter == 1


def test_a_room_that_cannot_be_begun_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "rooms" / "ROOM.jsonl"
    monkeypatch.setattr("os.fsync", full)
    closed: list[int] = []
    close = os.close

    def noted(file: int) -> None:
        closed.append(file)
        close(file)

    monkeypatch.setattr("os.close", noted)
    with pytest.raises(StoreError, match="no room left"):
        RoomFile(file, FIRST)
    assert closed
    assert not file.exists()
    monkeypatch.undo()
    with RoomFile(file, FIRST) as kept:
        assert kept.room.commands == 1


def test_the_file_betrays_no_token_but_hashes(path: Path) -> None:
    keys = {key for line in path.read_text().splitlines() for key in json.loads(line)}
    assert {"facilitator", "token"} <= keys
    assert oct(path.stat().st_mode & 0o777) == "0o600"
