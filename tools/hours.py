"""Write the standard hours of a neutral firm into the shipped scenario files (`make hours`).

The files keep them as data: who then edits seats or request rates sees the department get busier.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from simulation import Scenario
from simulation.workload import standard_hours, without_hours

FOLDER = Path(__file__).parent.parent / "scenarios"
SCENARIOS = (
    "services_firm",
    "small_firm",
    "telecom_it_cut",
    "airline_two_segments",
    "manufacturer_with_distributors",
    "call_centre",
    "software_firm",
    "large_enterprise",
)
_DEPARTMENT = re.compile(r"(\{name: (?P<name>\w+),[^{}]*?seats: \d+[^{}]*?)(, hours: \{[^}]*\})?\}")


def rounded(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Derived hours per department, four significant digits, as a file says them."""
    sorts = ("customer", "internal")
    return {
        name: {
            sort: float(f"{value:.4g}")
            for sort, value in zip(sorts, hours, strict=True)
            if not math.isnan(value) and value > 0
        }
        for name, hours in standard_hours(without_hours(scenario)).items()
    }


def main() -> None:
    """Rewrite the files in place."""
    for name in SCENARIOS:
        file = FOLDER / f"{name}.yaml"
        hours = rounded(Scenario.load(name))

        def state(match: re.Match[str], hours: dict[str, dict[str, float]] = hours) -> str:
            stated = ", ".join(f"{sort}: {h}" for sort, h in hours[match["name"]].items())
            return f"{match[1]}, hours: {{{stated}}}}}"

        file.write_text(_DEPARTMENT.sub(state, file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
