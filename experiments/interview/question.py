"""One question of the interview: how it is put, read, and what its answer does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from experiments.interview.draft import Draft

DONT_KNOW = "?"


def _always(_: Draft) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """A question as data.

    Attributes
    ----------
    key : str
        Its name in a mapping of answers.
    block : str
        Heading under which it is asked.
    text : str
        The question.
    examples : str
        What an answer may look like.
    default : callable
        From the draft to the answer that is offered.
    parse : callable
        From an answer and the draft to a value; raises ScenarioError for a wrong one.
    effect : callable
        Puts the value into the draft. Its last argument is whether the answer is known: where it
        is not, the range that goes with it is wide.
    applies : callable
        Whether the question is asked at all, given the draft.
    """

    key: str
    block: str
    text: str
    examples: str
    default: Callable[[Draft], str]
    parse: Callable[[str, Draft], Any]
    effect: Callable[[Draft, Any, bool], None]
    applies: Callable[[Draft], bool] = _always

    def answer(self, text: str, draft: Draft) -> None:
        """Read an answer into the draft.

        Parameters
        ----------
        text : str
            The answer; an empty one takes the default, `?` the default with a wide range.
        draft : Draft
            What is understood so far. A refused answer leaves it as it was.

        Raises
        ------
        ScenarioError
            If the answer cannot be understood; says what is allowed.
        """
        said = text.strip()
        known = said != DONT_KNOW
        value = self.parse(said if known and said else self.default(draft), draft)
        self.effect(draft, value, known)
