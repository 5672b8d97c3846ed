"""A firm of a million customers fits into a small machine, and costs what its size says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIVES = """
import json, re, sys, time
from pathlib import Path
from simulation import Scenario, simulate, warm_up
warm_up()
scenario = Scenario.load(sys.argv[1])
start = time.process_time()
simulate(scenario, regime="neutral", seed=1, years=float(sys.argv[2]))
seconds = time.process_time() - start
# not resource.ru_maxrss, which a child inherits from the process that started it
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 2**20
weeks = 52 * float(sys.argv[2]) * scenario.market.customers
print(json.dumps({"seconds": seconds, "gigabytes": peak, "person_weeks": weeks}))
"""


def lived(scenario: str, years: float) -> dict[str, float]:
    """Processor time, peak memory and size of one run in a process of its own."""
    command = [sys.executable, "-c", LIVES, scenario, str(years)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_a_million_customers_fit_and_cost_no_more_time_each_than_twenty_thousand() -> None:
    """Bars for five years: 120 s of processor time and 2 GB; one year is enough to tell."""
    small, large = lived("services_firm", 5), lived("large_enterprise", 1)
    assert large["gigabytes"] < 2.0
    each = {name: run["seconds"] / run["person_weeks"] for name, run in
            (("small", small), ("large", large))}  # fmt: skip
    assert each["large"] < 1.5 * each["small"], each
