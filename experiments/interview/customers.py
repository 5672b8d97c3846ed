"""Answers about customers: how many, what they bring and need, and through whom."""

from __future__ import annotations

import re
from itertools import pairwise

from scipy.stats import norm

from experiments.interview.answers import (
    hundred,
    known_name,
    money_a_week,
    number,
    parts,
    plain,
    refused,
    share,
    slug,
    times_a_week,
    whole,
)
from experiments.interview.draft import Draft
from experiments.interview.firm import loss_rates
from experiments.interview.roles import ASKED_BY_ALL, IT, SALES
from simulation.errors import ScenarioError
from simulation.parameters import PARAMETERS
from simulation.scenario_checks import strange_names
from simulation.world import LONGEST_ROUTE

_CUSTOMERS = "two whole numbers up to 10 million, the smaller first, such as 8000 of 20000"
_GROUPS = "no, or groups with shares that add up to 100, such as: business 35, private 65"
_CHANNEL = "none, or a share and a number, such as: 30 % through 8"
_NEEDS = "how often, at most 5 times a week, such as: 5 a year, twice a month, weekly"
_NOT_LEADING = "ways that pass no department that leads (it has no hours for customers)"
_WAYS = "ways with shares that add up to 100, such as: support 60, support > it 40"
_MARGIN = "an amount and its period, such as 70 a week, 300 a month or 3600 a year"
_UNEQUAL = "a percentage from 21 to 98 (the best fifth of equals would bring 20)"
_LEAVING = "a number from 1 to 60"
_FOURTH_FIFTH = float(norm.ppf(0.8))

Ways = list[tuple[list[str], float]]


def guess_customers(draft: Draft) -> str:
    """Offer as many customers per head as services_firm has."""
    return f"{32 * draft.heads()} of {80 * draft.heads()}"


def read_customers(text: str, _: Draft) -> tuple[int, int]:
    """Read `8000 of 20000`: customers, and everybody who could be one."""
    said = parts(plain(text).replace("out of", "of"), " of ")
    if len(said) != 2:
        raise refused(text, _CUSTOMERS)
    market = whole(said[1], 1, 10_000_000, _CUSTOMERS)
    return whole(said[0], 1, market, _CUSTOMERS), market


def set_customers(draft: Draft, value: tuple[int, int], known: bool) -> None:
    """Take both; who does not know how large the market is does not know how fast it comes."""
    draft.customers, draft.market = value
    draft.market_known = known


def read_groups(text: str, _: Draft) -> dict[str, float]:
    """Read `business 35, private 65`; one group of all if there are none."""
    if plain(text) in ("no", "none", "one"):
        return {"everybody": 1.0}
    said = [re.fullmatch(r"(.+?)[ :]+([\d.]+)\s*%?", piece) for piece in parts(text, ",")]
    if len(said) < 2:
        raise refused(text, _GROUPS)
    names, shares = [], []
    for match in said:
        if not match:
            raise refused(text, _GROUPS)
        names.append(slug(match[1]))
        shares.append(number(match[2], _GROUPS))
    if problems := strange_names("groups", names):
        raise ScenarioError(problems)
    return dict(zip(names, hundred(shares, text, _GROUPS), strict=True))


def set_groups(draft: Draft, groups: dict[str, float], _: bool) -> None:
    """Take the groups."""
    if taken := set(groups) & set(draft.names()):
        raise refused(taken.pop(), "a group whose name no department has")
    draft.groups = groups


def read_channel(text: str, _: Draft) -> tuple[float, int]:
    """Read `30 % through 8`: share of the customers, and number of distributors."""
    if plain(text) in ("none", "no", "nobody", "0"):
        return 0.0, 0
    said = parts(plain(text), "through")
    if len(said) != 2:
        raise refused(text, _CHANNEL)
    part, count = share(said[0], _CHANNEL), whole(said[1], 1, 10_000, _CHANNEL)
    if part == 0:
        raise refused(text, _CHANNEL)
    return part, count


def set_channel(draft: Draft, value: tuple[float, int], known: bool) -> None:
    """Take the channel. Where it is not known there may be a few distributors."""
    draft.through, draft.distributors = value
    if not known:
        draft.distributors = draft.distributors or 4
        draft.set_range("distributors.share", draft.through, 0.3)
    elif draft.through:
        draft.set_range("distributors.share", draft.through, 0.05)


def read_needs(text: str, _: Draft) -> float:
    """Read how often a customer needs something, times a week."""
    return times_a_week(text, _NEEDS)


def set_needs(draft: Draft, value: float, known: bool) -> None:
    """Take it. The range is small: more needs for the same people mean a busier firm."""
    draft.parameters["need_rate"] = float(f"{value:.4g}")
    least, most = (0.95, 1.05) if known else (0.8, 1.15)
    draft.set_factor("need_rate", value, least, most)


