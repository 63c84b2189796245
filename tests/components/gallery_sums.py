"""Charts of amounts that add up, with invented numbers, for the gallery."""

from __future__ import annotations

from components import charts


def sum_charts() -> dict[str, charts.Spec]:
    payments = (
        ("Global sum", 6.42),
        ("Quality and Outcomes Framework", -2.31),
        ("Premises", 4.05),
        ("Dispensing fees", -3.4),
        ("Local enhanced services", 1.12),
        ("Vaccination and immunisation", -0.62),
        ("Seniority", 0.4),
        ("Prescribing fees and dispensed drugs", 0.31),
        ("Winter access fund", -0.28),
        ("Information technology", 0.11),
        ("Doctors’ retainer scheme", -0.07),
    )
    roles = ("Clinical pharmacists", "Care coordinators", "Physiotherapists")
    return {
        "payments": charts.Waterfall(
            start=("England", 165.2),
            end=("Millbrook", 171.4),
            changes=(
                *(charts.Change(name, amount) for name, amount in payments),
                charts.Change("PCN participation", None),
            ),
            unit="pounds",
            measure="Pounds per registered patient",
        ),
        "gap": charts.Waterfall(
            start=("England", 71.3),
            end=("Hartley Vale PCN", 65.8),
            changes=(
                charts.Change("The Weir Practice", -3.4),
                charts.Change("Millbrook Surgery", -2.5),
                charts.Change("St Anne’s Lane Surgery", 0.6),
            ),
            unit="percent",
            measure="Annual health checks",
            what="Practice",
        ),
        "plan": charts.Bullet(
            rows=(
                charts.Amounts("Hartley Vale PCN", (412_000, 231_500, 88_120), (803_000,), True),
                charts.Amounts("Northgate PCN", (505_000, 301_000, 96_400), (866_000,)),
                charts.Amounts("Riverside PCN", (360_000, None, 71_000), (540_000,)),
            ),
            parts=roles,
            limits=("Allowance",),
            unit="pounds",
            measure="Planned claim",
        ),
        "thresholds": charts.Bullet(
            rows=(
                charts.Amounts("Blood pressure under 140/90", (71.2,), (45, 80), True),
                charts.Amounts("Diabetes, HbA1c 58 or less", (61.9,), (35, 75)),
                charts.Amounts("Cholesterol", (None,), (20, 35)),
            ),
            parts=("Achievement",),
            limits=("Lower threshold", "Upper threshold"),
            unit="percent",
            measure="Achievement",
            what="Indicator",
        ),
    }
