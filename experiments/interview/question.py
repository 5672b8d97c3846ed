"""One question of the interview: how it is put, read, and what its answer does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from experiments.interview.draft import Draft
from simulation.errors import ScenarioError

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

    def answer(self, text: str, draft: Draft) -> str:
        """Read an answer into the draft.

        Parameters
        ----------
        text : str
            The answer; an empty one takes the default, `?` the default with a wide range. The key
            and a colon may stand before it, as where a list of answers is printed.
        draft : Draft
            What is understood so far. A refused answer leaves it as it was.

        Returns
        -------
        str
            The answer without its key; the default for an empty one.

        Raises
        ------
        ScenarioError
            If the answer cannot be understood; says what is allowed.
        """
        bare = re.sub(rf"^\s*{self.key}\s*:", "", text, flags=re.IGNORECASE)
        default = self.default(draft)
        said = bare.strip() or default
        known = said != DONT_KNOW
        self.effect(draft, self.parse(said if known else default, draft), known)
        return said

    def naming(self, error: ScenarioError) -> ScenarioError:
        """The same refusal, saying which question was answered."""
        return ScenarioError(
            replace(problem, field=problem.field or self.key) for problem in error.problems
        )
