"""What the numbers of a report are called.

compare      MEASURE.COLUMN              such as retention.difference
             MEASURE.COLUMN.REGIME       with three regimes or more, against which one
sweep        MEASURE.COLUMN.POINT        such as profit.difference.12; and .REGIME if there are more
attribute    MEASURE.share.PLAYER        such as profit.share.line-of-sight
             MEASURE.interaction.A.B     of two players
frontier     MEASURE.COLUMN.POINT        of a point that was run, as in a sweep; and b_better.POINT
             MEASURE.area.SIDE           of the map: A, B or open
sensitivity  MEASURE.COLUMN.OUTCOME.KEY  such as profit.mu_star.gap.care
"""

from __future__ import annotations


def share_id(measure: str, player: str) -> str:
    """Of a player's share of a gap."""
    return f"{measure}.share.{slug(player)}"


def interaction_id(measure: str, a: str, b: str) -> str:
    """Of what two players make together beyond what each makes alone."""
    return f"{measure}.interaction.{slug(a)}.{slug(b)}"


def point_id(measure: str, column: str, point: int) -> str:
    """Of a column of the table of points."""
    return f"{measure}.{column}.{point}"


def area_id(measure: str, side: str) -> str:
    """Of the share of a map in which a side is clearly better, or neither is."""
    return f"{measure}.area.{side}"


def index_id(measure: str, column: str, outcome: str, key: str) -> str:
    """Of how much an outcome depends on a key."""
    return f"{measure}.{column}.{outcome}.{key}"


def slug(name: str) -> str:
    """The name of a player as a part of the name of a number."""
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())
