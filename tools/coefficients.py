"""Write `docs/coefficients.md` from the table the code reads (`make coefficients`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from simulation.parameters import PARAMETERS

PAGE = Path(__file__).parent.parent / "docs" / "coefficients.md"

HEAD = """# Coefficients

Every number the model has besides a scenario's organisation and a regime's dials. This page is
written by `make coefficients` from `simulation/parameters.py`, the one place that the code reads
its defaults from; a test holds the two together. A scenario file overrides a coefficient by its
name under `parameters:`.

*Source* says where a default comes from. "Assumed" means that no published value is known to us:
treat results that hang on it as conditional. "Calibrated" means that the value was chosen so that
the *neutral* firm (the mean of customer_first and internal_customer) shows the stylised facts of
[calibration.md](calibration.md), never by looking at which regime wins.

*May be* is the range from which an assumed value is drawn where the dependence of the answer on it
is measured ([sign.md](sign.md)): as a rule half as much again or two thirds (of a share: of its
odds); *allowed* is what a scenario file may say.
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield HEAD
    for group, members in groupby(PARAMETERS.values(), key=lambda p: p.group):
        yield f"## {group.capitalize()}\n"
        yield "| name | default | may be | allowed | unit | meaning | source |"
        yield "|---|---|---|---|---|---|---|"
        for p in members:
            yield (
                f"| `{p.name}` | {p.default:.4g} | {_range(*p.plausible)} "
                f"| {p.low:g} to {p.high:g} | {p.unit} | {p.meaning} | {p.source} |"
            )
        yield ""


def _range(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}" if low < high else ""


def main() -> None:
    """Write the page."""
    PAGE.write_text("\n".join(lines()), encoding="utf-8")


if __name__ == "__main__":
    main()
