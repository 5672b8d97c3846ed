"""What a report is made of: words, the command that makes it again, drawings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.compare import Comparison, compare, design
from experiments.options import parse_names, parse_sets
from experiments.report.measures import measures_of
from experiments.report.origin import origin_of
from experiments.report.panels import table_of
from experiments.report.svg import inline
from experiments.report.words import answers
from experiments.report.worlds import break_even_grid
from experiments.runs import MemoryRuns
from simulation import Scenario
from tests.experiments.html_page import Reader

# --- words


def pairs(differences: Sequence[float], key: str = "retention") -> list[str]:
    """What is said of these differences of a measure from a firm that has 0.8 in every world."""
    gap = np.asarray(differences)
    n = len(gap)
    half = np.nan if n < 2 else 4.3 * gap.std(ddof=1) / np.sqrt(n)
    row = {
        "metric": key, "regime_a": "a", "regime_b": "b", "A": 0.8 + gap.mean(), "B": 0.8,
        "difference": gap.mean(), "low": gap.mean() - half, "high": gap.mean() + half,
        "a_wins": (gap > 0).mean(), "variance_ratio": 1.0, "pairs": n, "p": 0.01, "p_holm": 0.06,
    }  # fmt: skip
    worlds = {"metric": key, "regime_b": "b", "replication": range(n), "difference": gap}
    return answers(measures_of(pd.DataFrame([row]), pd.DataFrame(worlds)), [key])


def test_answer_says_cannot_tell_when_the_interval_holds_zero() -> None:
    (said,) = pairs([0.03, -0.02, 0.01, -0.01])
    assert "cannot tell" in said
    assert "2 of 4 worlds go the other way" in said
    assert "clear" not in said


def test_answer_is_clear_but_for_the_number_of_measures() -> None:
    (said,) = pairs([0.031, 0.032, 0.030, 0.031])
    assert "The difference is clear: +3.1 points" in said
    assert "No world of 4 goes the other way" in said
    assert "not when allowance is made" in said
    assert "p = 0.060" in said


def test_answer_of_equal_firms_and_of_a_single_world() -> None:
    assert "No difference in any of the 3 worlds" in pairs([0.0, 0.0, 0.0])[0]
    assert "+2.0 points in a single world, which says nothing of chance" in pairs([0.02])[0]


def test_break_even_in_words() -> None:
    table = pd.DataFrame(
        {
            "regime_b": ["b", "b"], "ahead": ["customer_first", "b"], "share": [0.5, 0.25],
            "low": [0.1, 0.0], "high": [0.9, 0.6], "lower_quartile": [0.0, 2.3],
            "median": [7.1, np.inf], "upper_quartile": [np.inf, np.nan],
        }
    )  # fmt: skip

    class Made(Comparison):
        break_even_table = table

    asked = design("small_firm", ["customer_first", "own"], 1)
    grid = break_even_grid(Made(asked.study, MemoryRuns(), 1))
    assert grid.rows[0] == (
        "customer_first against b", "50.0 %", "10.0 % to 90.0 %", "from the start", "month 8",
        "never",
    )  # fmt: skip
    assert grid.rows[1][0] == "b against customer_first"
    assert grid.rows[1][3:] == ("month 3", "never", "–")


# --- how to make it again


def test_command_makes_the_same_runs_again(tmp_path: Path) -> None:
    overrides = {"parameters.h0": 0.012, "regime.care": 0.9}
    regimes = ["customer_first", "own"]
    first = compare(
        "call_centre", regimes, 1, workers=1, seed=4, years=0.1, overrides=overrides,
        warm_up="auto",
    )  # fmt: skip
    words = shlex.split(origin_of(first).command)
    assert words[:3] == ["raison", "compare", "call_centre"]
    options = dict(zip(words[3::2], words[4::2], strict=True))
    assert options["--warm-up"] == "auto"
    sets = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    again = design(
        words[2], parse_names(options["--regimes"]), int(options["--replications"]),
        int(options["--seed"]), float(options["--years"]), parse_sets(sets), None,
        "auto",
    )  # fmt: skip
    assert again.study.document() == first.study.document()


def test_firm_of_ones_own_is_a_file_in_the_command() -> None:
    ours = Scenario.load("small_firm").replace({"market.turbulence": 0.05})
    regime = {**ours.regime.model_dump(), "name": "ours", "care": 0.33}
    asked = compare(ours, ["customer_first", regime], 1, workers=1, years=0.1)
    origin = origin_of(asked)
    assert origin.files == ("firm.yaml", "ours.yaml")
    assert " firm.yaml --regimes customer_first,ours.yaml " in origin.command
    assert {label: firm.digest for label, firm in origin.firms.items()} == asked.study.cells


# --- drawings


def drawn() -> Figure:
    figure = Figure()
    first, second = figure.subplots(1, 2)
    for axes, end in ((first, 4.0), (second, 8.0)):
        axes.plot([0.5, 1.0, 1.5, 2.0], [1.0, 2.0, 3.0, end], color="#0072B2")
        axes.plot([0.5, 1.0, 1.5, 2.0], [7.0, 7.0, 7.0, 7.0], "o", color="#0072B2")
        axes.set(xlim=(0, 2), xticks=[0, 1, 2], xlabel="year", title="Course")
        axes.text(2, end, "firm & <co>", color="#0072B2")
    return figure


def test_panel_alone_has_text_as_text_and_ids_of_its_own() -> None:
    figure = drawn()
    one, other = (
        inline(figure, f"p{place}", "Course 0.12345", "It <rises>.", axes)
        for place, axes in enumerate(figure.axes)
    )
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (one, other)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])
    (svg,) = Reader(one).root.all("svg")
    assert "firm & <co>" in [e.text for e in svg.all("text")]
    assert svg.all("title")[0].text == "Course 0.12345"
    assert len(svg.all("text")) < len(Reader(inline(figure, "p", "a", "b")).root.all("text"))
    assert all(axes.get_visible() for axes in figure.axes)


def test_table_of_a_panel_has_its_lines_at_the_ticks() -> None:
    grid = table_of(drawn().axes[0], ["fir", "firm"])
    assert grid is not None
    assert grid.head == ("year", "firm")
    assert [row[0] for row in grid.rows] == ["1", "2"]
    assert [float(row[1]) for row in grid.rows] == [2.0, 4.0]
