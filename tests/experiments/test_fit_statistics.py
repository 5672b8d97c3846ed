"""What a fit stands on: distances, noise, surfaces and profiles, against known answers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from experiments.fit.distance import (
    Stretches,
    in_noise,
    noise,
    squared,
    strangeness,
    whitening,
)
from experiments.fit.identify import possible, trades
from experiments.fit.surface import Misfit, Surface, best_starts, terms_of


def made_up(seed: int, lives: int = 200, months: int = 24) -> Iterator[np.ndarray]:
    """Lives of one column whose months are independent, and the data of one more."""
    luck = np.random.default_rng(seed)
    both = 10 + luck.normal(size=(lives + 1, 1, months))
    yield both[:-1]
    yield both[-1]


def test_noise_of_independent_months_is_that_of_their_means() -> None:
    lives, data = made_up(1)
    stretches = Stretches.of(data)
    assert stretches.months.tolist() == [6, 6, 6, 6]
    covariance = noise(lives, data, stretches)
    # a sixth of the variance of a month, and a hundredth of the level
    assert np.diag(covariance) == pytest.approx([1 / 6 + 0.01] * 4, rel=0.35)
    distance = squared(whitening(covariance), stretches.means(data) - 10)
    assert 0.1 < distance < 14.9  # chi-square of 4 degrees of freedom, 0.2 % off at each side
    assert 0 < in_noise(stretches.means(data) - 10, covariance, stretches, 1)[0] < 2


def test_errors_of_measurement_widen_the_noise() -> None:
    lives, data = made_up(2, months=400)
    rough = data + 3 * np.random.default_rng(3).normal(size=data.shape)
    stretches = Stretches.of(data)
    more = np.diag(noise(lives, rough, stretches)) - np.diag(noise(lives, data, stretches))
    assert more == pytest.approx([9 / 100] * 4, rel=0.25)


def test_the_models_own_lives_are_rarely_strange() -> None:
    lives, _ = made_up(4, 40)
    stretches = Stretches.of(lives[0])
    strange = [
        strangeness(np.delete(lives, one, 0), lives[one], stretches,
                    noise(np.delete(lives, one, 0), lives[one], stretches)) < 0.05
        for one in range(len(lives))
    ]  # fmt: skip
    assert np.mean(strange) <= 0.1
    assert strangeness(lives, lives[0] + 3, stretches, noise(lives, lives[0], stretches)) < 0.05


def test_months_without_data_are_in_no_stretch() -> None:
    data = np.full((1, 36), np.nan)
    data[0, 2::3] = np.arange(12)  # a survey once a quarter
    stretches = Stretches.of(data)
    assert stretches.means(data) == pytest.approx([2.5, 8.5])
    assert stretches.means(np.tile(np.arange(36.0), (1, 1))) == pytest.approx([9.5, 27.5])


def quadratic(place: np.ndarray) -> np.ndarray:
    """Three measures of two keys; the second key is in none but a sum with the first."""
    x, y = place[..., 0], place[..., 1]
    return np.stack([3 * x + 3 * y, (x + y) ** 2, 1 + 0 * x], axis=-1)


def test_a_quadratic_is_met_exactly_and_its_profile_is_known() -> None:
    luck = np.random.default_rng(5)
    places = luck.random((40, 2))
    means = np.stack([20 * places[:, 0], 1 + 0 * places[:, 0], 2 + 0 * places[:, 0]], axis=1)
    target = np.array([8.0, 1.0, 2.0])  # the first key is at .4
    distances = ((target - means) ** 2).sum(axis=1)
    surface = Surface.of(places, means, distances)
    assert surface.error == pytest.approx([0, 0, 0], abs=1e-12)
    misfit = Misfit.of(surface, np.eye(3), target)
    starts = best_starts(places, distances)
    best, least = misfit.least(starts)
    assert best[0] == pytest.approx(0.4, abs=1e-5)
    assert least == pytest.approx(0, abs=1e-8)
    first, second = possible(misfit, np.array([0.4, 0.7]), starts, 1_000_000, 1)
    # 20 times the distance is 1.96 times the noise
    assert (first.low, first.high) == pytest.approx((0.4 - 0.098, 0.4 + 0.098), abs=1e-3)
    assert (second.low, second.high) == (0, 1)
    assert (first.told, second.told) == ("told", "not at all")
    assert trades(misfit, best) == {}


def test_a_sum_is_told_and_its_parts_trade_off() -> None:
    places = np.random.default_rng(6).random((40, 2))
    means = 10 * quadratic(places)
    target = 10 * quadratic(np.array([0.5, 0.5]))
    distances = ((target - means) ** 2).sum(axis=1)
    misfit = Misfit.of(Surface.of(places, means, distances), np.eye(3), target)
    found = trades(misfit, np.array([0.5, 0.5]))
    assert found[0, 1] < -0.9
    both = possible(misfit, np.array([0.5, 0.5]), best_starts(places, distances), 1000, 1)
    assert all(one.told == "not at all" for one in both)


def test_terms_of_a_quadratic() -> None:
    assert [terms_of(keys) for keys in (1, 2, 3, 8)] == [3, 6, 10, 45]
