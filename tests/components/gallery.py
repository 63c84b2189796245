"""Every component and state on one site, with invented organisations. For tests and for the eye.

`python -m tests.components.gallery 8090` serves it on loopback.
"""

from __future__ import annotations

import math
import sys
from datetime import date
from pathlib import Path
from typing import Any

import dash
import flask
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from components import (
    cards,
    charts,
    explain,
    figure,
    kpi,
    notes,
    selector,
    shell,
    spine,
    table,
    url_state,
)
from components import format as fmt
from components.figure import Frame, Source
from components.header import NavItem, Surroundings

ASSETS = Path(__file__).parents[2] / "assets"
SOURCE = Source(
    publisher="NHS England",
    series="Appointments in General Practice",
    period="Sep 2026",
    licence="Open Government Licence v3.0",
    url="/status/",
)
NAV = (
    NavItem("Tools", "/tools/", "/tools/"),
    NavItem("State of the Nation", "/state-of-the-nation/", "/state-of-the-nation/"),
    NavItem("Data status", "/status/", "/status/"),
    NavItem("API", "/api/docs/", "/api/"),
)
LINKS = (("Data sources", "/data-sources/"), ("Data status", "/status/"))
ORGANISATIONS = {
    "Y99001": "Millbrook Surgery",
    "Y99004": "Hartley Road Medical Centre",
    "Y99007": "The Weir Practice",
}
MONTHS = [date(2023 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(36)]
SEASON = (6, -8, 10, -6, -12, 0, 4, -18, 12, 34, 8, -22)


def _wave(start: float, slope: float, swing: float, seed: int) -> list[float | None]:
    return [
        start + slope * i + SEASON[m.month - 1] * swing + 6 * swing * math.sin(seed + i * 2.7)
        for i, m in enumerate(MONTHS)
    ]


def _frame(slug: str, title: str, subtitle: str) -> Frame:
    return Frame(id=slug, title=title, subtitle=subtitle, source=SOURCE)


def trend_charts() -> dict[str, charts.Chart]:
    median = _wave(440, 1.1, 1.2, 2)
    bands = {
        p: tuple(None if v is None else v + shift for v in median)
        for p, shift in zip(
            (10, 20, 40, 50, 60, 80, 90), (-148, -98, -30, 0, 31, 112, 186), strict=True
        )
    }
    mine = _wave(446, 2.4, 1.3, 4)
    mine[14] = mine[15] = mine[17] = None
    you = charts.Series("Millbrook", "you", tuple(mine))
    pcn = charts.Series("Hartley Vale PCN", "pcn", tuple(_wave(452, 1.2, 0.8, 1)))
    area = charts.Series("Northshire", "sub_icb", tuple(_wave(430, 1.4, 0.7, 8)))
    england = charts.Series("England", "england", tuple(median))
    dna = [
        5.2 + 0.35 * math.sin(i * 2.3) if i < 27 else 4.15 + 0.1 * math.sin(i) for i in range(36)
    ]
    dna[15] = 6.9
    kinds = ["worse" if i == 15 else "better" if i >= 27 else "usual" for i in range(36)]
    return {
        "deciles": charts.deciles(
            MONTHS,
            bands,
            unit="per_1000",
            lines=(you,),
            position="Now higher than 74% of practices.",
            provisional=frozenset({35}),
        ),
        "deciles-four": charts.deciles(MONTHS, bands, unit="per_1000", lines=(you, pcn, area)),
        "lines": charts.lines(MONTHS, (you, pcn, area, england), unit="per_1000"),
        "list": charts.lines(
            MONTHS,
            (charts.Series("Millbrook", "you", tuple(11400 + 12.0 * i for i in range(36))),),
            unit="count",
            axis="fit",
        ),
        "spc": charts.spc(
            MONTHS,
            dna,
            name="Did not attend",
            unit="percent",
            mean=5.2,
            lower=4.1,
            upper=6.3,
            kinds=kinds,  # type: ignore[arg-type]
            event=(MONTHS[15], "new booking system"),
        ),
    }


def row_charts() -> dict[str, charts.Chart]:
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
    icbs = [
        charts.Dot(f"NHS Area {chr(65 + i)} and Somewhere", 460 + 7.0 * (i * 5 % 17), mine=i == 4)
        for i in range(16)
    ]
    bins = [
        charts.Bin(
            150 + 27.0 * i, 177 + 27.0 * i, round(640 * math.exp(-(((i - 11.2) / 4.6) ** 2)))
        )
        for i in range(26)
    ]
    places = [
        charts.Place(f"Practice {i}", 4000 + 1700.0 * (i * 7 % 13), (i * 11 % 17) / 2 - 3)
        for i in range(24)
    ]
    return {
        "mode": charts.stack(
            [
                charts.Row(n, s, you=i == 0)
                for i, (n, s) in enumerate(zip(names, modes, strict=True))
            ],
            ("Face to face", "Telephone", "Video or online", "Home visit", "Unknown"),
            what="appointments",
            unknown=frozenset({4}),
        ),
        "waits": charts.stack(
            [
                charts.Row(n, s, you=i == 0)
                for i, (n, s) in enumerate(zip(names, waits, strict=True))
            ],
            ("Same day", "1 day", "2 to 7 days", "8 to 14 days", "Over 14 days"),
            what="appointments",
            ordered=True,
        ),
        "categories": charts.ranked(
            [
                *(charts.Bar(n, v, m) for n, v, m in categories),
                charts.Bar("Unmapped or inconsistent", 6.1, 6.9, unknown=True),
            ],
            name="Millbrook",
            marker="England",
            unit="percent",
        ),
        "pyramid": charts.pyramid(
            [charts.Age(*one) for one in zip(ages, male, female, other, other, strict=True)],
            name="Millbrook",
            marker="England",
        ),
        "icbs": charts.dots(icbs, unit="per_1000", marker="England", marker_value=489),
        "histogram": charts.histogram(
            bins,
            unit="per_1000",
            measure="appointments per 1,000 patients",
            you=("Millbrook", 541),
            median=489,
        ),
        "landscape": charts.landscape(
            [*places, charts.Place("Millbrook", 11852, 1.2, you=True)],
            x_label="Registered patients",
            x_unit="count",
            y_label="Change in a year, %",
            y_unit="percent",
        ),
    }


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


def headline() -> Component:
    rows: tuple[tuple[Any, ...], ...] = (
        ("Per 1,000 patients", 541, "per_1000", "England median 489", 74, "neutral"),
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
                context=("September 2025: 6,218",),
                position=fmt.Position(fmt.change(6412, 6218, "count"), "neutral", "up"),
                percentile=66,
            ),
            *(
                kpi.Kpi(
                    label=label,
                    value=value,
                    unit=unit,
                    context=(words,),
                    position=fmt.position(place, polarity),
                    percentile=place,
                    explain=explain.explain(WORKING, label="Explain") if place == 29 else None,
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


def comparison() -> Component:
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
    better = {"Within 14 days": "higher_better", "Did not attend": "lower_better"}
    return spine.spine(
        _frame("spine", "Measures for Millbrook Surgery compared with others", "September 2026"),
        [
            spine.Row(
                label=label,
                detail=detail,
                unit=unit,
                values=values,
                percentiles=dict(zip(("you", "pcn", "sub_icb"), places, strict=True)),
                position=fmt.position(places[0], better.get(label, "neutral")),  # type: ignore[arg-type]
                href="/",
            )
            for label, detail, unit, values, places in rows
        ],
        PEERS,
    )


def member_table() -> Component:
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
        _frame("members", "Practices in Hartley Vale PCN", "September 2026"),
        table.members(members, columns, caption="Practices in Hartley Vale PCN", sorted_by=0),
    )


def states() -> list[Component]:
    link = html.A("See all months for Millbrook", href="/")
    return [
        figure.loading(_frame("s-load", "Online requests", "Each month")),
        figure.empty(
            _frame("s-empty", "Online requests", "Each month"),
            "No online requests were recorded for Millbrook Surgery in September 2026.",
            link=link,
        ),
        figure.suppressed(_frame("s-few", "Home visits", "September 2026")),
        figure.not_published(
            _frame("s-none", "Calls answered", "September 2026"),
            "St Anne’s Lane Surgery is not in the September 2026 release.",
            link=link,
        ),
        figure.error(
            _frame("s-error", "Appointments by mode", "September 2026"),
            reference="7F3A",
            retry="/",
            table=row_charts()["mode"].table,
        ),
    ]


def gallery(**_: object) -> Component:
    trends, rows = trend_charts(), row_charts()
    titles = {
        "deciles": "Appointments have grown faster than the England median since 2024",
        "spc": "Missed appointments fell in early 2026 and have stayed low",
        "mode": "More than a third of appointments are by phone or online",
        "waits": "One in five waits more than two weeks",
        "categories": "Routine consultations are a larger share than nationally",
        "pyramid": "More patients over 60 than England",
    }

    def draw(slug: str, **extra: Any) -> Component:
        chart = trends.get(slug) or rows[slug]
        title = titles.get(slug, slug.capitalize())
        return figure.draw(
            _frame(slug, title, "Subtitle with unit, who and period"), chart, **extra
        )

    sections = (
        ("summary", "Summary"),
        ("trend", "Trend"),
        ("compare", "Comparison"),
        ("breakdown", "Breakdown"),
        ("practices", "Practices"),
        ("states", "States"),
        ("notes", "Notes and sources"),
    )
    return shell.frame(
        shell.quiet_section(
            "summary",
            "Summary",
            kpi.summary(
                [
                    "In September 2026 Millbrook Surgery recorded",
                    html.Strong("6,412 appointments"),
                    "or 541 for every 1,000 patients:",
                    html.Strong("higher than 74 of 100 practices in England."),
                ],
                with_key=kpi.how_to_read("Millbrook"),
            ),
            headline(),
        ),
        shell.section(
            "trend",
            "Trend",
            shell.side_by_side(
                draw("deciles", explain=explain.explain(WORKING)), draw("spc"), lead=True
            ),
            shell.side_by_side(draw("deciles-four"), draw("lines")),
            draw("list", note=figure.note_stale("October", "September", status_href="/status/")),
            remark=fmt.months_between(MONTHS[0], MONTHS[-1]),
        ),
        shell.section(
            "compare", "Comparison", comparison(), remark="Sep 2026", right=spine.legend(PEERS)
        ),
        shell.section(
            "breakdown",
            "Breakdown",
            shell.side_by_side(
                draw("mode", note=figure.note_partial(4, 5, 87, subject="PCN figures")),
                draw("waits", note=figure.note_suppressed(2)),
            ),
            draw("categories"),
            shell.side_by_side(draw("pyramid"), draw("histogram")),
            draw("icbs"),
            draw("landscape"),
        ),
        shell.section("practices", "Practices in Hartley Vale PCN", member_table()),
        shell.section("states", "States", shell.side_by_side(*states())),
        shell.section(
            "notes",
            "Notes and sources",
            notes.notes(
                ["Appointment books are set up differently from practice to practice."],
                [("Publisher", "NHS England"), ("Licence", "Open Government Licence v3.0")],
            ),
        ),
        title="Gallery",
        crumbs=(shell.Crumb("Tools", "/tools/"), shell.Crumb("Gallery")),
        under_title=shell.provenance(
            shell.Provenance(
                fresh="Latest data",
                data_to="September 2026",
                published="29 October 2026",
                next_due="26 November",
                publisher="NHS England",
                licence="OGL v3.0",
            )
        ),
        actions=(
            shell.copy_link(),
            shell.print_page(),
            shell.download_menu((("Figures as XLSX", "/download.xlsx"),)),
        ),
        sections=sections,
    )


VS_DEFAULT = ("pcn", "england")
MONTH_DEFAULT = "2026-09"


def shown(org: str) -> str:
    return fmt.organisation(ORGANISATIONS[org], org) if org in ORGANISATIONS else "England"


def controls(org: str, month: str, unit: str, vs: tuple[str, ...]) -> Component:
    return selector.bar(
        (
            selector.organisation(search_url="/find", code=org, text=shown(org)),
            selector.choice(
                "month",
                label="Month",
                options=[selector.Option(m.isoformat()[:7], fmt.month(m)) for m in MONTHS[::-1]],
                value=month,
                default=MONTH_DEFAULT,
            ),
            selector.segments(
                "unit",
                label="Show as",
                options=(
                    selector.Option("rate", "Per 1,000 patients"),
                    selector.Option("count", "Count"),
                ),
                value=unit,
                default="rate",
            ),
            selector.comparators(
                "vs",
                label="Compare with",
                options=(
                    selector.Comparator("pcn", "PCN", "pcn"),
                    selector.Comparator("sub_icb", "Sub-ICB", "sub_icb"),
                    selector.Comparator("england", "England", "england"),
                ),
                values=vs,
                default=VS_DEFAULT,
            ),
        ),
        summary="September 2026, per 1,000 patients, compared with PCN and England",
    )


def dashboard_body(
    org: str = "", month: str = MONTH_DEFAULT, unit: str = "rate", vs: str | None = None, **_: str
) -> list[Component]:
    name = ORGANISATIONS.get(org, "England")
    chosen = url_state.split(vs, default=VS_DEFAULT)
    words = f"Showing {name}, {month}, {unit}, {url_state.join(chosen)}"
    return [
        shell.page_state(f"Dashboard, {name}", words, code=org, text=shown(org)),
        html.P(words, id="echo"),
        shell.section(
            "trend",
            "Trend",
            figure.draw(
                _frame("deciles", f"{name} in {month}", "Per 1,000"), trend_charts()["deciles"]
            ),
        ),
    ]


def dashboard(
    org: str = "", month: str = MONTH_DEFAULT, unit: str = "rate", vs: str | None = None, **_: str
) -> Component:
    chosen = url_state.split(vs, default=VS_DEFAULT)
    return shell.frame(
        html.Div(dashboard_body(org, month, unit, vs), id="dashboard-body"),
        title="Dashboard",
        crumbs=(shell.Crumb("Tools", "/tools/"), shell.Crumb("Dashboard")),
        selector=controls(org, month, unit, chosen),
    )


def tools(**_: object) -> Component:
    rows = (
        cards.ToolRow(
            name="Dashboard",
            question="How many, how soon, with whom?",
            kind="Dashboard",
            levels="Practice to England",
            latest="Data to Sep 2026",
            access="No account needed",
            href="/tools/dashboard/",
        ),
        cards.ToolRow(
            name="Online consultations",
            question="How many requests arrive online, when, and what for?",
            kind="Dashboard",
            levels="Practice to England",
        ),
    )
    release = cards.Release(
        title="GP appointments",
        period="Sep 2026",
        published="29 October 2026",
        change="New month; July and August revised.",
        href="/tools/dashboard/",
    )
    return shell.frame(
        html.Div(
            selector.search(
                "big",
                label="Find your practice or PCN",
                search_url="/find",
                flags=("follow", "hide-label"),
            ),
            className="big-find",
        ),
        cards.questions("People often ask", (("Are we short of appointments?", "/"),)),
        cards.tool_group("access", "Access and demand", rows),
        html.H2("Latest releases"),
        cards.releases((release,)),
        title="Tools",
        lead="Benchmarks for practices and PCNs in England, built on published NHS data.",
    )


def find() -> flask.Response:
    text = flask.request.args.get("q", "").casefold()
    items = [
        {"code": c, "name": n, "detail": f"{c} · Leeds", "href": f"/tools/dashboard/?org={c}"}
        for c, n in ORGANISATIONS.items()
        if text in f"{c} {n}".casefold()
    ]
    said = fmt.plural(len(items), "practice", "practices")
    return flask.jsonify({"groups": [{"label": "Practices", "items": items}], "said": said})


def policy(app: Dash, response: flask.Response) -> flask.Response:
    scripts = " ".join(["'self'", *app.csp_hashes()])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    return response


def create() -> Dash:
    app = Dash(
        "gallery",
        assets_folder=str(ASSETS),
        assets_ignore=shell.ASSETS_IGNORE,
        use_pages=True,
        pages_folder="",
        suppress_callback_exceptions=True,
        update_title="",
    )
    app.index_string = shell.index_string(lambda path: f"/assets/{path}?v=1")
    for name, path, page in (
        ("gallery", "/", gallery),
        ("tools", "/tools/", tools),
        ("dashboard", "/tools/dashboard/", dashboard),
    ):
        dash.register_page(name, path=path, title=f"{name.capitalize()} | Haresign", layout=page)
    app.layout = shell.layout(
        dash.page_container,
        Surroundings(nav=NAV, links=LINKS, search_url="/find", demo=True),
    )
    url_state.register(app)

    @app.callback(
        Output("dashboard-body", "children"), Input("url", "search"), prevent_initial_call=True
    )
    def refresh(search: str) -> list[Component]:
        return dashboard_body(**url_state.parse(search))

    app.server.add_url_rule("/find", view_func=find)
    app.server.after_request(lambda response: policy(app, response))
    return app


if __name__ == "__main__":
    create().run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
