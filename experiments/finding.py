"""The result of a comparison in one sentence that claims no more than the runs show."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from experiments.metrics import metric

# (key, verb with object, what it is called when there is no difference)
_CLAIMS = (
    ("retention", "keeps {} more customers a year", "customers kept"),
    ("profit", "earns {} more a week", "profit"),
)

Row = Mapping[Hashable, Any]


def finding(table: pd.DataFrame) -> str:
    """Say who keeps more customers and who earns more, with the 95 % intervals.

    Parameters
    ----------
    table : DataFrame
        `Comparison.table`; with several second regimes each is set against the first, by the
        customers kept alone.
    """
    if table.empty:
        return "No replication came to its end in both firms"
    others = list(dict.fromkeys(table["regime_b"]))
    if len(others) == 1:
        text = _of_two(table.to_dict("records"))
        names = (str(table["regime_a"].iloc[0]), others[0])
        return text if text.startswith(names) else _capital(text)
    return _of_many(table[table["metric"] == _CLAIMS[0][0]].to_dict("records"))


def _of_many(rows: list[dict[Hashable, Any]]) -> str:
    """Customers kept by the first firm against each of the others."""
    more: list[str] = []
    fewer: list[str] = []
    unclear: list[str] = []
    for row in rows:
        other = str(row["regime_b"])
        sign = 1 if row["difference"] > 0 else -1
        amount = metric(_CLAIMS[0][0]).difference(sign * row["difference"], sign=False)
        if row["pairs"] == 1:
            (more if sign > 0 else fewer).append(f"{other} (by {amount})")
        elif _is_clear(row):
            said = f"{other} (by {amount}, {_interval(row, sign)})"
            (more if sign > 0 else fewer).append(said)
        else:
            unclear.append(f"{other} ({_interval(row, 1)})")
    parts = []
    if more:
        parts.append(f"keeps more customers a year than {_listed(more)}")
    if fewer:
        parts.append(f"{'' if more else 'keeps '}fewer than {_listed(fewer)}")
    if unclear:
        shows = (
            "no clear difference from"
            if parts
            else "shows no clear difference in customers kept from"
        )
        parts.append(f"{shows} {_listed(unclear)}")
    if not parts:
        return "Customers kept were not measured"
    single = all(row["pairs"] == 1 for row in rows)
    how = "one replication, so no intervals" if single else "in brackets 95 % intervals"
    return f"{rows[0]['regime_a']} {', '.join(parts)}; {how}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _of_two(rows: list[dict[Hashable, Any]]) -> str:
    by_key: dict[str, Row] = {str(row["metric"]): row for row in rows}
    claims = [(by_key[key], verb, name) for key, verb, name in _CLAIMS if key in by_key]
    if not claims:
        return "neither customers kept nor profit was measured"
    if claims[0][0]["pairs"] == 1:
        return _one_pair(claims)
    clear = [claim for claim in claims if _is_clear(claim[0])]
    unclear = [claim for claim in claims if not _is_clear(claim[0])]
    if all(row["low"] == row["high"] == 0 for row, _, _ in claims):
        return f"no difference in {' or in '.join(name for _, _, name in claims)}"
    if not clear:
        names = " or in ".join(name for _, _, name in unclear)
        spans = " and ".join(_interval(row, 1) for row, _, _ in unclear)
        plural = "s" if len(unclear) > 1 else ""
        return f"no clear difference in {names} (95 % interval{plural} {spans})"
    text = _winners(clear, interval=True)
    return text + "".join(f"; {name} is not distinguishable" for _, _, name in unclear)


def _one_pair(claims: list[tuple[Row, str, str]]) -> str:
    differing = [claim for claim in claims if claim[0]["difference"] != 0]
    if not differing:
        return "in one replication the firms do not differ"
    return (
        f"in one replication {_winners(differing, interval=False)}: a single pair, so no interval"
    )


def _winners(claims: list[tuple[Row, str, str]], *, interval: bool) -> str:
    text = ""
    before = ""
    for row, verb, _ in claims:
        sign = 1 if row["difference"] > 0 else -1
        winner = str(row["regime_a"] if sign > 0 else row["regime_b"])
        amount = metric(str(row["metric"])).difference(sign * row["difference"], sign=False)
        said = verb.format(amount)
        if interval:
            said += f" ({'' if text else '95 % interval '}{_interval(row, sign)})"
        if not text:
            text = f"{winner} {said}"
        elif winner == before:
            text += f" and {said}"
        else:
            text += f", but {winner} {said}"
        before = winner
    return text


def _is_clear(row: Row) -> bool:
    return bool(math.isfinite(row["low"]) and (row["low"] > 0 or row["high"] < 0))


def _interval(row: Row, sign: int) -> str:
    low, high = sorted((sign * row["low"], sign * row["high"]))
    write = metric(str(row["metric"])).difference
    return f"{write(low, unit=False, sign=False)} to {write(high, unit=False, sign=False)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
