"""Answers about departments: who there is, who meets customers, who asks whom."""

from __future__ import annotations

import re

from experiments.interview.answers import (
    known_name,
    money_a_week,
    number,
    parts,
    plain,
    refused,
    slug,
    whole,
)
from experiments.interview.draft import Draft, Staff
from experiments.interview.roles import (
    ASKED_BY_ALL,
    LEAD,
    MEETS_CUSTOMERS,
    OFFER,
    REQUESTS,
    role_of,
)
from simulation.errors import ScenarioError
from simulation.parameters import PARAMETERS
from simulation.scenario_checks import strange_names
from simulation.scenario_parts import DISTRIBUTORS

_DEPARTMENTS = "departments with head-counts (1 to 20000), such as: sales 12, support 30, it 6"
_KINDS = "such as: front: sales, support; offer: product; lead: executive"
_ASKS = "such as: everyone: it, hr; front: product; support: it 0.5; or nobody"
_PAY = "an amount and its period, such as 1300 a week, 5600 a month or 68k a year"
_NOBODY = ("nobody", "none", "no one")
_PARTS = ("front", "offer", "lead")
_EVERYONE = "everyone"

Kinds = dict[str, list[str]]
Asks = dict[tuple[str, str], float]


def read_departments(text: str, _: Draft) -> list[Staff]:
    """Read `sales 12, support 30 at 1050 a week`."""
    found = []
    for piece in parts(text, ","):
        match = re.fullmatch(r"(?P<name>.+?)[ :]+(?P<heads>\d+)(?:\s+at\s+(?P<pay>.+))?", piece)
        # A number inside a name is a comma forgotten: sales 12 support 30.
        if not match or re.search(r"\b\d+\b", match["name"]):
            raise refused(piece, _DEPARTMENTS)
        name = slug(match["name"])
        heads = whole(match["heads"], 1, 20_000, _DEPARTMENTS)
        pay = money_a_week(match["pay"], _PAY) if match["pay"] else None
        found.append(Staff(name, heads, pay, role_of(name)))
    if not found:
        raise refused(text, _DEPARTMENTS)
    names = [one.name for one in found]
    if problems := strange_names("departments", names):
        raise ScenarioError(problems)
    if taken := {DISTRIBUTORS, _EVERYONE, *_PARTS} & set(names):
        raise refused(taken.pop(), "another name (this word has a meaning here)")
    return found


def set_departments(draft: Draft, staff: list[Staff], _: bool) -> None:
    """Take the departments."""
    draft.staff = staff


def guess_kinds(draft: Draft) -> str:
    """Offer what the names of the departments suggest."""
    guessed = _guessed(draft)
    return "; ".join(f"{part}: {', '.join(guessed[part]) or 'nobody'}" for part in _PARTS)


def _guessed(draft: Draft) -> Kinds:
    lead = draft.of_role(LEAD)
    others = [name for name in draft.names() if name not in lead] or draft.names()
    front = draft.of_role(*MEETS_CUSTOMERS, among=others) or [draft.largest(others)]
    offer = [name for name in draft.of_role(OFFER) if name not in front][:1]
    return {"front": front, "offer": offer, "lead": [n for n in lead if n not in front]}


def read_kinds(text: str, draft: Draft) -> Kinds:
    """Read `front: ...; offer: ...; lead: ...`; a part that is left out stays as guessed."""
    found = _guessed(draft)
    for clause in parts(text, ";"):
        part, colon, names = clause.partition(":")
        if not colon or plain(part) not in _PARTS:
            raise refused(clause, _KINDS)
        said = [] if plain(names) in _NOBODY else parts(names, ",")
        found[plain(part)] = list(dict.fromkeys(known_name(n, draft.names()) for n in said))
    if not found["front"]:
        raise refused(text, "at least one department that meets customers")
    if len(found["offer"]) > 1:
        raise refused(", ".join(found["offer"]), "one department that shapes the offer, or nobody")
    if both := [name for name in found["lead"] if name in found["front"]]:
        raise refused(both[0], "a department either in front or in lead")
    return found


def set_kinds(draft: Draft, kinds: Kinds, _: bool) -> None:
    """Take who does what."""
    draft.front, draft.lead = kinds["front"], kinds["lead"]
    draft.offer = next(iter(kinds["offer"]), None)


def read_pay(text: str, _: Draft) -> float:
    """Read the mean cost of a person, in currency a week."""
    return money_a_week(text, _PAY)


def set_pay(draft: Draft, value: float, known: bool) -> None:
    """Take it; what is not known about pay is not known about the cost of the firm."""
    draft.pay = value
    overhead = PARAMETERS["overhead_share"]
    spread = 0.05 if known else 0.2
    draft.set_range("overhead_share", overhead.default, spread, overhead.low, overhead.high)


def guess_asks(draft: Draft) -> str:
    """Offer what is usual: everyone asks IT, HR and the like; the front asks the others."""
    back = [name for name in draft.names() if draft.kind(name) == "service"]
    usual = [name for name in draft.of_role(*ASKED_BY_ALL) if name in back]
    others = [name for name in back if name not in usual]
    asked_by_front = [*others, *(["front"] if len(draft.front) > 1 else [])]
    clauses = [
        f"{_EVERYONE}: {', '.join(usual)}" if usual and len(draft.staff) > 1 else "",
        f"front: {', '.join(asked_by_front)}" if asked_by_front else "",
        f"{draft.offer}: front" if draft.offer in others else "",
    ]
    return "; ".join(clause for clause in clauses if clause) or "nobody"


def read_asks(text: str, draft: Draft) -> Asks:
    """Read `everyone: it, hr 0.1; support: product`: requests a head and week by pair."""
    found: Asks = {}
    if plain(text) in _NOBODY:
        return found
    for clause in parts(text, ";"):
        who, colon, whom = clause.partition(":")
        if not colon or not parts(whom, ","):
            raise refused(clause, _ASKS)
        for piece in parts(whom, ","):
            match = re.fullmatch(r"(?P<name>.+?)(?:\s+(?P<rate>[\d.]+))?", piece)
            assert match, "any text matches"
            rate = number(match["rate"], _ASKS) if match["rate"] else None
            if rate is not None and not 0 < rate <= 5:
                raise refused(piece, "between 0 and 5 times a week for each of them")
            for supplier in _meant(match["name"], draft):
                for requester in _meant(who, draft):
                    if supplier != requester:
                        usual = REQUESTS[next(s.role for s in draft.staff if s.name == supplier)]
                        found[supplier, requester] = usual if rate is None else rate
    return found


def _meant(text: str, draft: Draft) -> list[str]:
    groups = {_EVERYONE: draft.names(), "front": draft.front}
    name = known_name(text, [*draft.names(), *groups])
    return groups.get(name, [name])


def set_asks(draft: Draft, asks: Asks, known: bool) -> None:
    """Take who asks whom; if it is not known, how much hangs on it is not known either."""
    draft.asks = asks
    if not known:
        draft.set_range("block_share", PARAMETERS["block_share"].default, 0.03)
