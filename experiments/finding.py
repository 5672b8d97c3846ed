"""The result of a comparison in one sentence that claims no more than the runs show."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from experiments.metrics import metric
from experiments.wording import capital

_LISTED = 2  # with more second regimes than this, a sentence sums them up


class Claim(NamedTuple):
    """How a sentence speaks of a measure.

    Attributes
    ----------
    key : str
        The measure.
    more : str
        What the firm with the higher value does, with the place of the amount.
    name : str
        What it is called when there is no difference.
    verb, rather, less : str
        What a firm does, more of it than others, and the word for less.
    """

    key: str
    more: str
    name: str
    verb: str
    rather: str
    less: str


OUTCOMES = (
    Claim("retention", "keeps {} more customers a year", "customers kept",
          "keeps", "more customers a year", "fewer"),
    Claim("profit", "earns {} more a week", "profit",
          "earns", "more a week", "less"),
)  # fmt: skip
INSIDE = (
    Claim("friction", "loses {} more of its hours to friction", "hours lost to friction",
          "loses", "more of its hours to friction", "less"),
    Claim("illusion_gap", "overstates its service level by {} more", "how far reports overstate",
          "overstates its service level", "more", "less"),
)  # fmt: skip
ORGANISATION = (
    Claim("lead_time_days", "takes {} more for a need of a customer", "lead time",
          "takes", "more time for a need of a customer", "less"),
    Claim("backlog", "has {} more of work waiting", "work waiting",
          "has", "more work waiting", "less"),
)  # fmt: skip
MARKET = (
    Claim("agility_speed", "turns insight into change faster by {}",
          "the speed from insight to change", "turns", "insight into change more quickly", "less"),
    Claim("product_gap", "has an offer {} further from the need", "the distance of offer and need",
          "has", "an offer more distant from the need", "less"),
)  # fmt: skip
CUSTOMERS = (
    Claim("customer_equity", "has customers worth {} more", "the worth of customers",
          "has", "customers worth more", "less"),
    Claim("active_end", "ends with {} more customers", "the number of customers at the end",
          "ends with", "more customers", "fewer"),
)  # fmt: skip

Row = Mapping[Hashable, Any]
Named = tuple[Row, Claim]


def finding(table: pd.DataFrame, claims: Sequence[Claim] = OUTCOMES) -> str:
    """Say which firm has more of what, with the 95 % intervals.

    Parameters
    ----------
    table : DataFrame
        `Comparison.table`; with several second regimes each is set against the first. Two of them
        are listed by the first claim alone; more are summed up by all.
    claims : sequence of Claim
        What to speak of: who keeps more customers and who earns more, or what is lost inside.
    """
    if table.empty:
        return "No replication came to its end in both firms"
    others = list(dict.fromkeys(table["regime_b"]))
    if len(others) == 1:
        text = _of_two(table.to_dict("records"), claims)
        names = (str(table["regime_a"].iloc[0]), others[0])
        return text if text.startswith(names) else capital(text)
    rows = [(claim, table[table["metric"] == claim.key].to_dict("records")) for claim in claims]
    measured = [(claim, found) for claim, found in rows if found]
    if not measured:
        return f"{capital(claims[0].name)} were not measured"
    if len(others) <= _LISTED:
        return _of_three(*measured[0])
    return _of_many(measured)


def _of_three(claim: Claim, rows: list[dict[Hashable, Any]]) -> str:
    """The first firm against each of the others, by one measure."""
    more: list[str] = []
    less: list[str] = []
    unclear: list[str] = []
    for row in rows:
        other = str(row["regime_b"])
        sign = 1 if row["difference"] > 0 else -1
        if row["pairs"] == 1:
            (more if sign > 0 else less).append(f"{other} (by {_amount(row, sign)})")
        elif _is_clear(row):
            said = f"{other} (by {_amount(row, sign)}, {_interval(row, sign)})"
            (more if sign > 0 else less).append(said)
        else:
            unclear.append(f"{other} ({_interval(row, 1)})")
    single = all(row["pairs"] == 1 for row in rows)
    how = "one replication, so no intervals" if single else "in brackets 95 % intervals"
    return f"{rows[0]['regime_a']} {_groups(claim, more, less, unclear)}; {how}"


def _of_many(measured: Sequence[tuple[Claim, list[dict[Hashable, Any]]]]) -> str:
    """The first firm against all others, by every measure."""
    said = []
    for claim, rows in measured:
        single = all(row["pairs"] == 1 for row in rows)
        more = [row for row in rows if row["difference"] > 0 and (single or _is_clear(row))]
        less = [row for row in rows if row["difference"] < 0 and (single or _is_clear(row))]
        unclear = [row for row in rows if row not in more and row not in less]
        above, below = (
            [f"{_all_or_listed(group, rows)} ({_span(group, sign)})"] if group else []
            for group, sign in ((more, 1), (less, -1))
        )
        neither = [_all_or_listed(unclear, rows)] if unclear else []
        said.append(_groups(claim, above, below, neither))
    how = "one replication" if single else "in brackets what the 95 % intervals span"
    return f"{measured[0][1][0]['regime_a']} {'; it '.join(said)}; {how}"


def _groups(claim: Claim, more: list[str], less: list[str], unclear: list[str]) -> str:
    parts = []
    if more:
        parts.append(f"{claim.verb} {claim.rather} than {_listed(more)}")
    if less:
        whole = claim.rather.replace("more", claim.less, 1)
        does = claim.less if more else f"{claim.verb} {whole}"
        parts.append(f"{does} than {_listed(less)}")
    if unclear:
        shows = (
            "no clear difference from"
            if parts
            else f"shows no clear difference in {claim.name} from"
        )
        parts.append(f"{shows} {_listed(unclear)}")
    return ", ".join(parts)


def _all_or_listed(group: Sequence[Row], rows: Sequence[Row]) -> str:
    if len(group) == len(rows):
        return f"all {len(rows)} others"
    return _listed([str(row["regime_b"]) for row in group])


def _span(rows: Sequence[Row], sign: int) -> str:
    """From the least to the greatest end of these intervals."""
    ends = [sign * row[end] for row in rows for end in ("low", "high")]
    known = [end for end in ends if math.isfinite(end)]
    ends = known or [sign * row["difference"] for row in rows]
    write = metric(str(rows[0]["metric"])).difference
    low, high, near = min(ends), max(ends), min(ends, key=abs)
    return f"{write(low, unit=False, sign=False, beside=near)} to {write(high, sign=False)}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _of_two(rows: list[dict[Hashable, Any]], said: Sequence[Claim]) -> str:
    by_key: dict[str, Row] = {str(row["metric"]): row for row in rows}
    claims = [(by_key[claim.key], claim) for claim in said if claim.key in by_key]
    if not claims:
        return f"neither {' nor '.join(claim.name for claim in said)} was measured"
    if claims[0][0]["pairs"] == 1:
        return _one_pair(claims)
    clear = [claim for claim in claims if _is_clear(claim[0])]
    unclear = [claim for claim in claims if not _is_clear(claim[0])]
    if all(row["low"] == row["high"] == 0 for row, _ in claims):
        return f"no difference in {' or in '.join(claim.name for _, claim in claims)}"
    if not clear:
        names = " or in ".join(claim.name for _, claim in unclear)
        if not any(math.isfinite(row["low"]) for row, _ in unclear):
            return f"no clear difference in {names}: too few replications for an interval"
        spans = " and ".join(_interval(row, 1) for row, _ in unclear)
        plural = "s" if len(unclear) > 1 else ""
        return f"no clear difference in {names} (95 % interval{plural} {spans})"
    text = _winners(clear, interval=True)
    return text + "".join(f"; {claim.name} is not distinguishable" for _, claim in unclear)


def _one_pair(claims: Sequence[Named]) -> str:
    differing = [claim for claim in claims if claim[0]["difference"] != 0]
    if not differing:
        return "in one replication the firms do not differ"
    return (
        f"in one replication {_winners(differing, interval=False)}: a single pair, so no interval"
    )


def _winners(claims: Sequence[Named], *, interval: bool) -> str:
    text = ""
    before = ""
    better = 0  # 1 if the claim before speaks for the first firm, -1 if for the second
    for row, claim in claims:
        sign = 1 if row["difference"] > 0 else -1
        contrary = better * sign * metric(claim.key).direction < 0
        better = sign * metric(claim.key).direction
        winner = str(row["regime_a"] if sign > 0 else row["regime_b"])
        said = claim.more.format(_amount(row, sign))
        if interval:
            said += f" ({'' if text else '95 % interval '}{_interval(row, sign)})"
        if not text:
            text = f"{winner} {said}"
        elif winner == before:
            text += f" and {said}"
        else:
            text += f", {'but' if contrary else 'and'} {winner} {said}"
        before = winner
    return text


def _is_clear(row: Row) -> bool:
    return bool(math.isfinite(row["low"]) and (row["low"] > 0 or row["high"] < 0))


def _amount(row: Row, sign: int) -> str:
    write = metric(str(row["metric"])).difference
    return write(sign * row["difference"], sign=False, beside=_nearest(row))


def _interval(row: Row, sign: int) -> str:
    low, high = sorted((sign * row["low"], sign * row["high"]))
    write = metric(str(row["metric"])).difference
    near = _nearest(row)
    return (
        f"{write(low, unit=False, sign=False, beside=near)} to "
        f"{write(high, unit=False, sign=False, beside=near)}"
    )


def _nearest(row: Row) -> float:
    """The end of the interval that is nearer to zero."""
    return min(float(row["low"]), float(row["high"]), key=abs)
