"""The arithmetic of chance, held against statistics libraries."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from pathway.reports.statistics import binomial_quantiles, binomial_tails, difference, effective, kaplan_meier, time_to, wilson

counts = st.integers(0, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole + 1), st.just(whole + 1)))


@given(counts)
def test_the_interval_of_a_share(share: tuple[int, int]) -> None:
    assert wilson(*share) == pytest.approx(proportion_confint(*share, method="wilson"), abs=1e-9)


@given(counts, counts)
def test_the_interval_of_a_difference(now: tuple[int, int], before: tuple[int, int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff")
    assert difference(now, before) == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 300), st.floats(0.01, 0.99))
def test_the_limits_of_a_funnel(size: int, share: float) -> None:
    """The exact quantiles, interpolated as Spiegelhalter does (2005)."""

    def limit(wanted: float) -> float:
        count = binom.ppf(wanted, size, share)
        excess = (binom.cdf(count, size, share) - wanted) / binom.pmf(count, size, share)
        return float(np.clip((count - excess) / size, 0, 1))

    wanted = (0.001, 0.025, 0.975, 0.999)
    assert binomial_quantiles(size, share, wanted) == pytest.approx([limit(each) for each in wanted], abs=1e-6)


@given(counts, st.floats(0.01, 0.99))
def test_how_probable_so_few_or_so_many_are(found: tuple[int, int], share: float) -> None:
    count, size = found
    expected = (binom.cdf(count, size, share), binom.sf(count - 1, size, share))
    assert binomial_tails(count, size, share) == pytest.approx(expected, abs=1e-9)


def test_a_count_of_an_effective_size_is_taken_in_favour_of_chance() -> None:
    assert binomial_tails(2.5, 10, 0.5) == pytest.approx((binom.cdf(3, 10, 0.5), binom.sf(1, 10, 0.5)))
    assert binomial_tails(2.5, 5, 0.5) == pytest.approx((binom.cdf(3, 5, 0.5), binom.sf(1, 5, 0.5)))


@pytest.mark.parametrize("share", [0.3, 0.9999, 0.00002])
def test_a_large_group(share: float) -> None:
    size = 200_000
    found = [round(size * each) for each in binomial_quantiles(size, share, (0.001, 0.025, 0.975, 0.999))]
    assert found == pytest.approx(binom.ppf([0.001, 0.025, 0.975, 0.999], size, share), abs=1)
    for count in (0, int(size * share), int(size * share) + 30, size):
        assert binomial_tails(count, size, share) == pytest.approx(
            (binom.cdf(count, size, share), binom.sf(count - 1, size, share)), abs=1e-8
        )


followed = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=120).filter(
    lambda times: any(done for _, done in times)
)


@given(followed)
def test_times_to_event(times: list[tuple[float, bool]]) -> None:
    curve = kaplan_meier(times)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = SurvfuncRight([at for at, _ in times], [int(done) for _, done in times])
        error = library.surv_prob_se
    shown = np.isin(library.surv_times, [point.at for point in curve])
    assert [point.at for point in curve] == list(library.surv_times[shown])
    assert [point.left for point in curve] == pytest.approx(list(library.surv_prob[shown]))
    assert [point.at_risk for point in curve] == list(library.n_risk[shown])
    for point, spread in zip(curve, error[shown], strict=True):
        if 0 < point.left < 1:
            # The delta method on the log(-log) scale, from the library's own standard error.
            width = 1.959964 * spread / abs(point.left * np.log(point.left))
            expected = (point.left ** np.exp(width), point.left ** np.exp(-width))
            assert (point.low, point.high) == pytest.approx(expected, abs=1e-6)


@given(followed)
def test_the_median_time(times: list[tuple[float, bool]]) -> None:
    found = time_to(kaplan_meier(times), 0.5)
    left = 1.0
    by_hand = None
    for at in sorted({at for at, _ in times}):
        risk = sum(time >= at for time, _ in times)
        left *= 1 - sum(time == at and done for time, done in times) / risk
        if by_hand is None and left <= 0.5 + 1e-12:
            by_hand = at
    assert found == by_hand


def test_what_is_not_done_yet_is_not_left_out() -> None:
    """Ten done after a day and ten that have waited for ten days: half wait for longer, whatever the done ones say."""
    curve = kaplan_meier([(1.0, True)] * 10 + [(10.0, False)] * 10)
    assert curve[-1].left == 0.5 and time_to(curve, 0.6) is None


clusters = st.lists(
    st.integers(1, 8).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), min_size=3, max_size=40
)


@settings(max_examples=60)
@given(clusters)
def test_patients_who_count_often_count_for_less(found: list[tuple[int, int]]) -> None:
    """The variance of the share is that of a regression on a constant with robust errors by patient."""
    part, whole = (sum(each[place] for each in found) for place in (0, 1))
    worth = effective(found)
    assert min(whole, len(found)) - 1e-9 <= worth <= whole
    if not 0 < part < whole or whole == len(found):
        return
    outcomes = np.concatenate([[1] * good + [0] * (all_ - good) for good, all_ in found])
    patients = np.repeat(np.arange(len(found)), [all_ for _, all_ in found])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = GEE(outcomes, np.ones((whole, 1)), groups=patients, cov_struct=Independence()).fit()
    robust = float(fitted.cov_robust[0, 0]) * len(found) / (len(found) - 1)
    share = part / whole
    expected = share * (1 - share) / robust if robust > 1e-15 else whole
    assert worth == pytest.approx(min(whole, max(len(found), expected)), rel=1e-6)
