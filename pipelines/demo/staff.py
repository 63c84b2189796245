"""Who works in the fictional practices and PCNs: the same people month after month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.demo.characters import Floats
from pipelines.demo.layout import Indices
from pipelines.demo.world import World

_MEAN_DEPRIVATION = 23.0
_WEEK = 37.5  # hours of a full-time post
_YEARLY_GROWTH = 0.02
_ENGLAND_SCALE = 1000  # practices; above it fewer months are written
_CENSUSES = (13, 10, 7, 4, 2, 1)  # months before the last list sizes; a year lies between two
_CENSUSES_AT_SCALE = (13, 2, 1)
_SPELL = 6  # months for which a practice goes on failing to report

# (staff group, role): people per 1,000 patients, hours each has in a week.
RATES: dict[tuple[str, str], tuple[float, float]] = {
    ("GP", "SEN_PTNR"): (0.055, 34),
    ("GP", "PTNR_PROV"): (0.22, 32),
    ("GP", "SAL_BY_PRAC"): (0.23, 23),
    ("GP", "SAL_BY_OTH"): (0.008, 20),
    ("GP", "RET"): (0.006, 16),
    ("GP", "TRN_GR_ST1"): (0.03, 37.5),
    ("GP", "TRN_GR_ST2"): (0.035, 37.5),
    ("GP", "TRN_GR_ST3"): (0.07, 37.5),
    ("GP", "TRN_GR_F1_2"): (0.02, 37.5),
    ("GP", "LOCUM_VAC"): (0.02, 11),
    ("GP", "LOCUM_ABS"): (0.012, 10),
    ("GP", "LOCUM_OTH"): (0.02, 9),
    ("NURSES", "PRAC_NURSE"): (0.24, 25),
    ("NURSES", "ADV_NURSE_PRAC"): (0.1, 28),
    ("NURSES", "NURSE_SPEC"): (0.02, 25),
    ("NURSES", "ENH_PRAC_NURSE"): (0.01, 28),
    ("NURSES", "TRAINEE_NURSE"): (0.006, 32),
    ("NURSES", "NURSE_PTNR"): (0.004, 30),
    ("DPC", "HCA"): (0.18, 25),
    ("DPC", "PHARMA"): (0.05, 28),
    ("DPC", "PHLEB"): (0.04, 18),
    ("DPC", "DISPENSER"): (0.05, 26),
    ("DPC", "PARAMED"): (0.03, 31),
    ("DPC", "NURSE_ASSOC"): (0.03, 30),
    ("DPC", "GPA"): (0.02, 29),
    ("DPC", "PHARMT"): (0.012, 28),
    ("DPC", "PHYSICIAN_ASSOC"): (0.015, 31),
    ("DPC", "SPLW"): (0.008, 28),
    ("DPC", "OTH"): (0.02, 24),
    ("ADMIN", "MANAGER"): (0.17, 33),
    ("ADMIN", "MED_SECRETARY"): (0.16, 25),
    ("ADMIN", "RECEPT"): (0.72, 24),
    ("ADMIN", "TELEPH"): (0.04, 22),
    ("ADMIN", "OTH"): (0.29, 25),
    ("ADMIN", "ESTATES_ANC"): (0.05, 11),
    ("ADMIN", "DT_LEAD"): (0.006, 31),
    ("ADMIN", "APP"): (0.02, 33),
}
GROUPS = ("GP", "NURSES", "DPC", "ADMIN")
SOURCES = (
    "Fully provided",
    "Includes FTE Estimates",
    "Fully estimated - no data provided",
    "Fully estimated - no valid or current data",
)
_GP_AGE_SHARES = (0.06, 0.16, 0.19, 0.17, 0.14, 0.11, 0.09, 0.05, 0.02, 0.008, 0.002)


@dataclass(frozen=True)
class Staff:
    """People and hours of every practice; a poor neighbourhood has fewer GPs for its patients."""

    world: World

    @cached_property
    def months(self) -> list[int]:
        """Positions of the months whose census is published."""
        few = len(self.world.practices) > _ENGLAND_SCALE
        last = len(self.world.months) - 1
        before = _CENSUSES_AT_SCALE if few else _CENSUSES
        return [last - count for count in before if count <= last]

    @cached_property
    def _effects(self) -> dict[str, Floats]:
        who, rng = self.world.characters, self.world.random(31)
        poverty = (who.deprivation - _MEAN_DEPRIVATION) / 10
        slope = {"GP": -0.1, "NURSES": -0.02, "DPC": 0.0, "ADMIN": 0.02}
        spread = {"GP": 0.2, "NURSES": 0.3, "DPC": 0.4, "ADMIN": 0.2}
        size = len(poverty)
        return {
            group: np.exp(slope[group] * poverty + rng.normal(0, spread[group], size))
            for group in GROUPS
        }

    @cached_property
    def _fixed(self) -> tuple[Floats, Floats, Floats]:
        """Rounding and hours of each practice and role, ages of each practice's GPs."""
        rng = self.world.random(32)
        shape = (len(self.world.practices), len(RATES))
        usual = np.array([hours for _, hours in RATES.values()])
        hours = np.rint(usual * rng.lognormal(0, 0.12, shape) * 2) / 2
        ages = rng.dirichlet(np.array(_GP_AGE_SHARES) * 25, shape[0])
        return rng.random(shape), np.clip(hours, 4, 40), ages

    def people(self, month: int) -> NDArray[np.int64]:
        """(practice, role in the order of `RATES`): headcount."""
        lists = self.world.history.registered(month).astype(float)
        years = (month - len(self.world.months)) / 12
        expected = np.stack(
            [
                lists / 1000 * rate * self._effects[group] * (1 + _YEARLY_GROWTH * years)
                for (group, _), (rate, _) in RATES.items()
            ],
            axis=1,
        )
        return np.floor(expected + self._fixed[0]).astype(np.int64)

    def fte(self, month: int) -> Floats:
        """The same in full-time equivalents, to nine decimals as the publisher writes them."""
        return np.round(self.people(month) * self._fixed[1] / _WEEK, 9)

    def gp_ages(self, total: Indices) -> NDArray[np.int64]:
        """(practice, age band): the GPs of each practice by age; adds up to `total`."""
        upto = np.rint(np.cumsum(self._fixed[2], axis=1) * total[:, None]).astype(np.int64)
        upto[:, -1] = total
        return np.diff(upto, axis=1, prepend=0)

    def sources(self, month: int) -> dict[str, Indices]:
        """Per staff group, the position in `SOURCES` for every practice; most report."""
        found = {}
        for number, group in enumerate(GROUPS):
            rng = self.world.random(33, number, month // _SPELL)
            odds = (0.965, 0.015, 0.014, 0.006)
            found[group] = rng.choice(len(SOURCES), len(self.world.practices), p=odds)
            found[group][:5] = 0
            if group == "NURSES":
                found[group][4] = 2  # Oldfield Family Practice does not report its nurses
        return found
