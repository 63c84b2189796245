"""getting-started, data-sources, faq and public-vs-account-access: what a reader does with them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Cast
from tests.e2e.promises.conftest import ADMINISTRATOR, PRIYA, Running, main, shown
from tests.e2e.watching import Window, at, drawn
from tests.mailbox import text_of

pytestmark = pytest.mark.browser

TOOL = "/tools/gp-appointments/"


def test_choosing_a_tool(visitor: Window, cast: Cast) -> None:
    """ "You can use many Haresign tools without an account." "Many tools can be used without
    signing in." "Many tools can be opened from the public tools index and used as standalone
    resources." "Go to https://haresign.net/tools/." "Choose the tool that matches your question."
    "browse the available tools;" "Explore a dashboard once" "Use the public tools index." "How
    does my practice compare on access and appointment activity?" "What does our registered
    population look like?" "Search for a practice, PCN, or geography where the tool asks for one."
    "Working With Practice Or PCN Context" "Some tools work best when a practice or PCN has been
    selected." "You can usually search directly inside the tool." "Public tools usually ask you to
    search for an organisation, choose a dataset, or enter planning assumptions each time you use
    them."
    """
    page = visitor.go("/tools/")
    expect(main(page).get_by_role("link", name="List size").first).to_be_visible()
    main(page).get_by_role("link", name="GP appointments").first.click()
    at(page, TOOL)
    drawn(page)
    for org in (cast.region, cast.pcn, cast.practice):
        page.locator(".selbar [role=combobox]").fill(org.code)
        page.locator(".selbar").get_by_role("option").filter(has_text=org.code).first.click()
        at(page, f"org={org.code}")
    drawn(page)
    expect(page.locator("header a", has_text="Sign in").first).to_be_visible()  # nobody is


def test_reading_a_dashboard(visitor: Window, cast: Cast) -> None:
    """ "Review the headline cards first." "Use the charts and comparison panels to understand what
    is driving the headline result." "Check the methodology or data-source notes before using a
    figure in a formal report." "Choose the practice, PCN, month, year, or benchmark group." "Fast
    read of the most important figures." "Show movement over time." "Compare against PCN, ICB,
    region, England, or peer groups." "Explain the composition of a result, for example age band,
    payment category, appointment mode, or indicator group." "Explain source data, caveats, or
    methodology." "inspect public NHS data;" "understand whether a tool answers your question before
    registering." "Use the source and methodology notes before treating a difference as an error."
    """
    page = visitor.go(f"{TOOL}?org={cast.practice.code}")
    expect(page.locator(".selbar [role=combobox]")).to_have_value(cast.practice.label)
    expect(page.get_by_label("Month", exact=True)).to_be_visible()
    assert page.locator(".kpi .v").count() >= 3
    for part in ("trend", "comparison", "breakdown", "notes"):
        expect(page.locator(f"#{part} h2, section#{part} h2").first).to_be_attached()
    comparison = page.locator("#comparison")
    for area in ("PCN", "England"):
        expect(comparison).to_contain_text(area)
    expect(page.locator("#notes")).to_contain_text("Appointment")


def test_when_a_result_surprises(visitor: Window, cast: Cast) -> None:
    """ "Check the selected practice, PCN, month, or year." "Compare the numerator and denominator
    where shown." "Look for data-quality notes on the page." "Check whether the source data was
    revised or recently refreshed." "When investigating a difference, check the source name,
    reporting period, organisation code, denominator, and filter choices before assuming either
    value is wrong." "selected organisation;" "selected month or year;" "whether the source data has
    known caveats;" "whether the denominator is what you expected;"
    """
    page = visitor.go(f"{TOOL}?org={cast.practice.code}&month=2026-08")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".prov")).to_contain_text("NHS England")  # whose it is
    expect(page.locator(".prov")).to_contain_text("August 2026")
    expect(page.locator(".selbar [role=combobox]")).to_have_value(re.compile(cast.practice.code))
    working = page.locator(".kpi", has_text="÷").first  # what is divided by what
    working.locator("summary").first.click()
    for part in ("÷", "Release", "Keep in mind"):
        expect(working).to_contain_text(part)
    visitor.go("/status/")
    expect(main(page)).to_contain_text("up to date")
    expect(main(page).get_by_role("link", name="What changed")).to_be_visible()


def test_contact_from_a_page_that_looks_wrong(
    visitor: Window, running: Running, cast: Cast
) -> None:
    """ "Use the contact route on Haresign if you think the tool is behaving incorrectly." "If it
    still looks wrong, contact Haresign with the tool name, organisation, time period, and what you
    expected to see." "whether another tool shows the same pattern."
    """
    page = visitor.go(f"{TOOL}?org={cast.practice.code}")
    page.get_by_role("contentinfo").get_by_role("link", name="Contact").click()
    at(page, "/contact/")
    expect(page.locator("#f-tool")).to_have_value("GP appointments")
    expect(page.locator("#f-organisation")).to_have_value(cast.practice.label)
    expect(page.locator("#f-period")).to_have_value(re.compile(r"^20\d\d-\d\d$"))
    expect(main(page)).to_contain_text("whether another tool shows the same pattern")
    page.get_by_label("Your name").fill("Asha Rao")
    page.get_by_label("E-mail").fill("asha@practice.example")
    page.get_by_label("Message").fill("The number looks low.")
    page.get_by_label("What did you expect to see?").fill("About 6,000")
    main(page).get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your message is sent.")).to_be_visible()
    assert running.mailbox.wait(ADMINISTRATOR)


def test_taking_figures_away(visitor: Window, cast: Cast) -> None:
    """ "Can I use outputs in board reports?" "Yes, but include context:" "source dataset;"
    "reporting period;" "organisation selected;" "Can I export data?" "Some tools provide exports or
    report views." "When using outputs in formal papers, board reports, or external submissions,
    cite the original NHS or government publication for the relevant reporting period."
    """
    page = visitor.go(f"{TOOL}?org={cast.practice.code}")
    page.locator("details summary", has_text="Download").first.click()
    with page.expect_download() as download:
        page.locator("details[open] a[download]").first.click()
    name = download.value.suggested_filename
    assert "gp-appointments" in name
    assert cast.practice.code.casefold() in name.casefold()
    figure = page.locator("[data-fig]").filter(has=page.locator("[data-cites]")).first
    figure.locator(".fmenu > summary").click()
    figure.locator("[data-cites]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "NHS England" in copied
    assert "GP appointments" in copied or "Appointments" in copied


def test_data_sources_and_their_cadence(visitor: Window) -> None:
    """ "Practice lookup, PCN membership, geography, benchmarking context." "Registered patient list
    size" "Different datasets update on different schedules." "How often is data refreshed?"
    "Haresign follows source publication schedules." "Some datasets are monthly, some annual, and
    some update on a less regular publication cycle." "Always check the source guidance before
    using outputs for formal submissions or contractual decisions."
    """
    page = visitor.go("/data-sources/")
    for words in ("Monthly", "Annual", "Next release expected", "Patients"):
        expect(main(page)).to_contain_text(re.compile(words, re.IGNORECASE))
    sources = main(page).locator("a[href^='https://']")
    assert sources.count() >= 10  # to the publishers' own pages


def test_the_reference_of_the_api(visitor: Window) -> None:
    """ "The live API schema is the best source for exact response fields:" "Swagger UI:
    https://haresign.net/api/docs/" "ReDoc: https://haresign.net/api/redoc/" "Raw schema:
    https://haresign.net/api/schema/" "The schema and documentation are public, but most API
    endpoints require a bearer API key." "The schema is public, but most endpoints need an API key."
    "The API docs are available at: https://haresign.net/api/docs/"
    """
    for path in ("/api/docs/", "/api/redoc/"):
        visitor.page.goto(visitor.site + path)
        expect(visitor.page.locator("body")).to_contain_text("Haresign", timeout=20_000)
    request = visitor.page.request
    assert "openapi" in request.get(f"{visitor.site}/api/schema/").text()
    assert request.get(f"{visitor.site}/api/v1/practices/").status == 401


def test_a_key_to_the_api(priya: Window, office: Window, running: Running) -> None:
    """ "How do I get an API key?" "Getting API access" "Can I pull structured data into another
    dashboard?" "Build an integration" "Request API access and use the live OpenAPI schema." "API
    key access where issued." "For structured data access, use the developer API where the relevant
    dataset is exposed." "Use the API when you need data in another system."
    """
    page = shown(priya, "/accounts/api-keys/")
    page.get_by_label("What will use it").fill("Power BI")
    page.get_by_label("What for").fill("Board papers")
    main(page).get_by_role("button", name="Ask for a key").click()
    expect(page.get_by_text("Your request is with the administrators.")).to_be_visible()
    admin = office.page
    admin.goto(running.url + running.link(ADMINISTRATOR, "/keys/requests/"))
    expect(main(admin)).to_contain_text("Board papers")
    main(admin).get_by_role("button", name="Approve Power BI").click()
    expect(admin.get_by_text("The key is approved.")).to_be_visible()
    page.goto(f"{priya.site}/accounts/api-keys/")
    main(page).get_by_role("button", name="Show the key for Power BI").click()
    key = page.locator("code.secret").inner_text()
    answer = page.request.get(
        f"{priya.site}/api/v1/practices/", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.ok
    page.goto(f"{priya.site}/accounts/api-keys/")
    main(page).get_by_role("link", name="Revoke Power BI").click()
    page.get_by_label("Reason").fill("Only a trial")
    main(page).get_by_role("button", name="Revoke").click()
    expect(main(page).get_by_text("Revoked", exact=True)).to_be_visible()
    assert "Only a trial" in text_of(running.heard(PRIYA, "Your API key was revoked"))


def test_an_account_is_for_repeated_work(visitor: Window) -> None:
    """ "Do I need an account?" "Not always." "An account is useful if you want linked practice or
    PCN workspaces, saved presets, or document features." "How do I create an account?" "Register,
    verify your email, then sign in." "Repeatedly review the same practice" "Create an account and
    link the practice." "email-verified sign-in;" "linked practice or PCN workspaces;"
    """
    page = visitor.go(TOOL)
    page.locator("details.presets summary").click()
    page.get_by_role("link", name="Save these selections").click()
    at(page, "/accounts/login/", "next=")
    main(page).get_by_role("link", name="Create an account").click()
    at(page, "/accounts/register/", "next=")  # the way back is kept
    for gain in ("your practice or PCN", "saved presets", "documents shared", "API keys"):
        expect(main(page)).to_contain_text(gain)


def test_what_haresign_does_not_replace(visitor: Window) -> None:
    """ "Can Haresign tell me what action to take?" "It does not replace local governance,
    contractual guidance, professional judgement, or formal advice." "It does not replace:"
    "official NHS contractual guidance;" "local commissioner decisions;" "clinical judgement;"
    "practice accounting systems;" "local information governance review."
    """
    page = shown(visitor, "/terms/")
    for one in (
        "official NHS contractual guidance",
        "local commissioner decisions",
        "clinical judgement",
        "practice accounting systems",
        "local information governance review",
    ):
        expect(main(page)).to_contain_text(one)
