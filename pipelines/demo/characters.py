"""What a practice is like, month after month: size, patients, appointment habits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.demo import names
from pipelines.demo.layout import Layout

Floats = NDArray[np.float64]

_HARTLEY_SIZE = (11852, 14206, 9418, 6077, 5240)
_HARTLEY_RATE = (541, 485, 489, 502, 473)  # per 1,000 patients in a month of 22 working days
_MEDIAN_RATE = 480  # per 1,000 patients in such a month
_OUTLYING = (3.6, 0.28, 6.0, 2.4)  # hubs and half-used books, as multiples of the median
_WORKING_DAYS = 22
_MEAN_DEPRIVATION = 23.0


@dataclass(frozen=True, slots=True)
class Characters:
    """One value per practice. Shares are 0 to 1; effects are on a log scale around 0."""

    size: Floats  # registered patients in the last month but one
    growth: Floats  # a year; 0.01 = 1%
    deprivation: Floats  # score like the index of multiple deprivation, about 2 to 70
    rural: NDArray[np.bool_]
    older: Floats  # effect: tilt of the age structure towards old age
    children: Floats  # effect: families with children
    students: Floats  # share of students
    rate: Floats  # appointments per 1,000 patients and working day in an ordinary month
    dna: Floats  # share not attended
    no_status: Floats  # share never marked
    gp_share: Floats
    telephone: Floats  # effect
    online: Floats  # effect
    inconsistent: Floats  # share mapped inconsistently
    unmapped: Floats  # share not mapped
    patience: Floats  # effect: above 0, longer waits
    late: Floats  # share of appointments that arrive after the first publication
    system: NDArray[np.str_]  # clinical system as the list-size map names it; empty if unknown
    appointment_system: NDArray[np.str_]  # as the appointments files name it
    takes_part: NDArray[np.bool_]  # in the appointments collection


def draw(layout: Layout, rng: np.random.Generator) -> Characters:
    """Draw every practice; the five of Hartley Vale are set by hand where the mocks show them."""
    sub_icb = layout.sub_icb_of_practice
    count = len(sub_icb)

    def normal(spread: float) -> Floats:
        return rng.normal(0, spread, count)

    local = rng.normal(_MEAN_DEPRIVATION, 7, len(layout.icb_of_sub_icb))[sub_icb]
    deprivation = np.clip(local + normal(9), 2.5, 70)
    poverty = (deprivation - _MEAN_DEPRIVATION) / 10  # one unit is about one standard deviation
    rural = rng.random(count) < np.clip(0.3 - 0.12 * poverty, 0.02, 0.7)
    size = np.clip(8800 * rng.lognormal(0.06 * rural, 0.58, count), 1100, 95000)
    rate = _MEDIAN_RATE * rng.lognormal(0.06 * poverty, 0.27, count) / _WORKING_DAYS
    odd = rng.permutation(np.arange(len(names.HARTLEY), count))
    outliers = odd[: max(2, count // 150)]
    rate[outliers] = _MEDIAN_RATE * np.resize(_OUTLYING, len(outliers)) / _WORKING_DAYS
    absent = odd[len(outliers) : len(outliers) + max(1, count // 200)]

    gp_share = 1 / (1 + np.exp(-(-0.3 - 0.06 * poverty + normal(0.5))))
    older = -0.12 - 0.22 * poverty + 0.25 * rural + normal(0.36)
    dna = np.clip(0.041 * np.exp(0.22 * poverty + normal(0.42)), 0.006, 0.3)
    no_status = np.clip(0.05 * np.exp(0.12 * poverty + normal(0.75)), 0.004, 0.5)
    students = np.where(rng.random(count) < 0.03, rng.uniform(0.08, 0.4, count), 0)
    hartley = slice(0, len(names.HARTLEY))
    size[hartley] = _HARTLEY_SIZE
    rate[hartley] = np.array(_HARTLEY_RATE) / _WORKING_DAYS
    dna[hartley] = (0.041, 0.046, 0.052, 0.047, 0.039)
    no_status[hartley] = (0.045, 0.03, 0.06, 0.05, 0.04)
    gp_share[hartley] = (0.46, 0.43, 0.4, 0.5, 0.42)
    older[hartley] = (0.22, -0.1, 0.05, -0.3, 0.15)
    students[hartley] = 0
    system = rng.choice(["EMIS", "TPP"], count, p=[0.59, 0.41])
    joined = rng.random(count)
    takes_part = np.ones(count, dtype=bool)
    takes_part[absent] = False
    return Characters(
        size=size,
        growth=0.003 + 0.002 * poverty + normal(0.018),
        deprivation=deprivation,
        rural=rural,
        older=older,
        children=0.08 * poverty + normal(0.14),
        students=students,
        rate=rate,
        dna=dna,
        no_status=no_status,
        gp_share=gp_share,
        telephone=normal(0.45),
        online=normal(0.9),
        inconsistent=np.clip(0.06 * rng.lognormal(0, 1.1, count), 0.0003, 0.5),
        unmapped=np.clip(0.012 * rng.lognormal(0, 1.2, count), 0.0001, 0.2),
        patience=normal(0.22),
        late=np.where(rng.random(count) < 0.12, rng.uniform(0.001, 0.02, count), 0),
        system=np.where(rng.random(count) < 0.004, "", system),
        appointment_system=np.select(
            [joined < 0.02, joined < 0.022, joined < 0.0235],
            [np.char.add(system, "/EVERGREENLIFE"), "MEDICUS", "TPP/EMIS"],
            system,
        ),
        takes_part=takes_part,
    )
