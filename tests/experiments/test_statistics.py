"""Statistics of paired differences, against answers worked out by hand and by simulation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import (
    Values,
    WarmUp,
    band,
    break_even,
    confidence_sequence,
    holm,
    paired,
    running_sequence,
    settled,
    warm_up,
)

ALPHA = 0.05
NAN, INF = math.nan, math.inf


# --- paired


def test_paired_statistics() -> None:
    # differences 1, 2, 3, 2: mean 2, sd sqrt(2/3), t(0.975, 3) = 3.182446
    a, b = np.array([11.0, 13, 15, 13]), np.array([10.0, 11, 12, 11])
    found = paired(a, b, direction=1)
    half = 3.182446 * math.sqrt(2 / 3) / 2
    assert (found.pairs, found.mean_a, found.mean_b, found.difference) == (4, 13, 11, 2)
    assert found.low == pytest.approx(2 - half, rel=1e-6)
    assert found.high == pytest.approx(2 + half, rel=1e-6)
    # var A = 8/3, var B = 2/3, var(A - B) = 2/3
    assert found.variance_ratio == pytest.approx(5)
    # 1, 2, 2, 3: a tenth lies 0.3 of the way from the first to the second
    assert (found.p10, found.p50, found.p90) == pytest.approx((1.3, 2, 2.7))


@pytest.mark.parametrize("shift", [0.0, 0.4, -3.0])
def test_the_p_value_is_that_of_the_paired_t_test(shift: float) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(shift, 1, 12), rng.normal(0, 1, 12)
    found = paired(a, b)
    assert found.p == pytest.approx(stats.ttest_rel(a, b).pvalue, rel=1e-9)
    assert (found.p < ALPHA) == (found.low > 0 or found.high < 0)


@pytest.mark.parametrize(("direction", "wins"), [(1, 0.5), (-1, 0.25)])
def test_winning_follows_the_direction_and_a_tie_is_no_win(direction: int, wins: float) -> None:
    a, b = np.array([2.0, 3, 1, 5]), np.array([1.0, 2, 2, 5])
    assert paired(a, b, direction).a_wins == wins


def test_a_neutral_metric_has_no_winner() -> None:
    assert math.isnan(paired(np.ones(3), np.zeros(3)).a_wins)


def test_a_pair_with_a_missing_value_is_left_out() -> None:
    found = paired(np.array([1.0, np.nan, 3]), np.array([0.0, 1, 1]), 1)
    assert (found.pairs, found.difference) == (2, 1.5)


def test_one_pair_has_a_difference_but_no_interval() -> None:
    found = paired(np.array([3.0]), np.array([1.0]), 1)
    assert found.difference == found.p10 == found.p90 == 2
    assert math.isnan(found.low)
    assert math.isnan(found.variance_ratio)
    assert math.isnan(found.p)


def test_differences_that_do_not_vary_are_certain() -> None:
    values = np.array([0.1, 0.2, 0.3])
    assert paired(values, values).p == 1
    same = paired(values + 0.7, values)  # equal but for rounding
    assert same.p == 0
    assert math.isnan(same.variance_ratio)


def test_without_a_pair_nothing_is_known() -> None:
    found = paired(np.array([NAN]), np.array([1.0]))
    assert found.pairs == 0
    assert all(math.isnan(x) for x in (found.difference, found.p, found.p50))


# --- several measures


def test_holm_by_hand() -> None:
    # sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, and never less than the one before
    adjusted = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_passes_over_tests_that_were_not_made() -> None:
    adjusted = holm(np.array([NAN, 0.02, 0.6, NAN, 0.7]))
    assert adjusted == pytest.approx([NAN, 0.06, 1, NAN, 1], nan_ok=True)
    assert holm(np.array([])).shape == (0,)


def test_holm_rarely_finds_what_is_not_there() -> None:
    p = np.random.default_rng(2).uniform(size=(2000, 6))
    wrong = np.mean([bool((holm(row) <= ALPHA).any()) for row in p])
    assert wrong == pytest.approx(ALPHA, abs=0.015)  # 3 standard errors
    assert (p <= ALPHA).any(axis=1).mean() > 0.2


# --- the confidence sequence


def test_the_sequence_by_hand() -> None:
    # alpha .05, tightest at 100: x = log((x + 1) / .0025) gives x = 8.21 and rho^2 = .0821, so that
    # at n = 100 the bound is sqrt(2 (1 + 1/x) log(sqrt(x + 1) / .05)) = 3.035 standard errors of
    # a normal mean, which is as rare as 3.12 of a t with 99 degrees of freedom
    values = np.tile([1.0, 3.0], 50)
    error = math.sqrt(100 / 99) / 10
    low, high = confidence_sequence(values, ALPHA, tightest_at=100)
    x = 8.2098
    normal = math.sqrt(2 * (1 + 1 / x) * math.log(math.sqrt(x + 1) / ALPHA))
    bound = stats.t.isf(stats.norm.sf(normal), 99)
    assert bound == pytest.approx(3.12, abs=0.01)
    assert (low, high) == pytest.approx((2 - bound * error, 2 + bound * error), rel=1e-4)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("at", [60, 150])
def test_the_sequence_is_tightest_where_declared(alpha: float, at: int) -> None:
    values = np.random.default_rng(3).normal(size=200)

    def width(tightest_at: int) -> float:
        low, high = confidence_sequence(values[:at], alpha, tightest_at)
        return high - low

    assert width(at) < min(width(at // 2), width(at - 10), width(at + 10), width(at * 2))


def test_there_is_no_statement_before_the_first_look() -> None:
    values = np.arange(30.0)
    low, high = running_sequence(values, least=20)
    assert np.isinf(low[:19]).all()
    assert np.isinf(high[:19]).all()
    assert np.isfinite(low[19:] + high[19:]).all()
    assert confidence_sequence(values[:19], least=20) == (-INF, INF)
    assert confidence_sequence(np.array([])) == (-INF, INF)


def test_the_sequence_at_n_knows_nothing_of_later_values_or_missing_ones() -> None:
    values = np.random.default_rng(4).normal(5, 1, 120)
    low, high = running_sequence(values, least=20)
    for n in (20, 60, 120):
        assert confidence_sequence(values[:n], least=20) == pytest.approx((low[n - 1], high[n - 1]))
    gappy = np.insert(values, [3, 50], NAN)
    assert confidence_sequence(gappy, least=20) == pytest.approx((low[-1], high[-1]))


def test_far_from_zero_no_digits_are_lost() -> None:
    values = np.random.default_rng(4).normal(0, 1, 80)
    low, high = confidence_sequence(values)
    far = confidence_sequence(values + 1e9)
    assert far[1] - far[0] == pytest.approx(high - low, rel=1e-5)
    assert confidence_sequence(np.full(60, 0.1)) == pytest.approx((0.1, 0.1))


def test_settled_is_narrow_or_clear_of_zero() -> None:
    assert settled(-0.4, 0.5, width=1)
    assert not settled(-0.5, 0.6, width=1)
    assert settled(0.1, 9, width=1)
    assert settled(-9, -0.1, width=1)
    assert not settled(-INF, INF, width=1)


DRAWS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Values]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "skewness 1": lambda rng, shape: rng.gamma(4, size=shape) - 4,
    "skewness 2": lambda rng, shape: rng.exponential(size=shape) - 1,
}


def _ever_wrong(draws: Values, alpha: float = ALPHA) -> float:
    """Share of studies whose sequence ever excludes the true mean, which is zero."""
    ends = (running_sequence(values, alpha) for values in draws)
    return float(np.mean([bool(((low > 0) | (high < 0)).any()) for low, high in ends]))


@pytest.mark.parametrize("name", ["normal", "skewness 2"])
def test_looking_after_every_replication_errs_no_more_than_declared(name: str) -> None:
    studies = 600
    draws = DRAWS[name](np.random.default_rng(5), (studies, 300))
    error = math.sqrt(ALPHA * (1 - ALPHA) / studies)
    assert _ever_wrong(draws) <= ALPHA + 3 * error


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "alpha"),
    [*((name, ALPHA) for name in DRAWS), ("normal", ALPHA / 4), ("skewness 1", ALPHA / 4)],
)
def test_the_sequence_errs_no_more_than_declared_up_to_500(name: str, alpha: float) -> None:
    studies = 4000
    draws = DRAWS[name](np.random.default_rng(6), (studies, 500))
    error = math.sqrt(alpha * (1 - alpha) / studies)
    wrong = _ever_wrong(draws, alpha)
    assert alpha / 10 < wrong <= alpha + 3 * error


def test_an_ordinary_interval_looked_at_each_time_errs_in_two_of_five() -> None:
    draws = np.random.default_rng(7).normal(size=(2000, 500))
    n = np.arange(1, 501)
    mean = draws.cumsum(axis=1) / n
    sd = np.sqrt(((draws**2).cumsum(axis=1) - n * mean**2)[:, 7:] / (n[7:] - 1))
    outside = np.abs(mean[:, 7:]) > stats.t.ppf(0.975, n[7:] - 1) * sd / np.sqrt(n[7:])
    assert outside[:, 0].mean() == pytest.approx(ALPHA, abs=0.02)  # one look keeps its promise
    assert 0.38 < outside.any(axis=1).mean() < 0.48


# --- warm-up


def _noise(rng: np.random.Generator, shape: tuple[int, int], phi: float) -> Values:
    """Courses of AR(1), stationary from their first week, with innovations of variance one."""
    noise = rng.normal(size=shape)
    if phi < 1:
        noise[:, 0] /= math.sqrt(1 - phi**2)
    for week in range(1, shape[1]):
        noise[:, week] += phi * noise[:, week - 1]
    return noise


def test_what_never_changes_needs_no_warm_up() -> None:
    assert warm_up(np.full((3, 104), 0.1)) == WarmUp(0, True)


def test_mser_by_hand() -> None:
    # batches 9, 5, then 1 2 1 2 ...: cutting both leaves (1/4) / 18 a batch, which is the least
    batches = np.array([9.0, 5] + [1.0, 2] * 9)
    series = np.repeat(batches, 5)[None, :]
    assert warm_up(series) == WarmUp(10, True)
    assert warm_up(np.column_stack([series, np.full(4, 99)[None, :]])).weeks == 10


def test_a_transient_of_known_length_is_cut() -> None:
    rng = np.random.default_rng(8)
    weeks = np.arange(260)
    cut = [warm_up(_noise(rng, (8, 260), 0.5) + 10 * (weeks < 40)).weeks for _ in range(60)]
    assert min(cut) == 40
    assert np.median(cut) == 40
    # 10 exp(-w / 10) falls below the standard error of a batch, about 0.3, in week 35
    decay = 10 * np.exp(-weeks / 10)
    found = [warm_up(_noise(rng, (8, 260), 0.5) + decay) for _ in range(60)]
    assert 30 <= np.median([warm.weeks for warm in found]) <= 40
    assert np.mean([warm.settled for warm in found]) > 0.85


def test_a_stationary_series_is_mostly_left_whole() -> None:
    rng = np.random.default_rng(9)
    cut = [warm_up(_noise(rng, (8, 260), 0.5)).weeks for _ in range(60)]
    assert np.median(cut) == 0


def test_a_trend_never_settles() -> None:
    rng = np.random.default_rng(10)
    trend = 0.05 * np.arange(260)
    assert not any(warm_up(trend + 0.3 * _noise(rng, (8, 260), 0.5)).settled for _ in range(30))


def test_a_series_too_short_never_settles() -> None:
    assert not warm_up(np.ones((3, 49))).settled
    assert not warm_up(np.full((3, 104), NAN)).settled


def test_weeks_without_a_value_are_cut_and_do_not_count() -> None:
    rng = np.random.default_rng(11)
    series = _noise(rng, (4, 200), 0.2)
    series[:, :20] += 30
    plain = warm_up(series)
    late = np.column_stack([np.full((4, 15), NAN), series])
    assert warm_up(late).weeks == plain.weeks + 15
    series[0, 50] = NAN
    assert warm_up(series).weeks == plain.weeks >= 20


# --- the band


def _held(rng: np.random.Generator, n: int, phi: float, studies: int) -> float:
    """Share of studies whose band holds the true mean course, zero, in every week."""
    held = 0
    for _ in range(studies):
        found = band(_noise(rng, (n, 104), phi))
        held += bool(((found.low <= 0) & (found.high >= 0)).all())
    return held / studies


def test_the_band_holds_the_whole_course_with_few_replications() -> None:
    studies = 150
    held = _held(np.random.default_rng(12), 8, 0.9, studies)
    assert held >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / studies)


@pytest.mark.long
@pytest.mark.parametrize(
    ("n", "phi"), [(8, 0.0), (8, 0.9), (8, 1.0), (20, 0.0), (20, 0.9), (20, 1.0), (100, 0.9)]
)
def test_the_band_holds_the_whole_course(n: int, phi: float) -> None:
    held = _held(np.random.default_rng(13), n, phi, 400)
    assert held == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 400))


def test_the_band_of_one_week_is_a_t_interval() -> None:
    values = np.random.default_rng(14).normal(2, 1, 40)
    found = band(values[:, None])
    by_t = paired(values, np.zeros(40))
    assert found.mean[0] == pytest.approx(by_t.difference)
    width = (found.high - found.low)[0]
    assert width == pytest.approx(by_t.high - by_t.low, rel=0.08)  # signs are drawn


def test_the_band_is_wider_than_the_intervals_of_its_weeks_and_narrower_than_bonferroni() -> None:
    courses = _noise(np.random.default_rng(15), (20, 104), 0.9)
    found = band(courses)
    halves = (found.high - found.low) / 2 / (courses.std(axis=0, ddof=1) / math.sqrt(20))
    c = halves[0]
    assert halves == pytest.approx(np.full(104, c))
    assert stats.t.ppf(0.975, 19) < c < stats.t.ppf(1 - 0.025 / 104, 19)


def test_weeks_all_alike_share_one_bound() -> None:
    week = np.random.default_rng(16).normal(size=(20, 1))
    one, many = band(week), band(np.repeat(week, 50, axis=1))
    # 2000 draws know their quantile to within a few per cent
    assert many.low - many.mean == pytest.approx(np.full(50, one.low[0] - one.mean[0]), rel=0.05)


def test_weeks_that_do_not_vary_or_are_missing() -> None:
    courses = np.random.default_rng(17).normal(size=(6, 5))
    courses[:, 0] = 0.1 + 0.2
    courses[:, 1] = NAN
    courses[:3, 2] = NAN
    courses[:2, 3] = NAN
    found = band(courses)
    assert found.low[0] == found.high[0] == pytest.approx(0.3)
    assert np.isnan(found.mean).tolist() == [False, True, False, False, False]
    assert np.isnan(found.low).tolist() == [False, True, True, False, False]
    assert found.mean[2] == pytest.approx(courses[3:, 2].mean())
    assert np.isnan(band(courses[:3]).low).all()


def test_the_same_courses_have_the_same_band() -> None:
    courses = _noise(np.random.default_rng(18), (8, 52), 0.9)
    assert (band(courses).low == band(courses).low).all()
    assert (band(courses, seed=1).low != band(courses).low).all()


def test_a_band_stays_finite_when_signs_can_line_up() -> None:
    # in one draw of eight all four deviations get one sign and no spread of their own
    found = band(np.array([[0.0, 1], [1.0, 2], [0.0, 4], [1.0, 7]]))
    assert np.isfinite(found.low).all()


# --- break-even


def test_break_even_months_by_hand() -> None:
    always = np.arange(1.0, 53)
    # a year of 52 weeks: week 13 is the end of month 3, week 26 of month 6
    at_13 = np.where(np.arange(1, 53) < 13, -1.0, 1.0)
    relapse = at_13.copy()
    relapse[24] = 0  # week 25: level, not ahead
    gaps = np.array([always, at_13, relapse, -always, 0 * always])
    found = break_even(gaps)
    assert found.months.tolist() == [0, 3, 6, INF, INF]
    assert found.share == 0.6
    assert (found.lower_quartile, found.median, found.upper_quartile) == (3, 6, INF)
    assert break_even(-gaps).months.tolist() == [INF, INF, INF, 0, INF]


def test_ahead_only_in_the_last_week_is_at_the_horizon() -> None:
    assert break_even(np.array([[-1.0] * 51 + [1.0]])).months.tolist() == [12]
    assert break_even(np.array([[1.0] * 51 + [-1.0]])).months.tolist() == [INF]


@pytest.mark.parametrize(("even", "runs"), [(0, 8), (3, 8), (8, 8), (40, 100)])
def test_the_interval_of_the_share_is_exact(even: int, runs: int) -> None:
    gaps = np.where(np.arange(runs) < even, 1.0, -1.0)[:, None]
    found = break_even(gaps)
    exact = stats.binomtest(even, runs).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_a_replication_with_a_missing_week_is_left_out() -> None:
    assert break_even(np.array([[1.0, NAN], [1.0, 1.0]])).months.tolist() == [0]
    nothing = break_even(np.array([[NAN, 1.0]]))
    assert nothing.months.size == 0
    assert math.isnan(nothing.share)