def guess_ways(draft: Draft) -> str:
    """Offer what is usual: half is settled where it arrives, the rest is handed on once."""
    desk = draft.first_desk()
    others = [name for name in draft.front if name != desk and name not in _sellers(draft, desk)]
    back = [name for name in draft.names() if draft.kind(name) == "service"]
    helpers = [name for name in back if name not in draft.of_role(*ASKED_BY_ALL)]
    helpers = sorted(helpers, key=lambda name: draft.names().index(name))[:2]
    shares = {name: 30 // len(others) for name in others[:3]}
    shares |= dict.fromkeys([*helpers, *draft.of_role(IT, among=back)[:1]], 10)
    ways = [f"{desk} {100 - sum(shares.values())}"]
    return ", ".join([*ways, *(f"{desk} > {name} {part}" for name, part in shares.items())])


def _sellers(draft: Draft, desk: str) -> list[str]:
    return [name for name in draft.of_role(SALES, among=draft.front) if name != desk]


def read_ways(text: str, draft: Draft) -> Ways:
    """Read `support 60, support > it 40`: paths of customers' matters, and their shares."""
    paths, shares = [], []
    for piece in parts(text, ","):
        match = re.fullmatch(r"(.+?)[ :]+([\d.]+)\s*%?", piece)
        if not match:
            raise refused(piece, _WAYS)
        path = [known_name(name, draft.names()) for name in parts(match[1], ">")]
        if not path or len(path) > LONGEST_ROUTE:
            raise refused(piece, f"ways of 1 to {LONGEST_ROUTE} departments")
        if path[0] not in draft.front:
            raise refused(path[0], f"a way that begins with {' or '.join(draft.front)}")
        if leading := [name for name in path if name in draft.lead]:
            raise refused(leading[0], _NOT_LEADING)
        if any(before == after for before, after in pairwise(path)):
            raise refused(piece, "a way that goes from one department to another")
        paths.append(path)
        shares.append(number(match[2], _WAYS))
    if min(shares, default=0) <= 0:
        raise refused(text, _WAYS)
    return list(zip(paths, hundred(shares, text, _WAYS), strict=True))


def set_ways(draft: Draft, ways: Ways, known: bool) -> None:
    """Take the ways; if they are not known, neither is what is lost when work is passed on."""
    draft.ways = ways
    if not known:
        draft.set_range("handoff_loss", PARAMETERS["handoff_loss"].default, 0.025)


def guess_margin(draft: Draft) -> str:
    """Offer what would leave the firm a tenth of its revenue."""
    value = draft.cost() / 0.9 / draft.kept_margin() / draft.customers
    return f"{float(f'{value:.3g}'):g} a week"


def read_margin(text: str, _: Draft) -> float:
    """Read a customer's mean margin, in currency a week."""
    return money_a_week(text, _MARGIN)


def set_margin(draft: Draft, value: float, known: bool) -> None:
    """Take it, for every group alike."""
    draft.margin = value
    least, most = (0.95, 1.05) if known else (0.75, 1.25)
    for group in draft.groups:
        draft.set_factor(f"market.segments.{group}.margin_per_week", value, least, most)


def read_unequal(text: str, _: Draft) -> float:
    """Read the part of the best fifth; returns the log sd of margins that has it.

    The Lorenz curve of a log-normal law with spread s at p is Phi(Phi^-1(p) - s).
    """
    value = share(text, _UNEQUAL)
    if not 0.21 <= value <= 0.98:
        raise refused(text, _UNEQUAL)
    return _FOURTH_FIFTH - float(norm.ppf(1 - value))


def set_unequal(draft: Draft, spread: float, known: bool) -> None:
    """Take the spread of margins."""
    value = min(spread, 2.5)
    draft.parameters["margin_sd"] = float(f"{value:.4g}")
    draft.set_range("margin_sd", value, 0.1 if known else 0.5, 0.0, 2.5)


def read_leaving(text: str, _: Draft) -> float:
    """Read how many of a hundred customers leave in a year; returns a share."""
    value = share(text, _LEAVING)
    if not 0.01 <= value <= 0.6:
        raise refused(text, _LEAVING)
    return value


def set_leaving(draft: Draft, value: float, known: bool) -> None:
    """Take the loss of a year: who leaves under the present regime, and who comes instead.

    Both coefficients are set for a neutral firm that neither grows nor shrinks.
    """
    draft.leaving = value
    h0, lead_rate = loss_rates(draft)
    draft.parameters["h0"] = float(f"{h0:.4g}")
    draft.parameters["lead_rate"] = float(f"{lead_rate:.4g}")
    draft.set_factor("h0", h0, *((0.85, 1.15) if known else (0.5, 1.8)))
    draft.set_factor("lead_rate", lead_rate, *((0.85, 1.15) if draft.market_known else (0.5, 2.0)))
