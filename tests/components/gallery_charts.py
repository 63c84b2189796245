"""Every chart with invented numbers, for the gallery."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from components import charts
from tests.components.gallery_sums import sum_charts

MONTHS = [date(2023 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(36)]
EVERY_MONTH = charts.Periods(kind="month", days=tuple(MONTHS))
SEASON = (6, -8, 10, -6, -12, 0, 4, -18, 12, 34, 8, -22)


def _wave(start: float, slope: float, swing: float, seed: int) -> list[float | None]:
    return [
        start + slope * i + SEASON[m.month - 1] * swing + 6 * swing * math.sin(seed + i * 2.7)
        for i, m in enumerate(MONTHS)
    ]


def every_chart() -> dict[str, charts.Spec]:
    """By name, those of every kind."""
    return {**trend_charts(), **row_charts(), **grid_charts(), **sum_charts()}


def trend_charts() -> dict[str, charts.Spec]:
    median = _wave(440, 1.1, 1.2, 2)
    cuts = tuple(
        tuple(None if v is None else v + shift for v in median)
        for shift in (-148, -98, -30, 0, 31, 112, 186)
    )
    mine = _wave(446, 2.4, 1.3, 4)
    mine[14] = mine[15] = mine[17] = None
    provisional = (charts.Mark(35, "provisional"),)
    you = charts.Series("Millbrook", "you", tuple(mine))
    pcn = charts.Series("Hartley Vale PCN", "pcn", tuple(_wave(452, 1.2, 0.8, 1)))
    area = charts.Series("Northshire", "sub_icb", tuple(_wave(430, 1.4, 0.7, 8)))
    england = charts.Series("England", "england", tuple(median))
    dna = [
        5.2 + 0.35 * math.sin(i * 2.3) if i < 27 else 4.15 + 0.1 * math.sin(i) for i in range(36)
    ]
    dna[15] = 6.9
    kinds: tuple[charts.Variation, ...] = tuple(
        "worse" if i == 15 else "better" if i >= 27 else "usual" for i in range(36)
    )
    return {
        "deciles": charts.Deciles(
            periods=EVERY_MONTH,
            cuts=cuts,
            unit="per_1000",
            lines=(replace(you, hollow=provisional),),
            position="Now higher than 74% of practices.",
        ),
        "deciles-four": charts.Deciles(
            periods=EVERY_MONTH,
            cuts=cuts,
            unit="per_1000",
            lines=(you, pcn, area),
            listed=(charts.Series("North East and Yorkshire", "region", tuple(median)),),
        ),
        "lines": charts.Lines(
            periods=EVERY_MONTH, series=(you, pcn, area, england), unit="per_1000"
        ),
        "list": charts.Lines(
            periods=EVERY_MONTH,
            series=(charts.Series("Millbrook", "you", tuple(11400 + 12.0 * i for i in range(36))),),
            unit="count",
            axis="fit",
        ),
        "years": charts.Lines(
            periods=charts.Periods(
                kind="financial_year",
                days=tuple(date(year, 4, 1) for year in range(2015, 2025)),
                breaks=(charts.Mark(6, "registers were counted anew"),),
            ),
            series=(
                charts.Series("Millbrook", "you", (61, 62, 64, 63, None, 70, 72, 74, 73, 75)),
                charts.Series("England", "england", (60, 61, 61, 62, 63, 68, 69, 69, 70, 71)),
            ),
            unit="percent",
            axis="fit",
        ),
        "days": charts.Lines(
            periods=replace(
                EVERY_MONTH,
                flags=(charts.Mark(2, "2 bank holidays"), charts.Mark(30, "2 bank holidays")),
                flag=("Month with bank holidays", "Months with bank holidays"),
            ),
            series=(charts.Series("Millbrook", "you", tuple(_wave(290, 0.4, 0.5, 3))),),
            unit="per_day",
        ),
        "spc": charts.Spc(
            periods=replace(EVERY_MONTH, events=(charts.Mark(15, "new booking system"),)),
            values=tuple(dna),
            name="Did not attend",
            unit="percent",
            mean=5.2,
            lower=(4.1,) * 36,
            upper=(6.3,) * 36,
            kinds=kinds,
        ),
        "spc-size": charts.Spc(
            periods=EVERY_MONTH,
            values=tuple(dna),
            name="Did not attend",
            unit="percent",
            mean=5.2,
            lower=tuple(4.4 - 0.3 * math.sin(i / 3) for i in range(36)),
            upper=tuple(6.0 + 0.3 * math.sin(i / 3) for i in range(36)),
            kinds=kinds,
            hollow=(charts.Mark(35, "partial"),),
        ),
    }


def row_charts() -> dict[str, charts.Spec]:
    names = ("Millbrook", "Hartley Vale PCN", "Northshire", "England")
    modes = ((61.4, 29.2, 7.1, 1.1, 1.2), (63.9, 27.6, 6.2, 1.2, 1.1))
    modes += ((64.2, 26.1, 7.0, 1.3, 1.4), (65.0, 25.2, 7.4, 1.2, 1.2))
    waits = ((46.2, 8.4, 15.1, 10.1, 20.2), (45.1, 9.3, 18.4, 11.7, 15.5))
    waits += ((44.0, 8.8, 18.0, 12.3, 16.9), (43.6, 8.6, 17.8, 12.4, 17.6))
    categories = (
        ("General consultation, routine", 34.8, 30.1),
        ("General consultation, acute", 21.6, 24.4),
        ("Planned clinics", 11.2, 10.9),
        ("Clinical triage", 9.7, 8.2),
        ("Planned clinical procedure", 8.3, 9.6),
        ("Unplanned clinical activity", 2.9, 3.6),
    )
    ages = ("0–9", "10–19", "20–29", "30–39", "40–49", "50–59", "60–69", "70–79", "80+")
    male = (4.6, 5.2, 5.4, 6.6, 6.3, 7.2, 6.4, 4.9, 2.8)
    female = (4.2, 4.8, 5.4, 6.7, 6.3, 7.2, 6.6, 5.4, 4.0)
    other = (5.3, 5.9, 6.6, 7.2, 6.6, 6.7, 5.5, 4.2, 2.1)
    icbs = tuple(
        charts.Dot(f"NHS Area {chr(65 + i)} and Somewhere", 460 + 7.0 * (i * 5 % 17), mine=i == 4)
        for i in range(16)
    )
    bins = tuple(
        charts.Bin(
            150 + 27.0 * i, 177 + 27.0 * i, round(640 * math.exp(-(((i - 11.2) / 4.6) ** 2)))
        )
        for i in range(26)
    )
    places = tuple(
        charts.Place(f"Practice {i}", 4000 + 1700.0 * (i * 7 % 13), (i * 11 % 17) / 2 - 3)
        for i in range(24)
    )
    return {
        "mode": charts.Stacked(
            rows=tuple(
                charts.Row(n, s, you=i == 0)
                for i, (n, s) in enumerate(zip(names, modes, strict=True))
            ),
            parts=("Face to face", "Telephone", "Video or online", "Home visit", "Unknown"),
            what="appointments",
            unknown=frozenset({4}),
        ),
        "waits": charts.Stacked(
            rows=tuple(
                charts.Row(n, s, you=i == 0)
                for i, (n, s) in enumerate(zip(names, waits, strict=True))
            ),
            parts=("Same day", "1 day", "2 to 7 days", "8 to 14 days", "Over 14 days"),
            what="appointments",
            ordered=True,
        ),
        "categories": charts.Bars(
            bars=(
                *(charts.Bar(n, v, m) for n, v, m in categories),
                charts.Bar("Unmapped or inconsistent", 6.1, 6.9, unknown=True),
            ),
            name="Millbrook",
            marker="England",
            unit="percent",
        ),
        "pyramid": charts.Pyramid(
            bands=tuple(
                charts.Age(*one) for one in zip(ages, male, female, other, other, strict=True)
            ),
            name="Millbrook",
            marker="England",
        ),
        "icbs": charts.Dots(areas=icbs, unit="per_1000", marker="England", marker_value=489),
        "histogram": charts.Histogram(
            bins=bins,
            unit="per_1000",
            measure="appointments per 1,000 patients",
            you=("Millbrook", 541),
            median=489,
        ),
        "landscape": charts.Scatter(
            places=(*places, charts.Place("Millbrook", 11852, 1.2, you=True)),
            x_label="Registered patients",
            x_unit="count",
            y_label="Change in a year, %",
            y_unit="percent",
        ),
    }


def grid_charts() -> dict[str, charts.Spec]:
    hours = ("Before 8", "8 to 10", "10 to 12", "12 to 14", "14 to 16", "16 to 18", "After 18")
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    calls: tuple[tuple[float | None, ...], ...] = tuple(
        tuple(
            None if row > 4 and at in (0, 6) else (9 - row) * (30 - 4.0 * abs(at - 1)) / 3
            for at in range(len(hours))
        )
        for row in range(len(days))
    )
    measures = (
        charts.Measured("Did not attend", "percent", "lower_better"),
        charts.Measured("Within 14 days", "percent", "higher_better"),
        charts.Measured("Appointments per 1,000 patients", "per_1000", "neutral"),
    )
    names = ("Millbrook Surgery", "Hartley Road Medical Centre", "The Weir Practice")
    steps: tuple[tuple[int | None, ...], ...] = ((2, 0, 3), (-3, -1, 0), (0, 3, None))
    values: tuple[tuple[float | None, ...], ...]
    values = ((9.1, 81.4, 541), (2.2, 70.3, 488), (4.9, 95.0, None))
    sizes = [2000.0 + 900 * i for i in range(22)]
    limits = tuple(
        charts.Limits(size, *(5 + k * 60 / math.sqrt(size) for k in (-1.96, 1.96, -3.09, 3.09)))
        for size in sizes
    )
    places = tuple(
        charts.Place(f"Practice {i}", size, 5 + 80 * math.sin(i * 2.1) / math.sqrt(size))
        for i, size in enumerate(sizes)
    )
    return {
        "hours": charts.Heat(
            rows=days,
            columns=hours,
            cells=calls,
            unit="count",
            measure="Calls answered",
            what="Weekday",
        ),
        "tartan": charts.Tartan(
            measures=measures,
            rows=tuple(
                charts.Thread(name, amounts, how_far, you=name.startswith("Millbrook"))
                for name, amounts, how_far in zip(names, values, steps, strict=True)
            ),
            sorted_by=0,
        ),
        "tiles": charts.Map(
            tiles=tuple(
                charts.Tile(
                    f"NHS Area {chr(65 + at)}",
                    f"Q{chr(65 + at)}{chr(90 - at)}",
                    column=at % 6,
                    row=at // 6 + (at % 6 > 3),
                    value=None if at == 9 else 440 + 9.0 * (at * 7 % 19),
                    mine=at == 4,
                )
                for at in range(21)
            ),
            unit="per_1000",
            measure="Appointments per 1,000 patients",
        ),
        "funnel": charts.Funnel(
            places=(*places, charts.Place("Millbrook", 11852, 8.4, you=True)),
            limits=limits,
            middle=5.0,
            middle_name="England",
            size_label="Registered patients",
            size_unit="count",
            label="Did not attend, %",
            unit="percent",
        ),
    }
