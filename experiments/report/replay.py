"""The first world of a comparison, lived once more to be played back on the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.player.bundle import embedded, player_script, player_style
from experiments.player.trace import Trace, trace_pair
from experiments.runs import KEY, run_key
from simulation import Scenario

if TYPE_CHECKING:
    from experiments.comparison import Comparison

PLACE, DATA = "replay", "replay-trace"
"""Ids of the section that is shown once the player stands in it, and of its data."""

_START = f"""
const section = document.getElementById("{PLACE}");
const trace = JSON.parse(document.getElementById("{DATA}").textContent);
for (const hidden of document.querySelectorAll(".with-scripts")) hidden.hidden = false;
section.player = new Player(section.querySelector(".player"), trace);
"""
_BOTH = "the first world did not come to its end in both firms"
_OTHER_MODEL = (
    "its runs were made with another version of the program, which is not here to live it again"
)


@dataclass(frozen=True, slots=True)
class Replay:
    """What the page needs to play the first world back, or why it cannot.

    Attributes
    ----------
    missing : str
        Why there is no play-back; empty if there is one.
    trace : str
        The trace as JSON that can stand in a `script` element.
    script, style : str
        The player.
    """

    missing: str = ""
    trace: str = ""
    script: str = ""
    style: str = ""

    @property
    def allowed(self) -> str:
        """The one script that the page lets run, as a source of its content security policy."""
        digest = hashlib.sha256(self.script.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    @property
    def kilobytes(self) -> int:
        """How much longer it makes the page."""
        return round(sum(len(x.encode()) for x in (self.trace, self.script, self.style)) / 1000)


def replay_of(
    result: Comparison, firms: Mapping[str, Scenario], trace: Trace | None = None
) -> Replay:
    """Live the first world of the first two firms again, if that gives the same lives.

    Parameters
    ----------
    result : Comparison
        What was found.
    firms : mapping of str to Scenario
        The firm of each regime, resolved as it lived in the runs.
    trace : mapping, optional
        The trace of just these two runs, where it is there already.
    """
    pair = result.regimes[:2]
    runs = result.runs[result.runs["seed"] == result.seed].set_index("regime")
    if not all(label in runs.index and runs["status"][label] == "ok" for label in pair):
        return Replay(missing=_BOTH)
    if any(runs[KEY][label] != run_key(firms[label].digest, result.seed) for label in pair):
        return Replay(missing=_OTHER_MODEL)
    if trace is None:
        trace = trace_pair(firms[pair[0]], firms[pair[1]], pair, result.seed)
    return Replay(
        trace=embedded(trace),
        script=f"\n{{\n{player_script()}{_START}}}\n",
        style=player_style(),
    )
