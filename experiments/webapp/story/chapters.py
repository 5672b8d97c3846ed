"""The chapters as data: what is in the model by then, what is asked, what may be tried."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, Strict, ValidationError, model_validator

from experiments.metrics import Metric, is_listed, metric
from experiments.webapp.question import AskedFirm, Question, Value
from simulation import ScenarioError, translate
from simulation.dials import DIALS
from simulation.errors import Problem, show
from simulation.fields import Name, Part, Real, Share, Text
from simulation.nodes import wrap
from simulation.scenario_checks import refuse, unknown

CHAPTERS = 8

_POINTS = 100  # a share is guessed in points
_PARAGRAPH = 600  # letters at most
_WORDS = {
    "claim": {"higher"},
    "says": {"higher", "lower", "amount"},
    "because": {"higher", "lower", "high", "low"},
}

Number = Annotated[int, Strict(), Field(ge=1, le=CHAPTERS)]
Overrides = dict[str, Value]


class StoryPart(Part):
    """Something that is in the model from a chapter on, and how it is left out before."""

    since: Number
    name: Text
    off: Overrides = Field(default_factory=dict)


class Told(Part):
    """A firm of a chapter: its name, and by what it differs."""

    name: Text
    describes: Text
    regime: Name
    dials: dict[Name, Share] = Field(default_factory=dict)


class Asking(Part):
    """The question: a choice between the firms, or a slider for a difference."""

    asks: Text
    kind: Literal["choice", "slider"]
    measure: Name
    minuend: Literal["a", "b"] = Field("a", description="Of which firm the difference is told.")
    claim: Text = Field(description="What is true of the firm with more of it.")
    says: Text = Field(description="The same with the amount.")
    reach: Annotated[Real, Field(gt=0)] = Field(description="The scale, from minus to plus.")
    step: Annotated[Real, Field(gt=0)] = 1.0
    unit: Text = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(
            [
                *_strange_measure(self.measure),
                *_strange_words("claim", self.claim, _WORDS["claim"]),
                *_strange_words("says", self.says, _WORDS["says"]),
            ]
        )
        if self.step > self.reach:
            refuse([Problem(field="step", given=show(self.step), allowed=f"up to {self.reach:g}")])
        return self

    @property
    def metric(self) -> Metric:
        """The measure."""
        return metric(self.measure)

    @property
    def sign(self) -> int:
        """1 if the difference is A - B, -1 if it is B - A."""
        return 1 if self.minuend == "a" else -1

    @property
    def scale(self) -> int:
        """What a difference is multiplied with to be in the units of the slider."""
        return _POINTS if self.metric.unit == "share" else 1


class Because(Part):
    """A measure that stands beside the answer, and how it is spoken of."""

    measure: Name
    says: Text

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(
            [
                *_strange_measure(self.measure),
                *_strange_words("says", self.says, _WORDS["because"]),
            ]
        )
        return self


class Try(Part):
    """Something that the reader may move before another run."""

    where: Literal["a", "b", "both", "firm"]
    key: Annotated[str, Strict(), Field(max_length=100)]
    label: Text
    low: Real
    high: Real
    step: Annotated[Real, Field(gt=0)]
    start: Real = Field(description="Where it stands in the chapter.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.low <= self.start <= self.high or self.low == self.high:
            allowed = f"between low and high, here {self.low:g} and {self.high:g}"
            refuse([Problem(field="start", given=show(self.start), allowed=allowed)])
        if self.where != "firm" and self.key not in DIALS:
            refuse([unknown("key", self.key, DIALS)])
        return self


class Chapter(Part):
    """One idea: a text, a question, what stands beside the answer, and something to try."""

    key: Name
    title: Text
    text: tuple[Annotated[str, Strict(), Field(min_length=1, max_length=_PARAGRAPH)], ...] = Field(
        min_length=2, max_length=3
    )
    scenario: Name
    years: Annotated[Real, Field(gt=0, le=30)]
    replications: Annotated[int, Strict(), Field(ge=2, le=50)]
    overrides: Overrides = Field(default_factory=dict)
    a: Told
    b: Told
    question: Asking
    because: tuple[Because, ...] = Field(min_length=2, max_length=4)
    tries: tuple[Try, ...] = Field(min_length=1, max_length=2)
    note: Text = ""
    player: Annotated[bool, Strict()] = False

    def ask(self, neutral: Mapping[str, Value]) -> Question:
        """The comparison of the chapter, with the parts switched off that are still to come."""
        firms = (
            AskedFirm(regime=self.a.regime, dials=self.a.dials),
            AskedFirm(regime=self.b.regime, dials=self.b.dials),
        )
        return Question(
            scenario=self.scenario,
            firms=firms,
            overrides={**neutral, **self.overrides},
            years=self.years,
            replications=self.replications,
        )


class Story(Part):
    """All chapters, and the parts that come in with them."""

    parts: tuple[StoryPart, ...]
    chapters: tuple[Chapter, ...] = Field(min_length=CHAPTERS, max_length=CHAPTERS)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = [chapter.key for chapter in self.chapters]
        twice = {key for key in keys if keys.count(key) > 1}
        allowed = "a key that no other chapter has"
        refuse([Problem(field="chapters", given=show(key), allowed=allowed) for key in twice])
        problems = []
        for number, chapter in enumerate(self.chapters, 1):
            try:
                chapter.ask(self.neutral(number)).design()
            except ScenarioError as error:
                place = f"chapters.{chapter.key}"
                problems += [
                    Problem(
                        field=f"{place}.{problem.field}",
                        given=problem.given,
                        allowed=problem.allowed,
                        nearest=problem.nearest,
                    )
                    for problem in error.problems
                ]
        refuse(problems)
        return self

    def neutral(self, number: int) -> Overrides:
        """What leaves out of a chapter the parts that come in later."""
        later = [part.off for part in self.parts if part.since > number]
        return {key: value for off in later for key, value in off.items()}

    def question(self, number: int) -> Question:
        """The comparison that a chapter asks for."""
        return self.chapters[number - 1].ask(self.neutral(number))

    @cached_property
    def page(self) -> list[dict[str, Any]]:
        """The chapters as the page has to know them."""
        return [
            {
                **chapter.model_dump(exclude={"scenario", "years", "replications", "overrides"}),
                "scale": chapter.question.scale,
                "parts": [
                    {"name": part.name, "since": part.since}
                    for part in sorted(self.parts, key=lambda part: part.since)
                ],
                "asked": self.question(number).model_dump(mode="json"),
            }
            for number, chapter in enumerate(self.chapters, 1)
        ]


def _strange_measure(key: str) -> Iterator[Problem]:
    if not is_listed(key):
        yield Problem(field="measure", given=show(key), allowed="a measure of the table")


def _strange_words(field: str, text: str, allowed: Iterable[str]) -> Iterator[Problem]:
    """Names in curly brackets that nothing will be put in for, or that are missing."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if names != set(allowed):
        needs = ", ".join(f"{{{name}}}" for name in sorted(allowed))
        yield Problem(field=field, given=show(text), allowed=f"a sentence with {needs}")


def read(text: str) -> Story:
    """A story from the text of its file.

    Raises
    ------
    ScenarioError
        If anything in it is not allowed, or a chapter could not be run.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem(field="story", given=show(str(error)), allowed="a file in TOML")
        raise ScenarioError([problem]) from None
    try:
        return Story.model_validate(data)
    except ValidationError as error:
        raise translate.refusal(error, Story, wrap(data)) from None


@cache
def story() -> Story:
    """The story that comes with raison."""
    return read(files("experiments.webapp.story").joinpath("story.toml").read_text("utf-8"))
