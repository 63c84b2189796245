"""Every component and state on one site, with invented organisations. For tests and for the eye.

`python -m tests.components.gallery 8090` serves it on loopback.
"""

from __future__ import annotations

import sys
from typing import Any

import dash
import flask
from dash import Dash, Input, Output

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
    static,
    url_state,
)
from components.charts import svg
from components.header import NavItem, Surroundings
from components.markup import Node, html
from components.speed.serialise import drawn, from_dash, outermost, to_dash
from data import format as fmt
from tests.components.gallery_charts import MONTHS, every_chart
from tests.components.gallery_parts import (
    PEERS,
    SOURCE,
    WORKING,
    comparison,
    frame,
    headline,
    member_table,
    states,
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


def gallery(**_: object) -> Node:
    every = every_chart()
    titles = {
        "deciles": "Appointments have grown faster than the median practice since 2024",
        "spc": "Missed appointments fell in early 2026 and have stayed low",
        "mode": "More than a third of appointments are by phone or online",
        "waits": "One in five waits more than two weeks",
        "categories": "Routine consultations are a larger share than nationally",
        "pyramid": "More patients over 60 than England",
    }

    def draw(slug: str, **extra: Any) -> Node:
        title = titles.get(slug, slug.capitalize())
        return figure.draw(
            frame(slug, title, "Subtitle with unit, who and period"), every[slug], **extra
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
            ),
            headline(),
            kpi.how_to_read(),
        ),
        shell.section(
            "trend",
            "Trend",
            shell.side_by_side(
                draw("deciles", explain=explain.explain(WORKING)), draw("spc"), lead=True
            ),
            shell.side_by_side(draw("deciles-four"), draw("lines")),
            draw("spc-size"),
            draw("list", note=figure.note_stale("October", "September", status_href="/status/")),
            shell.side_by_side(draw("years"), draw("days")),
            remark=fmt.months_between(MONTHS[0], MONTHS[-1]),
        ),
        shell.section(
            "compare", "Comparison", comparison(), remark="Sep 2026", right=[spine.legend(PEERS)]
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
            shell.side_by_side(draw("landscape"), draw("funnel")),
            draw("hours"),
            draw("tartan"),
            draw("tiles"),
            shell.side_by_side(draw("payments"), draw("gap")),
            shell.side_by_side(draw("plan"), draw("thresholds")),
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
                next_due="next due 26 November",
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


def controls(org: str, month: str, unit: str, vs: tuple[str, ...]) -> Node:
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
) -> list[Node]:
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
                frame("deciles", f"{name} in {month}", "Per 1,000"), every_chart()["deciles"]
            ),
        ),
    ]


def dashboard(
    org: str = "", month: str = MONTH_DEFAULT, unit: str = "rate", vs: str | None = None, **_: str
) -> Node:
    chosen = url_state.split(vs, default=VS_DEFAULT)
    return shell.frame(
        html.Div(dashboard_body(org, month, unit, vs), id="dashboard-body"),
        title="Dashboard",
        crumbs=(shell.Crumb("Tools", "/tools/"), shell.Crumb("Dashboard")),
        selector=controls(org, month, unit, chosen),
    )


def tools(**_: object) -> Node:
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


def picture(name: str, ending: str) -> flask.Response:
    spec = every_chart()[name]
    labels = svg.Labels(title=name.capitalize(), subtitle="Subtitle", foot=SOURCE.citation)
    text = svg.file(charts.draw(spec), charts.describe(spec), labels)
    body = svg.png(text) if ending == "png" else text.encode()
    return flask.Response(body, mimetype={"png": "image/png", "svg": "image/svg+xml"}[ending])


def asset(path: str) -> flask.Response:
    found = static.read(path)
    if found is None:
        flask.abort(404)
    return flask.Response(found.body, content_type=found.content_type)


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
        assets_folder=str(static.FOLDER),
        assets_ignore=shell.ASSETS_IGNORE,
        assets_url_path="dash-assets",
        use_pages=True,
        pages_folder="",
        suppress_callback_exceptions=True,
        update_title="",
    )
    app.index_string = shell.index_string(static.addresses(""))
    for name, path, page in (
        ("gallery", "/", gallery),
        ("tools", "/tools/", tools),
        ("dashboard", "/tools/dashboard/", dashboard),
    ):
        dash.register_page(
            name, path=path, title=f"{name.capitalize()} | Haresign", layout=drawn(page)
        )
    around = Surroundings(nav=NAV, links=LINKS, search_url="/find", demo=True)
    app.layout = outermost(shell.layout(from_dash(dash.page_container), around))
    url_state.register(app)

    @app.callback(
        Output("dashboard-body", "children"), Input("url", "search"), prevent_initial_call=True
    )
    def refresh(search: str) -> Any:
        return to_dash(dashboard_body(**url_state.parse(search)))

    app.server.add_url_rule("/find", view_func=find)
    app.server.add_url_rule("/download/<name>.<ending>", view_func=picture)
    app.server.add_url_rule("/assets/<path:path>", view_func=asset)
    app.server.after_request(lambda response: policy(app, response))
    return app


if __name__ == "__main__":
    create().run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
