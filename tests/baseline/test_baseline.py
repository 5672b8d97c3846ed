"""Results change only on purpose: the same lives as the stored ones (rule 6c of the house)."""

from __future__ import annotations

import json

import pytest

from tools.baseline import FILE, portraits


def test_lives_are_the_stored_ones() -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    now = portraits()
    assert now.keys() == stored.keys()
    for name, life in now.items():
        for part in ("events", "digest", "sums"):
            assert life[part] == stored[name][part], f"{name}: {part}; see tools/baseline.py"
        assert life["last"] == pytest.approx(stored[name]["last"], rel=1e-9), name
