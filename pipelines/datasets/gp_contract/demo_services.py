"""What practices of the fictional England report under their contract, month after month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.demo.characters import Floats
from pipelines.demo.layout import Indices
from pipelines.demo.world import World

Counts = NDArray[np.int64]
_MEAN_DEPRIVATION = 23.0
_APRIL = 4
# Share of cohort reached in a year, effect of deprivation (log).
_FRAILTY = {
    "CCDCMI30": (0.24, -0.10),
    "CCDCMI31": (0.04, 0.10),
    "CCDCMI32": (0.028, 0.14),
}
_SEVERE = {
    "CCDCMI33": (0.45, -0.10),
    "CCDCMI34": (0.4, 0.05),
    "CCDCMI35": (0.5, -0.05),
    "CCDCMI36": (0.06, 0.0),
    "CCDCMI37": (0.6, 0.0),
}
_PCA = {
    "CCDCMI30": "PCA Count (Rule 3: FRAILASSDEC_DAT)",
    "CCDCMI33": "PCA Count (Rule 3: STRUCTMEDRVWDEC_DAT)",
    "CCDCMI37": "PCA Count (Rule 3: EXPDISSCR_DAT, EXPCONSCRLAT_DAT)",
}
_ADJUSTED_SHARE = {"CCDCMI30": 0.003, "CCDCMI33": 0.01, "CCDCMI37": 0.03}
# Doses in a month per 1,000 patients.
_MMR = {
    "MMRV001": 0.10,
    "MMRV002": 0.09,
    "MMRV003": 0.02,
    "MMRV004": 0.85,
    "MMRV005": 0.8,
    "MMRV006": 0.06,
    "MMRV007": 0.07,
}
GROUPS = {
    "SEX": ("Female", "Male"),
    "AGE_BAND": ("Under 18", "18 to 64", "65 and over"),
    "ETHNICITY": ("Asian", "Black", "Mixed", "Other", "White", "Not stated"),
}
_SHARES = {
    "SEX": (0.6, 0.4),
    "AGE_BAND": (0.02, 0.6, 0.38),
    "ETHNICITY": (0.08, 0.03, 0.015, 0.02, 0.78, 0.075),
}
Row = tuple[str, str, str]  # indicator, measure, measure type


@dataclass(frozen=True)
class ContractServices:
    """Numbers of every practice; a month's depend on the months since April."""

    world: World

    @cached_property
    def _poverty(self) -> Floats:
        return (self.world.characters.deprivation - _MEAN_DEPRIVATION) / 10

    @cached_property
    def _care(self) -> Floats:
        return self.world.random(71).normal(0, 0.25, len(self.world.practices))

    def core(self, number: int) -> dict[Row, Counts]:
        """Values of the core contract by row; -1 where they are suppressed.

        Draws are those of the contract year, so that what has been done stays done.
        """
        month = self.world.months[number]
        passed = (month.month - _APRIL) % 12
        rng = self.world.random(72, month.year - (month.month < _APRIL))
        listed = self.world.history.registered(number)
        through = (passed + 1) / 12  # share of the contract year that has passed
        older = np.rint(
            listed * np.clip(0.18 * np.exp(0.6 * self.world.characters.older), 0.01, 0.6)
        ).astype(np.int64)
        found: dict[Row, Counts] = {}
        self._alcohol(found, listed, through, rng)
        told = np.rint(
            listed * np.clip(0.86 * np.exp(-0.04 * self._poverty + 0.2 * self._care), 0.05, 0.99)
        ).astype(np.int64)
        found["CCDCMI01", "COUNT", "COUNT"] = told
        for code, (share, by_poverty) in _FRAILTY.items():
            self._fraction(found, code, older, share * through, by_poverty, rng)
        severe = found["CCDCMI32", "Numerator", "Numerator"]
        for code, (share, by_poverty) in _SEVERE.items():
            self._fraction(found, code, severe, share, by_poverty, rng)
        ever = np.exp(0.1 * self._poverty + 0.3 * self._care)
        for code, share in (("CCDCMI38", 0.11), ("CCDCMI39", 0.055)):
            found[code, "COUNT", "COUNT"] = np.rint(older * np.clip(share * ever, 0, 0.5)).astype(
                np.int64
            )
        found["CGPCMI01", "COUNT", "COUNT"] = self.carers(number)
        return found

    def carers(self, number: int) -> Counts:
        """Unpaid carers that each practice has on record: more where it looks for them."""
        listed = self.world.history.registered(number)
        share = 0.033 * np.exp(1.6 * self._care + 0.25 * self.world.characters.older)
        return np.rint(listed * np.clip(share, 0.002, 0.2)).astype(np.int64)

    def mmr(self, number: int) -> dict[Row, Counts]:
        """Doses given in the month; fewer for its children where people are poorer."""
        rng = self.world.random(73, number)
        listed = self.world.history.registered(number)
        lean = np.exp(self.world.characters.children - 0.08 * self._poverty)
        return {
            (code, "COUNT", "COUNT"): rng.poisson(listed / 1000 * rate * lean).astype(np.int64)
            for code, rate in _MMR.items()
        }

    def _alcohol(
        self, found: dict[Row, Counts], listed: Counts, through: float, rng: np.random.Generator
    ) -> None:
        """Each indicator is about the patients whom the one before it found."""
        new = np.rint(listed * 0.075 * through).astype(np.int64)
        screened = self._fraction(found, "ALCMI30", new, 0.3, -0.12, rng)
        positive = _rounded(screened * 0.17, rng)
        self._fraction(found, "ALCMI31", positive, 0.26, -0.05, rng)
        at_risk = _rounded(positive * 0.85, rng)
        self._fraction(found, "ALCMI32", at_risk, 0.07, 0.0, rng)
        self._fraction(found, "ALCMI34", _rounded(positive * 0.045, rng), 0.02, 0.0, rng)

    def _fraction(
        self,
        found: dict[Row, Counts],
        code: str,
        cohort: Counts,
        share: float,
        by_poverty: float,
        rng: np.random.Generator,
    ) -> Counts:
        """Numerator, denominator and adjustments of an indicator on some patients."""
        adjusted = _rounded(cohort * _ADJUSTED_SHARE.get(code, 0.0), rng)
        eligible = cohort - adjusted
        chance = np.clip(share * np.exp(by_poverty * self._poverty + self._care), 0, 0.97)
        met = np.minimum(_rounded(eligible * chance, rng), eligible)
        denominator = eligible.copy()
        if code in _PCA:
            hidden = (eligible < 2) & (adjusted > 0)
            denominator[hidden] = -1
            found[code, _PCA[code], "PCA"] = np.where(hidden, -1, adjusted)
        found[code, "Numerator", "Numerator"] = met
        found[code, "Denominator", "Denominator"] = denominator
        return met

    def groups(self, number: int, members: Indices) -> dict[tuple[str, str], int]:
        """Carers of some practices by (column, group); the groups of each column add up."""
        total = int(self.carers(number)[members].sum())
        found: dict[tuple[str, str], int] = {}
        for column, shares in _SHARES.items():
            cuts = np.rint(np.cumsum(shares) * total).astype(int)
            for group, count in zip(GROUPS[column], np.diff(cuts, prepend=0), strict=True):
                found[column, group] = int(count)
        return found


def _rounded(means: NDArray[np.floating], rng: np.random.Generator) -> Counts:
    """Whole numbers of that mean, up or down by chance; those of larger means are no smaller."""
    return np.floor(means + rng.random(len(means))).astype(np.int64)
