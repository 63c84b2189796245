"""Charts at their edges: England's numbers, whole areas, long names, one value, none, noughts."""

from __future__ import annotations

from datetime import date

from components import charts

LONG = "NHS Bath and North East Somerset, Swindon and Wiltshire Integrated Care Board"
ICBS = tuple(f"{LONG} {at}" for at in range(1, 43))
MONTHS = tuple(date(2016 + at // 12, at % 12 + 1, 1) for at in range(120))
TEN_YEARS = charts.Periods(kind="month", days=MONTHS)
ONE_MONTH = charts.Periods(kind="month", days=MONTHS[:1])


def edge_charts() -> dict[str, charts.Spec]:
    nothing = (None,) * 120
    growing = tuple(56_000_000 + 71_000.0 * at for at in range(120))
    england = charts.Series("England", "you", growing)
    return {
        "england-ten-years": charts.Lines(
            periods=TEN_YEARS, series=(england,), unit="count", axis="fit"
        ),
        "england-nothing": charts.Lines(
            periods=TEN_YEARS, series=(charts.Series("England", "you", nothing),), unit="percent"
        ),
        "one-month": charts.Deciles(
            periods=ONE_MONTH,
            cuts=tuple((float(p),) for p in charts.PERCENTILES),
            unit="percent",
            lines=(charts.Series(LONG, "you", (100.0,)),),
        ),
        "no-bands": charts.Deciles(
            periods=TEN_YEARS, cuts=(nothing,) * 7, unit="per_1000", lines=()
        ),
        "forty-two": charts.Dots(
            areas=tuple(
                charts.Dot(
                    name, None if at == 7 else 430 + at * 3.7, 420 + at * 3.7, 440 + at * 3.7
                )
                for at, name in enumerate(ICBS)
            ),
            unit="per_1000",
            marker="England",
            marker_value=489,
        ),
        "all-alike": charts.Dots(
            areas=tuple(charts.Dot(name, 5.0) for name in ICBS[:3]),
            unit="percent",
            marker="England",
            marker_value=5.0,
        ),
        "no-dots": charts.Dots(
            areas=(charts.Dot(LONG, None),), unit="percent", marker="England", marker_value=None
        ),
        "millions": charts.Bars(
            bars=(charts.Bar(LONG, 31_204_551.0), charts.Bar("Nought", 0.0), charts.Bar("–", None)),
            name="England",
            marker="England",
            unit="count",
        ),
        "whole": charts.Stacked(
            rows=(charts.Row(LONG, (100.0, 0.0, None)), charts.Row(ICBS[0], (None, None, None))),
            parts=("Attended", "Did not attend", "Unknown"),
            what="appointments",
            unknown=frozenset({2}),
        ),
        "one-bin": charts.Histogram(
            bins=(charts.Bin(0, 1_000_000, 6_188),),
            unit="count",
            measure="registered patients",
            you=(LONG, 999_999),
            median=999_999,
        ),
        "nobody": charts.Scatter(
            places=(charts.Place(LONG, None, None, you=True),),
            x_label="Registered patients",
            x_unit="count",
            y_label="Change in a year, %",
            y_unit="percent",
        ),
        "large-practices": charts.Scatter(
            places=(charts.Place(LONG, 1_250_000, -3.2, you=True), charts.Place("B", 900, 410.0)),
            x_label="Registered patients",
            x_unit="count",
            y_label="Change in a year, %",
            y_unit="percent",
        ),
        "never": charts.Heat(
            rows=("Monday", "Tuesday"),
            columns=tuple(f"{hour:02d}:00 to {hour + 1:02d}:00" for hour in range(8, 17)),
            cells=((None,) * 9, (None,) * 9),
            unit="count",
            measure="Calls",
            what="Weekday",
        ),
        "same": charts.Waterfall(
            start=("England", 165.2),
            end=(LONG, 165.2),
            changes=(charts.Change(LONG, None),),
            unit="pounds",
            measure="Pounds per registered patient",
        ),
        "no-allowance": charts.Bullet(
            rows=(charts.Amounts(LONG, (None,), (None,)),),
            parts=("Claim",),
            limits=("Allowance",),
            unit="pounds",
            measure="Claim",
        ),
        "no-tile": charts.Map(
            tiles=(charts.Tile(LONG, "QOX", column=0, row=0, value=None, mine=True),),
            unit="percent",
            measure="Did not attend",
        ),
    }
