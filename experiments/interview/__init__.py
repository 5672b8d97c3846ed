"""The interview: questions about one's own firm, asked in order, and the scenario they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from experiments.interview.draft import Draft
from experiments.interview.firm import scenario_of
from experiments.interview.question import DONT_KNOW, Question
from experiments.interview.questions import QUESTIONS
from simulation import Scenario, ScenarioError
from simulation.errors import Problem, nearest, show


def asked(draft: Draft) -> Iterator[Question]:
    """The questions that apply, one after another; answer each into `draft` before the next.

    Some depend on what was said before: who has no distributors is not asked what say they have.
    """
    for question in QUESTIONS:
        if question.applies(draft):
            yield question


def scenario_from_answers(answers: Mapping[str, str], name: str = "unnamed") -> Scenario:
    """Turn answers into a scenario, without asking.

    Parameters
    ----------
    answers : mapping of str to str
        Plain answers by key of the question. One that is missing is not known (`?`); an empty one
        takes what the interview offers.
    name : str
        Name of the scenario.

    Returns
    -------
    Scenario
        With the firm's own regime, standard hours, and ranges in `uncertain`.

    Raises
    ------
    ScenarioError
        If there is no such question, or an answer cannot be understood.
    """
    return scenario_of(draft_from_answers(answers), name)


def draft_from_answers(answers: Mapping[str, str]) -> Draft:
    """Answer every question from a mapping; see `scenario_from_answers`."""
    keys = [question.key for question in QUESTIONS]
    problems = [
        Problem(field=key, given="an unknown question", allowed=", ".join(keys), nearest=near)
        for key in answers
        if key not in keys
        for near in [nearest(key, keys)]
    ]
    if problems:
        raise ScenarioError(problems)
    draft = Draft()
    for question in asked(draft):
        text = answers.get(question.key, DONT_KNOW)
        if not isinstance(text, str):
            raise ScenarioError([Problem(field=question.key, given=show(text), allowed="text")])
        try:
            question.answer(text, draft)
        except ScenarioError as error:
            raise question.naming(error) from None
    return draft
