"""The interview at a terminal, or over a pipe: one question after another."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from experiments.interview import asked
from experiments.interview.draft import Draft
from simulation.errors import Problem, ScenarioError

_INTRODUCTION = (
    "Some twenty questions about your firm. Enter takes the answer in brackets; ? means that you "
    "do not know. Ctrl-C leaves, and nothing is written."
)


def interview(console: Console) -> tuple[Draft, dict[str, str]]:
    """Ask everything.

    Parameters
    ----------
    console : rich.console.Console
        Where questions are put. Answers come from standard input.

    Returns
    -------
    draft : Draft
        What was understood.
    answers : dict of str to str
        What was said, by key of the question.

    Raises
    ------
    ScenarioError
        If the input ends before the last question, or an answer is refused that came through a
        pipe or from a file.
    """
    console.print(Text(_INTRODUCTION))
    draft, answers, block = Draft(), {}, ""
    for question in asked(draft):
        if question.block != block:
            block = question.block
            console.print(Text(f"\n{block}", "bold"))
        console.print(Text(f"\n{question.text}"))
        console.print(Text(f"  {question.examples}", "dim"))
        default = question.default(draft)
        while True:
            said = _line(console, question.key, default)
            try:
                answers[question.key] = question.answer(said, draft)
            except ScenarioError as error:
                if not sys.stdin.isatty():
                    # Nobody is there to answer again: the next line belongs to the next question.
                    raise question.naming(error) from None
                console.print(Text("\n".join(map(str, error.problems)), "yellow"))
            else:
                break
    return draft, answers


def _line(console: Console, key: str, default: str) -> str:
    try:
        said = console.input(Text(f"[{default}] "))
    except EOFError:
        raise ScenarioError(
            [
                Problem(
                    field=key,
                    given="the end of the input before the last question",
                    allowed="an answer to each; nothing was written",
                )
            ]
        ) from None
    if not sys.stdin.isatty():
        # A pipe does not show what it answers.
        console.print(Text(said))
    # What a terminal or a file cannot show has no place in an answer.
    return "".join(sign for sign in said if sign.isprintable())
