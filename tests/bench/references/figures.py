"""The rows that all references serve: one rate of every practice and month, as a file of arrays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.versions import db

FILE = "BENCH_FIGURES"  # the variable that names the file, for references in their own processes
DATASET, MEASURE = "gp-appointments", "per_1000"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Numerators and denominators by practice and month; NaN where there is none."""

    codes: list[str]
    months: list[str]  # first days, as ISO
    numerators: Floats
    denominators: Floats

    @property
    def rates(self) -> Floats:
        return 1000 * self.numerators / self.denominators

    @classmethod
    def of_site(cls, home: Path) -> Figures:
        """What the site over a home answers with."""
        db.configure(home)
        snapshot = db.library().current(DATASET)
        if snapshot is None:
            raise RuntimeError(f"{DATASET} is not published in {home}")
        measure = snapshot.dataset.measure(MEASURE)
        codes = list(snapshot.codes("practice"))
        trends = [snapshot.trend(measure, "practice", code) for code in codes]
        return cls(
            codes,
            [month.isoformat() for month in snapshot.months],
            np.array([numerators for _, numerators, _ in trends]),
            np.array([denominators for _, _, denominators in trends]),
        )

    @classmethod
    def from_environment(cls) -> Figures:
        with np.load(os.environ[FILE]) as arrays:
            return cls(
                arrays["codes"].tolist(),
                arrays["months"].tolist(),
                arrays["numerators"],
                arrays["denominators"],
            )

    def write(self, path: Path) -> None:
        np.savez(
            path,
            codes=np.array(self.codes),
            months=np.array(self.months),
            numerators=self.numerators,
            denominators=self.denominators,
        )
