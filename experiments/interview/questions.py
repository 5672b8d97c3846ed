"""The questions of the interview, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from experiments.interview import customers as customers
from experiments.interview import staff as staff
from experiments.interview.answers import (
    hours_of_week,
    hundred,
    number,
    parts,
    plain,
    refused,
    scale,
    yes_or_no,
)
from experiments.interview.draft import NEUTRAL_LEAVING, Draft
from experiments.interview.question import Question
from simulation.dials import MEASURES
from simulation.errors import nearest, one_of

_HOUSE, _MARKET, _RULES = "The firm", "Its customers", "How things are done"
_NARROW, _WIDE = 0.1, 0.3  # how far from an answer a dial may lie: a definite one, and `?`
_SHARES = "three shares that add up to 100, such as 20/60/20"
_HOURS = "hours a week such as '2 hours', a percentage such as 5 %, or none (half the week at most)"

_OFTEN = {"never": 0.05, "rarely": 0.2, "sometimes": 0.4, "half": 0.5, "often": 0.7, "always": 0.9}
_WINS = {
    "the colleague": 0.3,
    "half": 0.5,
    "mostly the customer": 0.65,
    "the customer": 0.8,
    "always the customer": 0.95,
}
_FREEDOM = {"freely": 0.2, "often": 0.4, "sometimes": 0.6, "rarely": 0.8, "never": 1.0}
_MISHAP = {"forgiven": 0.05, "mostly forgiven": 0.2, "depends": 0.4, "mostly a rule": 0.6}
_MISHAP |= {"a new rule": 0.8}
_SAY = {"none": 0.05, "a little": 0.15, "some": 0.3, "half": 0.5, "much": 0.8}
_FIRST = {"all alike": 0.1, "a little": 0.3, "half": 0.5, "one first": 0.7, "only one": 0.95}
_CARE = {"little": 0.2, "some": 0.4, "fair": 0.6, "much": 0.8, "all one can": 0.95}
_PACE = {"hardly": 0.01, "slowly": 0.02, "steadily": 0.03, "fast": 0.05, "very fast": 0.08}


def _dial(
    key: str,
    dial: str,
    text: str,
    words: Mapping[str, float],
    ends: tuple[str, str],
    default: str,
    applies: Callable[[Draft], bool] = lambda _: True,
) -> Question:
    """Make a question whose answer is one dial of the regime."""
    read = scale(words, *ends)

    def effect(draft: Draft, value: float, known: bool) -> None:
        draft.dials[dial] = value
        draft.set_range(dial, value, _NARROW if known else _WIDE)

    examples = f"{', '.join(words)}; or a number from 0 ({ends[0]}) to 100 ({ends[1]})"
    return Question(
        key, _RULES, text, examples, lambda _: default, lambda t, _: read(t), effect, applies
    )


def _bonus(text: str, _: Draft) -> list[float]:
    said = [piece for piece in parts(text.replace(",", "/").replace(" ", "/"), "/") if piece != "%"]
    if len(said) != 3:
        raise refused(text, _SHARES)
    return hundred([number(piece.rstrip("%"), _SHARES) for piece in said], text, _SHARES)


def _set_bonus(draft: Draft, shares: list[float], known: bool) -> None:
    draft.dials |= dict(zip(MEASURES, shares, strict=True))
    # One range for all three: the other two measures make room in proportion.
    draft.set_range(MEASURES[0], shares[0], _NARROW if known else _WIDE)


def _set_listening(draft: Draft, value: float, known: bool) -> None:
    draft.dials["listening"] = value
    draft.set_range("listening", value, 0.01 if known else 0.04)


def _set_cco(draft: Draft, value: bool, _: bool) -> None:
    draft.cco = value


def _set_pace(draft: Draft, value: float, known: bool) -> None:
    draft.turbulence = value
    draft.set_range("market.turbulence", value, 0.01 if known else 0.03)


def _pace(text: str, _: Draft) -> float:
    words = plain(text)
    if words not in _PACE:
        raise refused(text, one_of(_PACE), nearest(words, _PACE))
    return _PACE[words]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "departments",
        _HOUSE,
        "Which departments are there, and how many people has each?",
        "sales 12, support 30, it 6; with its own pay: it 6 at 1700 a week",
        lambda _: (
            "sales 6, support 12, operations 12, it 5, finance 3, hr 2, product 8, executive 2"
        ),
        staff.read_departments,
        staff.set_departments,
    ),
    Question(
        "kinds",
        _HOUSE,
        "Who meets customers, who shapes the offer, who leads? (All others serve colleagues.)",
        "front: sales, support; offer: product; lead: executive. A part left out stays as guessed",
        staff.guess_kinds,
        staff.read_kinds,
        staff.set_kinds,
    ),
    Question(
        "pay",
        _HOUSE,
        "What does a person cost the firm on average, rent and machines apart?",
        "1300 a week, 5600 a month, 68k a year",
        lambda _: "1300 a week",
        staff.read_pay,
        staff.set_pay,
    ),
    Question(
        "asks",
        _HOUSE,
        "Who has to ask whom before they can do their own work?",
        "everyone: it, hr; front: product; support: it 0.5 (times a week for each of them)",
        staff.guess_asks,
        staff.read_asks,
        staff.set_asks,
    ),
    Question(
        "customers",
        _MARKET,
        "How many customers are there, out of how many who could be?",
        "8000 of 20000",
        customers.guess_customers,
        customers.read_customers,
        customers.set_customers,
    ),
    Question(
        "groups",
        _MARKET,
        "Are there groups of customers who want different things? With shares in per cent.",
        "no; business 35, private 65",
        lambda _: "no",
        customers.read_groups,
        customers.set_groups,
    ),
    Question(
        "channel",
        _MARKET,
        "What share of the customers comes through distributors (dealers, brokers, agents)?",
        "none; 30 % through 8",
        lambda _: "none",
        customers.read_channel,
        customers.set_channel,
    ),
    Question(
        "needs",
        _MARKET,
        "How often does a customer need something: a call, an order, a repair?",
        "5 a year, twice a month, weekly",
        lambda _: "5 a year",
        customers.read_needs,
        customers.set_needs,
    ),
    Question(
        "ways",
        _MARKET,
        "Through whom does such a matter travel? With shares in per cent; > hands it on.",
        "support 60, support > operations 30, support > it 10",
        customers.guess_ways,
        customers.read_ways,
        customers.set_ways,
    ),
    Question(
        "margin",
        _MARKET,
        "What does a customer bring on average, goods and materials deducted, people not?",
        "70 a week, 300 a month, 3600 a year",
        customers.guess_margin,
        customers.read_margin,
        customers.set_margin,
    ),
    Question(
        "unequal",
        _MARKET,
        "What share of that comes from the best fifth of the customers?",
        "60 %; from 21 (all nearly alike) to 98",
        lambda _: "58 %",
        customers.read_unequal,
        customers.set_unequal,
    ),
    Question(
        "leaving",
        _MARKET,
        "Of a hundred customers, how many leave in a year?",
        "17; from 1 to 60",
        lambda _: f"{100 * NEUTRAL_LEAVING:.0f}",
        customers.read_leaving,
        customers.set_leaving,
    ),
    Question(
        "pace",
        _MARKET,
        "How fast does it change what customers want?",
        f"{', '.join(_PACE)}",
        lambda _: "steadily",
        _pace,
        _set_pace,
    ),
    _dial(
        "settles",
        "customer_priority",
        "A colleague's wish and a customer's matter lie on the same desk. Who wins?",
        _WINS,
        ("the colleague", "the customer"),
        "mostly the customer",
    ),
    _dial(
        "sight",
        "line_of_sight",
        "Do people in the back office know for which customer they are working?",
        _OFTEN,
        ("never", "always"),
        "half",
    ),
    _dial(
        "courtesy",
        "colleague_as_customer",
        "Are colleagues spoken of, served and rated as customers?",
        _OFTEN,
        ("never", "always"),
        "half",
    ),
    _dial(
        "free",
        "captivity",
        "Can a department buy outside, or say no to a colleague?",
        _FREEDOM,
        ("freely", "never"),
        "rarely",
    ),
    Question(
        "bonus",
        _RULES,
        "What does a bonus or a promotion hang on: what becomes of customers / the department's "
        "own figures / the boss's opinion?",
        f"{_SHARES}",
        lambda _: "45/40/15",
        _bonus,
        _set_bonus,
    ),
    Question(
        "listening",
        _RULES,
        "How much of a working week goes into listening to those one serves, beyond doing what "
        "they ask for?",
        "none, 1 hour, half a day, 5 %",
        lambda _: "1.6 hours",
        lambda text, _: hours_of_week(text, _HOURS),
        _set_listening,
    ),
    _dial(
        "mishap",
        "risk_aversion",
        "Something goes wrong. Is there a new rule, or is it forgiven?",
        _MISHAP,
        ("forgiven", "a new rule"),
        "depends",
    ),
    _dial(
        "voice",
        "distributor_voice",
        "How much say have distributors in what is offered?",
        _SAY,
        ("none", "they decide"),
        "a little",
        lambda draft: draft.distributors > 0,
    ),
    _dial(
        "focus",
        "focus",
        "Are all groups of customers served alike, or does the most valuable one come first?",
        _FIRST,
        ("all alike", "only one"),
        "a little",
        lambda draft: len(draft.groups) > 1,
    ),
    _dial(
        "care",
        "care",
        "How much is done for the people who work there: time, money, recognition?",
        _CARE,
        ("nothing", "all one can"),
        "fair",
    ),
    Question(
        "cco",
        _RULES,
        "Is there a chief customer officer?",
        "yes, no",
        lambda _: "no",
        lambda text, _: yes_or_no(text),
        _set_cco,
    ),
)
