"""What the command line says of runs that failed."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.console import tell_failures


def test_failures_are_counted_and_the_first_is_placed(capsys: pytest.CaptureFixture[str]) -> None:
    runs = pd.DataFrame(
        {
            "point": [0, 1, 2],
            "regime": "neutral",
            "seed": [4, 5, 6],
            "status": ["ok", "failed", "failed"],
            "error": [None, "it {stopped}", "later"],
        }
    )
    tell_failures(runs, "point {point}, {regime}", "; nothing is left to tell")
    assert capsys.readouterr().err == (
        "2 of 3 runs failed; nothing is left to tell. "
        "The first: point 1, neutral, seed 5: it {stopped}\n"
    )
