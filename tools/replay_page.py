"""Write `docs/replay.html`: two firms played back, in one file that asks for nothing."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from experiments.player.bundle import embedded, player_script, player_style
from experiments.player.trace import Trace, trace_pair
from simulation import Scenario, resolve

PAGE = Path(__file__).parent.parent / "docs" / "replay.html"
SCENARIO, YEARS, SEED = "small_firm", 3.0, 1
REGIMES = ("customer_first", "internal_customer")
EVENTS = [{"week": 60, "cut": "it", "share": 0.5}, {"week": 100, "demand_surge": 0.3, "weeks": 8}]
DATA = '<script type="application/json" id="trace">'

_HEAD = f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Two firms, played back</title>
<style>
:root {{ color-scheme: light dark; }}
body {{
  max-width: 76rem; margin: 0 auto; padding: 1rem clamp(1rem, 4vw, 3rem) 3rem;
  font: 1rem/1.5 system-ui, sans-serif; background: #ffffff; color: #1c2024;
}}
@media (prefers-color-scheme: dark) {{ body {{ background: #15181c; color: #e8eaed; }} }}
h1 {{ line-height: 1.2; }}
main > p {{ max-width: 46rem; }}
{player_style()}</style>
<main>
<h1>Two firms, played back</h1>
<p>{escape(Scenario.load(SCENARIO).describes)} The same customers, the same people and the same luck
(seed {SEED}) under two sets of rules, {" and ".join(REGIMES)}. It is one world: what it shows is how
a difference comes about, not how large it is on the whole.</p>
<h2>Week by week</h2>
<div id="here"></div>
<noscript><p>The play-back needs scripts.</p></noscript>
</main>
"""
_TAIL = f"""</script>
<script>
{player_script()}
new Player(document.getElementById("here"),
  JSON.parse(document.getElementById("trace").textContent));
</script>
"""


def lived() -> Trace:
    """The two firms, run anew."""
    base = Scenario.from_mapping({**Scenario.load(SCENARIO).model_dump(), "events": EVENTS})
    a, b = (resolve(base, regime, None, YEARS) for regime in REGIMES)
    return trace_pair(a, b, REGIMES, SEED)


def page(trace: Trace) -> str:
    """The page that plays a trace back."""
    return f"{_HEAD}{DATA}{embedded(trace)}{_TAIL}"


def shown(text: str) -> Trace:
    """The trace in a page."""
    trace: Trace = json.loads(text.split(DATA)[1].split("</script>")[0])
    return trace


if __name__ == "__main__":
    PAGE.write_text(page(lived()), encoding="utf-8")
    print(f"{PAGE}: {PAGE.stat().st_size / 1000:.0f} kB")
