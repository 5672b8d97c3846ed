"""What a mechanism declares about itself."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.parameters import PARAMETERS, Parameter


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One contested claim put to work.

    Attributes
    ----------
    name : str
        Its switch under `mechanisms:` in a scenario, and the group of its coefficients.
    claim : str
        What is claimed, in our words, with the ids of docs/evidence where it is tested.
    source : str
        Where the claim, or the shape of the rule, comes from.
    reads, writes : tuple of str
        Columns, as table.column.
    streams : tuple of str
        Its random streams.
    counts : tuple of str
        Weekly columns that count its own events: none of them moving means it never fired.
    """

    name: str
    claim: str
    source: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    streams: tuple[str, ...]
    counts: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its coefficients."""
        return tuple(p for p in PARAMETERS.values() if p.group == self.name)
