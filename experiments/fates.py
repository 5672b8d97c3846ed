"""The customers whose lives differ most between two firms."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from experiments.metrics import whole

Person = Mapping[Hashable, Any]

FATES = 3
RULE = (
    "In the first replication: of the customers whom only one of the two firms has at the end, the "
    "one with the largest profit difference on either side; then the largest profit difference of "
    "all others. Each time those come first whom both firms had when one lost them, and whom that "
    "one had failed more often."
)


@dataclass(frozen=True, slots=True)
class Fate:
    """One customer's life in two firms.

    Attributes
    ----------
    uid : int
        The customer, the same person in both firms.
    regime_a, regime_b : str
        The firms.
    profit_a, profit_b : float
        What the customer earned each firm over the horizon, in the scenario's currency.
    sentence : str
        Both lives in plain words.
    """

    uid: int
    regime_a: str
    regime_b: str
    profit_a: float
    profit_b: float
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """The fields, for JSON."""
        return asdict(self)


def tell_fates(a: pd.DataFrame, b: pd.DataFrame, regime_a: str, regime_b: str) -> list[Fate]:
    """Pick and describe up to three customers by `RULE`; none if all lives are the same.

    Parameters
    ----------
    a, b : DataFrame
        Final customer tables of the two firms, a row per uid.
    """
    both = a.merge(b, on="uid", suffixes=("_a", "_b")).set_index("uid")
    both["gap"] = both["profit_a"] - both["profit_b"]
    differs = (both["gap"] != 0) | (both["status_a"] != both["status_b"])
    people = both.loc[_choose(both[differs])].reset_index().to_dict("records")
    return [
        Fate(
            uid=int(person["uid"]),
            regime_a=regime_a,
            regime_b=regime_b,
            profit_a=float(person["profit_a"]),
            profit_b=float(person["profit_b"]),
            sentence=_sentence(person, regime_a, regime_b),
        )
        for person in people
    ]


def _choose(people: pd.DataFrame) -> list[Hashable]:
    people = people.assign(failed_more=_lost_by_failing(people), size=people["gap"].abs())
    in_a, in_b = people["status_a"] == "active", people["status_b"] == "active"
    chosen: list[Hashable] = []
    for group, sign in ((people[in_a & ~in_b], 1), (people[in_b & ~in_a], -1)):
        if len(group):
            told = group[group["failed_more"]] if group["failed_more"].any() else group
            chosen.append((sign * told["gap"]).idxmax())
    rest = people.drop(index=chosen).sort_values(
        ["failed_more", "size"], ascending=False, kind="stable"
    )
    return [*chosen, *rest.index[: FATES - len(chosen)]]


def _lost_by_failing(people: pd.DataFrame) -> pd.Series[bool]:
    """Who was a customer of both firms when one, after more failed visits, lost them for good."""
    failed = {
        side: people[f"unresolved_{side}"] + people[f"abandoned_{side}"] for side in ("a", "b")
    }
    found = pd.Series(False, people.index)
    for loser, keeper in (("a", "b"), ("b", "a")):
        lost = people[f"status_{loser}"] == "lost"
        kept = people[f"status_{keeper}"] == "active"
        there = people[f"joined_week_{keeper}"] < people[f"lost_week_{loser}"]
        found |= lost & kept & there & (failed[loser] > failed[keeper])
    return found


def _sentence(person: Person, regime_a: str, regime_b: str) -> str:
    seller = int(person["distributor_a"])
    through = f", through distributor {seller}" if seller >= 0 else ""
    if _life(person, "a", "both") == _life(person, "b", "both"):
        lives = _life(person, "a", "both")
    else:
        lives = f"{_life(person, 'a', regime_a)}, {_life(person, 'b', regime_b)}"
    return (
        f"Customer {person['uid']} ({person['segment_a']}{through}) {lives}; "
        f"profit {whole(person['profit_a'])} against {whole(person['profit_b'])}."
    )


def _life(person: Person, side: str, regime: str) -> str:
    status = person[f"status_{side}"]
    joined, lost = int(person[f"joined_week_{side}"]), int(person[f"lost_week_{side}"])
    if status == "prospect":
        return f"never joins {regime}"
    if status == "lost":
        return f"leaves {regime} in week {lost} ({_service(person, side)})"
    if lost >= 0:
        return f"leaves {regime} in week {lost}, comes back in week {joined} and stays"
    if joined > 0:
        return f"joins {regime} in week {joined} and stays"
    return f"stays with {regime} to the end"


def _service(person: Person, side: str) -> str:
    needs = int(person[f"needs_{side}"])
    missed = int(person[f"unresolved_{side}"]) + int(person[f"abandoned_{side}"])
    if needs == 0:
        return "no need ever raised"
    raised = "1 need" if needs == 1 else f"{needs} needs"
    failed = "1 failed visit" if missed == 1 else f"{missed or 'no'} failed visits"
    return f"{raised} raised, {failed}"
