"""What came of a chapter's run, in sentences that follow from the numbers and claim no more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from experiments.metrics import metric
from experiments.webapp.story.chapters import Asking, Because, Chapter
from experiments.wording import capital
from simulation import ScenarioError
from simulation.errors import Problem, show

Choice = Literal["a", "b", "neither"]
Guess = Choice | float
"""Which firm has more of it, or a difference in the units of the slider."""

NEITHER: Choice = "neither"
_CHOICES: tuple[Choice, ...] = ("a", "b", NEITHER)

State = Literal["nothing", "early", "unsure", "clear"]
Mark = Literal["none", "right", "direction", "wrong", "open"]

_LEVEL = "95 % interval"


class Found(NamedTuple):
    """A measure in both firms.

    Attributes
    ----------
    a, b, difference, low, high : float
        Means, the mean of A - B and its interval, in the measure's own unit; NaN where unknown.
    pairs : int
        Pairs of runs behind it.
    """

    a: float
    b: float
    difference: float
    low: float
    high: float
    pairs: int

    @property
    def state(self) -> State:
        """What can be said of the difference."""
        if self.pairs == 0 or not math.isfinite(self.difference):
            return "nothing"
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            return "early"
        return "clear" if self.low > 0 or self.high < 0 else "unsure"

    def turned(self, sign: int) -> tuple[float, float, float]:
        """Difference, low and high as A - B (1) or as B - A (-1)."""
        low, high = (self.low, self.high) if sign > 0 else (-self.high, -self.low)
        return sign * self.difference, low, high


def tell(chapter: Chapter, result: Mapping[str, Any], guess: Guess | None = None) -> dict[str, Any]:
    """Say what a run has found, and how the guess stands beside it.

    Parameters
    ----------
    chapter : Chapter
        Whose question was asked.
    result : mapping
        The `snapshot` of the comparison so far.
    guess : "a", "b", "neither" or float, optional
        As the chapter's kind of question has it.

    Returns
    -------
    dict
        `state` (nothing, early with one pair, unsure, clear); `pairs`, `failed` (a sentence, or
        empty); `answer`; `difference`, `low` and `high` in the units of the slider, turned as the
        question asks, None where unknown, and the same in words in `interval`; `guess` and
        `verdict` in words, `mark` of the verdict; `because`, a sentence each.

    Raises
    ------
    ScenarioError
        If the guess is none for this kind of question.
    """
    asking = chapter.question
    if guess is not None:
        _check(asking, guess)
    found = _found(result, asking.measure)
    difference, low, high = (asking.scale * x for x in found.turned(asking.sign))
    return {
        "state": found.state,
        "pairs": found.pairs,
        "failed": _failed(int(result.get("failed", 0))),
        "answer": _answer(asking, found),
        "difference": _known(difference),
        "low": _known(low),
        "high": _known(high),
        "interval": _interval(asking, found),
        "guess": "" if guess is None else _guessed(asking, guess),
        "mark": "none" if guess is None else _mark(asking, found, guess),
        "verdict": "" if guess is None else _verdict(asking, found, guess),
        "because": [_because(one, _found(result, one.measure)) for one in chapter.because],
    }


def _found(result: Mapping[str, Any], key: str) -> Found:
    """A measure of a snapshot; without it, one of which nothing is known."""
    row = next((row for row in result.get("measures", ()) if row["key"] == key), None)
    numbers: Mapping[str, Any] = row["numbers"] if row else {}
    names = ("A", "B", "difference", "low", "high")
    a, b, difference, low, high = (
        math.nan if numbers.get(name) is None else float(numbers[name]) for name in names
    )
    return Found(a, b, difference, low, high, int(numbers.get("pairs") or 0))


def _check(asking: Asking, guess: Guess) -> None:
    if asking.kind == "choice":
        if guess not in _CHOICES:
            raise ScenarioError(
                [Problem(field="guess", given=show(guess), allowed="a, b or neither")]
            )
    elif isinstance(guess, str) or not abs(guess) <= asking.reach:
        allowed = f"a number from {-asking.reach:g} to {asking.reach:g}"
        raise ScenarioError([Problem(field="guess", given=show(guess), allowed=allowed)])


def _amount(asking: Asking, size: float) -> str:
    """An amount without its sign; of a share the bare points, which the sentences are made for."""
    return asking.metric.difference(size, unit=asking.metric.unit != "share", sign=False)


def _higher(ahead_is_a: bool) -> dict[str, str]:
    return {"higher": "A", "lower": "B"} if ahead_is_a else {"higher": "B", "lower": "A"}


def _says(asking: Asking, difference: float) -> str:
    """The sentence with an amount, for a difference A - B."""
    amount = _amount(asking, abs(difference))
    return capital(asking.says.format(amount=amount, **_higher(difference > 0)))


def _answer(asking: Asking, found: Found) -> str:
    match found.state:
        case "nothing":
            return "No pair of firms has come to its end with a number for this question."
        case "early":
            same = found.difference == 0
            said = "They do not differ" if same else _says(asking, found.difference)
            return f"{said}: a single pair so far, and one pair may be luck."
        case "unsure" if found.low == found.high == 0:
            return "The two firms do not differ at all in this."
        case "unsure":
            return (
                "These runs cannot tell the two firms apart in this: "
                f"the {_LEVEL} reaches from one side of zero to the other."
            )
    return f"{_says(asking, found.difference)}."


def _interval(asking: Asking, found: Found) -> str:
    """The difference with its interval, turned as the question asks."""
    if found.state == "nothing":
        return ""
    difference, low, high = found.turned(asking.sign)
    told = f"{'A − B' if asking.sign > 0 else 'B − A'}: {asking.metric.difference(difference)}"
    if found.state == "early":
        return f"{told}, no interval yet"
    write = asking.metric.difference
    near = min(low, high, key=abs)
    ends = f"{write(low, unit=False, beside=near)} to {write(high, unit=False, beside=near)}"
    return f"{told} ({_LEVEL} {ends})"


def _guessed(asking: Asking, guess: Guess) -> str:
    if isinstance(guess, str):
        said = "the two can hardly be told apart" if guess == NEITHER else _claim(asking, guess)
        return f"You expected: {said}."
    difference = asking.sign * guess / asking.scale
    return f"You expected: {_says(asking, difference) if guess else 'no difference'}."


def _claim(asking: Asking, guess: Choice) -> str:
    return asking.claim.format(higher=guess.upper())


def _mark(asking: Asking, found: Found, guess: Guess) -> Mark:
    """How a guess stands beside what was found."""
    if found.state in ("nothing", "early"):
        return "none"
    difference, *_ = found.turned(asking.sign)
    if isinstance(guess, str):
        if found.state == "unsure":
            return "right" if guess == NEITHER else "open"
        return "right" if guess == ("a" if found.difference > 0 else "b") else "wrong"
    if _within(asking, found, guess, asking.step / 2):  # nobody can guess finer than that
        return "right"
    if found.state == "unsure":
        return "open"
    return "direction" if guess * difference > 0 else "wrong"


def _within(asking: Asking, found: Found, guess: float, margin: float = 0.0) -> bool:
    """Whether a guess lies in the interval, or no further from it than a margin."""
    _, low, high = (asking.scale * x for x in found.turned(asking.sign))
    return low - margin <= guess <= high + margin


def _verdict(asking: Asking, found: Found, guess: Guess) -> str:
    """The same in a sentence."""
    chosen = isinstance(guess, str)
    match _mark(asking, found, guess), found.state:
        case "right", "unsure" if chosen:
            return "That is as much as these runs can say."
        case "right", _ if chosen:
            return "That is what came out."
        case "right", _ if not _within(asking, found, float(guess)):
            return "Your guess lies beside the interval, by less than the slider can tell."
        case "right", "unsure":
            return "Your guess lies within the interval, and so does no difference at all."
        case "right", _:
            return "Your guess is as good as the run: it lies within the interval."
        case "direction", _:
            smaller = abs(asking.scale * found.difference) < abs(float(guess))
            size = "smaller" if smaller else "larger"
            return f"You had the direction; the difference came out {size} than you thought."
        case "wrong", _:
            if guess in (NEITHER, 0):
                return "You expected no difference to speak of; the runs show one."
            return "It came out the other way round."
        case "open", _:
            return (
                "Whether you are right stays open: too few runs, or firms too much alike."
                if chosen
                else "A difference as large as that does not go with these runs; "
                "which firm is ahead stays open."
            )
    return ""


def _because(one: Because, found: Found) -> str:
    measure = metric(one.measure)
    a, b = measure.value(found.a), measure.value(found.b)
    if found.state == "nothing":
        return f"{capital(measure.label)}: nothing is known of it from these runs."
    if found.state == "unsure" or found.difference == 0:
        return f"{capital(measure.label)}: {a} in A, {b} in B; these runs cannot tell them apart."
    high, low = (a, b) if found.difference > 0 else (b, a)
    said = one.says.format(high=high, low=low, **_higher(found.difference > 0))
    return capital(said)


def _failed(runs: int) -> str:
    if runs == 0:
        return ""
    said = "1 run failed and is" if runs == 1 else f"{runs} runs failed and are"
    return f"{said} left out, with the other firm of the pair."


def _known(x: float) -> float | None:
    return x if math.isfinite(x) else None
