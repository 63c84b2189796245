"""Parts of the gallery with invented figures: cards, comparison, members, states."""

from __future__ import annotations

from typing import Any

from components import (
    explain,
    figure,
    kpi,
    spine,
    table,
)
from components.charts import describe
from components.figure import Frame
from components.markup import Node, html
from data import format as fmt
from data.provenance import Source
from tests.components.gallery_charts import row_charts

SOURCE = Source(
    publisher="NHS England",
    series="Appointments in General Practice",
    period="Sep 2026",
    licence="Open Government Licence v3.0",
    url="/status/",
)


def frame(slug: str, title: str, subtitle: str) -> Frame:
    return Frame(
        id=slug,
        title=title,
        subtitle=subtitle,
        source=SOURCE,
        about="Millbrook Surgery (Y99001), September 2026",
        name=slug,
        files="/download/{name}.{kind}",
        link="/?org=Y99001&month=2026-09",
    )


WORKING = explain.Working(
    measure="Did not attend",
    value=4.1,
    unit="percent",
    formula="Appointments not attended over those attended or not attended",
    numerator=246,
    numerator_label="Did not attend",
    denominator=6001,
    denominator_label="Attended or did not attend",
    low=3.6,
    high=4.6,
    method="Wilson",
    when="September 2026",
    filters="Y99001, September 2026",
    release_title="Appointments in General Practice, September 2026",
    release_url="/status/",
    files=(
        (
            "Practice_Level_Crosstab_Sep_26.zip",
            "/status/",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
    ),
    version="2026-10-29.1",
    caveats=("Appointments without a recorded status are left out.",),
    citation=SOURCE.citation,
    api_call="/api/v1/gp-appointments/?ods_code=Y99001&month=2026-09",
)


def headline() -> Node:
    rows: tuple[tuple[Any, ...], ...] = (
        ("Per 1,000 patients", 541, "per_1000", "England 489", 74, "neutral"),
        ("Same day", 46.2, "percent", "England 43.6%", 57, "neutral"),
        ("Within 14 days", 79.8, "percent", "England 82.4%", 32, "higher_better"),
        ("Did not attend", 4.1, "percent", "England 5.0%", 29, "lower_better"),
    )
    return kpi.kpis(
        [
            kpi.Kpi(
                label="Appointments",
                value=6412,
                unit="count",
                change="3.1% more than Sep 2025",
            ),
            *(
                kpi.Kpi(
                    label=label,
                    value=value,
                    unit=unit,
                    change="0.4 points lower than Sep 2025",
                    beside=words,
                    position=fmt.unusual("low", polarity)
                    if polarity != "neutral"
                    else fmt.position(fmt.Place(place, place, 100 - place, 0, 6199)),
                    explain=WORKING if place == 29 else None,
                )
                for label, value, unit, words, place, polarity in rows
            ),
            kpi.Kpi(label="With a GP", value=None, unit="percent", missing="Not published"),
        ]
    )


PEERS = (
    spine.Peer("you", "Millbrook"),
    spine.Peer("pcn", "PCN"),
    spine.Peer("sub_icb", "Sub-ICB"),
    spine.Peer("england", "England"),
)


def comparison() -> Node:
    rows: tuple[tuple[Any, ...], ...] = (
        ("Appointments", "per 1,000 patients", "per_1000", (541, 501, 496, 489), (74, 56, 52)),
        (
            "Same day",
            "% booked and held the same day",
            "percent",
            (46.2, 45.1, 44, 43.6),
            (57, 53, 51),
        ),
        ("Within 14 days", "% of appointments", "percent", (79.8, 84.5, 83.1, 82.4), (32, 63, 54)),
        ("Did not attend", "% of known status", "percent", (4.1, 4.6, 5.2, 5.0), (29, 41, 54)),
        ("Face to face", "% of all modes", "percent", (61.4, 63.9, None, 65), (38, 46, None)),
    )
    better: dict[str, fmt.Polarity] = {
        "Within 14 days": "higher_better",
        "Did not attend": "lower_better",
    }
    return spine.spine(
        frame("spine", "Measures for Millbrook Surgery compared with others", "September 2026"),
        [
            spine.Row(
                label=label,
                detail=detail,
                unit=unit,
                values=values,
                percentiles=dict(zip(("you", "pcn", "sub_icb"), places, strict=True)),
                middle=values[-1],
                position=fmt.unusual("low", better[label])
                if label in better
                else fmt.position(fmt.Place(places[0], places[0], 100 - places[0], 0, 6199)),
                href="/",
            )
            for label, detail, unit, values, places in rows
        ],
        PEERS,
    )


def member_table() -> Node:
    columns = (
        table.Column("Patients", "count"),
        table.Column("Appointments", "count"),
        table.Column("Per 1,000", "per_1000"),
        table.Column("Did not attend", "percent"),
    )
    rows = (
        ("Y99004", "Hartley Road Medical Centre", (14206, 6890, 485.0, 4.9), ""),
        ("Y99001", "Millbrook Surgery", (11852, 6412, 541.0, 4.1), ""),
        ("Y99007", "The Weir Practice", (9418, 4602, 489.0, 4.4), ""),
        ("Y99009", "St Anne’s Lane Surgery", (6077, None, None, None), "Not published this month"),
    )
    members = [
        table.Member(
            code=c, name=n, values=v, note=w, selected=c == "Y99001", href=f"/tools/?org={c}"
        )
        for c, n, v, w in rows
    ]
    return figure.boxed(
        frame("members", "Practices in Hartley Vale PCN", "September 2026"),
        table.members(members, columns, caption="Practices in Hartley Vale PCN", sorted_by=0),
    )


def states() -> list[Node]:
    link = html.A("See all months for Millbrook", href="/")
    return [
        figure.loading(frame("s-load", "Online requests", "Each month")),
        figure.empty(
            frame("s-empty", "Online requests", "Each month"),
            "No online requests were recorded for Millbrook Surgery in September 2026.",
            link=link,
        ),
        figure.absent(
            frame("s-few", "Home visits", "September 2026"),
            "Fewer than 5, not published",
            "suppressed",
        ),
        figure.absent(
            frame("s-none", "Calls answered", "September 2026"),
            "St Anne’s Lane Surgery is not in the September 2026 release.",
            "not_published",
            link=link,
        ),
        figure.error(
            frame("s-error", "Appointments by mode", "September 2026"),
            reference="7F3A",
            retry="/",
            table=describe(row_charts()["mode"]).table,
        ),
    ]
