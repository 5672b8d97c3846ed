"""A firm's own months: what is read, what is refused and how, what the model says of a month."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.fit.columns import COLUMNS, MOVED_BY, in_months, monthly, weeks_of
from experiments.fit.data import Data
from simulation import ScenarioError
from simulation.parameters import PARAMETERS

HEADER = "month,retention_month,requests,profit"


def rows(count: int = 14, first: int = 1) -> list[str]:
    return [f"{first + i},0.98,{300 + i},{-50 + i}" for i in range(count)]


def written(folder: Path, lines: list[str]) -> Path:
    file = folder / "ours.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def refusal(folder: Path, lines: list[str]) -> str:
    with pytest.raises(ScenarioError) as refused:
        Data.read(written(folder, lines))
    return str(refused.value)


def test_numbers_of_months(tmp_path: Path) -> None:
    data = Data.read(written(tmp_path, [HEADER, *rows()]))
    assert data.columns == ["retention_month", "requests", "profit"]
    assert data.months == tuple(str(i + 1) for i in range(14))
    assert data.values["profit"].tolist() == list(range(-50, -36))


def test_months_of_a_calendar_go_on_over_the_year(tmp_path: Path) -> None:
    months = [f"2023-{i:02d}" for i in range(7, 13)] + [f"2024-{i:02d}" for i in range(1, 7)]
    data = Data.read(written(tmp_path, ["month,lost", *(f"{m},3" for m in months)]))
    assert data.months[5:7] == ("2023-12", "2024-01")


def test_empty_cells_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    lines = ["month;satisfaction", *(f"{i};{'' if i % 2 else '0,71'}" for i in range(1, 15)), ""]
    data = Data.read(written(tmp_path, lines))
    assert data.values["satisfaction"].isna().sum() == 7
    assert data.values["satisfaction"].max() == 0.71


def test_a_point_beside_decimal_commas_is_one_of_two_numbers(tmp_path: Path) -> None:
    months = [f"{i};{300 + i},5;{-50 - i}" for i in range(1, 14)]
    said = refusal(tmp_path, ["month;requests;profit", *months, "14;1.234;-1.234"])
    assert "ours.csv:15: requests: given '1.234', allowed 1234, or 1,234: elsewhere" in said
    assert "ours.csv:15: profit: given '-1.234', allowed -1234, or -1,234" in said
    points = [month.replace(",", ".") for month in months]
    data = Data.read(written(tmp_path, ["month;requests;profit", *points, "14;1.234;5"]))
    assert data.values["requests"].tolist()[-1] == 1.234


def test_a_byte_order_mark_of_a_spreadsheet_is_no_letter(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_bytes("\ufeffmonth,lost\r\n".encode() + b"".join(b"%d,3\r\n" % i for i in range(12)))
    assert Data.read(file).columns == ["lost"]


def test_the_digest_is_of_what_the_file_says(tmp_path: Path) -> None:
    first = Data.read(written(tmp_path, [HEADER, *rows()]))
    same = Data.read(
        written(tmp_path, [HEADER, "", *(row.replace("0.98", "0.980") for row in rows())])
    )
    other = Data.read(written(tmp_path, [HEADER, *rows(first=2)]))
    assert first.digest == same.digest != other.digest


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([HEADER, *rows(8)], "8 months, allowed 12 or more"),
        ([HEADER, *rows()[:5], *rows()[6:]], "ours.csv:7: month: given 7, allowed 6, the month"),
        ([HEADER, *rows()[:5], rows()[4], *rows()[5:]], "month: given 5, allowed 6"),
        (["month,lost", "2023-11,3", "2024-01,3"], "given 2024-01, allowed 2023-12"),
        (["month,lost", "2023-11,3", "12,3"], "given '12', allowed YYYY-MM"),
        (["month,lost", "2023-13,3"], "allowed YYYY-MM"),
        (["month,lost", "January,3"], "a whole number, 1, 2, ..., or YYYY-MM"),
        (["month,retention", "1,0.9"], "did you mean 'retention_year'?"),
        (["month,Requests", "1,3"], "did you mean 'requests'?"),
        (["lost,active", "1,3"], "given no column month"),
        (["month", "1"], "nothing but months"),
        (["month,lost,lost", "1,2,3"], "2 columns, allowed one"),
        (["month,lost", "1,2,3"], "ours.csv:2: given 3 cells, allowed 2"),
        ([""], "an empty file"),
        ([HEADER, "1,84,3,4"], "ours.csv:2: retention_month: given 84, allowed a share from 0 "
                               "to 1: 0.84 for 84 %"),
        ([HEADER, "1,84 %,3,4"], "given '84 %', allowed a number without a sign: 0.84"),
        ([HEADER, "1,0.9,-3,4"], "requests: given -3, allowed 0 or more"),
        ([HEADER, "1,0.9,1 200,4"], "without spaces"),
        ([HEADER, "1,0.9,nan,4"], "a number, or an empty cell"),
        (["month,satisfaction", "1,4.2"], "a mark m from 1 to 5 is (m - 1) / 4"),
        (["month,loyalty_index", "1,35"], "-1 to 1: 0.35 for 35"),
        (["month,lost", *(f"{i},{'' if i > 3 else 2}" for i in range(1, 15))], "given 3 values"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(lines: list[str], said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, lines)


def test_everything_wrong_is_told_at_once_but_not_without_end(tmp_path: Path) -> None:
    told = refusal(tmp_path, [HEADER, "1,2,-3,x", *rows(12, 2)])
    assert told.count("\n") == 2
    many = refusal(tmp_path, [HEADER, *(row.replace("0.98", "98") for row in rows(40))])
    assert "28 more such faults" in many


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "not there"), (b"\xff\xfe\x00m", "not text"), (b"x" * 1_000_001, "over 1 MB")],
)
def test_files_that_cannot_be_read(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ScenarioError, match=said):
        Data.read(file)
    with pytest.raises(ScenarioError, match="a folder"):
        Data.read(tmp_path)


def test_weeks_are_divided_among_months() -> None:
    part = in_months(weeks_of(12), 12)
    assert part.shape == (12, 52)
    assert part.sum(axis=1) == pytest.approx([52 / 12] * 12)
    assert part.sum(axis=0) == pytest.approx([1] * 52)
    assert part[0, 4] == pytest.approx(1 / 3)
    later = in_months(weeks_of(12, 10), 12, 10)
    assert later[:, :10].sum() == 0
    assert later[:, 10:] == pytest.approx(part)


def test_the_models_months() -> None:
    weeks = np.arange(52.0)
    weekly = pd.DataFrame(
        {
            "active": 100.0 + weeks, "joined": 3.0, "lost": 2.0, "revenue": 12.0,
            "satisfaction": np.where(weeks == 1, np.nan, 0.7), "needs": 1.0,
        }
    )  # fmt: skip
    columns = ["lost", "revenue", "active", "satisfaction", "retention_month", "quits"]
    lost, revenue, active, satisfaction, kept, quits = monthly(weekly, columns, in_months(52, 12))
    assert lost == pytest.approx([2 * 52 / 12] * 12)
    assert revenue.sum() == pytest.approx(12 * 52)
    assert active[0] == 104  # of the week in which the month ends
    assert active[-1] == 151
    assert satisfaction == pytest.approx([0.7] * 12)
    before = 100 + weeks - 3 + 2
    assert kept.prod() == pytest.approx((1 - 2 / before).prod())
    assert np.isnan(quits).all()


def test_what_is_kept_in_a_year_is_what_is_kept_in_twelve_such_months() -> None:
    weekly = pd.DataFrame({"active": [95.0] * 52, "joined": 5.0, "lost": 5.0})
    month, year = monthly(weekly, ["retention_month", "retention_year"], in_months(52, 12))
    assert year == pytest.approx(month**12)
    assert month == pytest.approx([(1 - 5 / 95) ** (52 / 12)] * 12)


def test_every_column_is_documented_and_every_default_is_a_coefficient() -> None:
    text = (Path(__file__).parents[2] / "docs" / "your-data.md").read_text(encoding="utf-8")
    for name, column in COLUMNS.items():
        assert f"| `{name}` |" in text
        assert column.meaning in text
    assert set(MOVED_BY) <= set(PARAMETERS)
    assert {name for names in MOVED_BY.values() for name in names} <= set(COLUMNS)
