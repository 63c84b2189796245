"""accounts-and-workspaces.txt, from registration to the end of an account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.auth.uploads import made
from tests.e2e.conftest import Cast
from tests.e2e.promises.conftest import PASSWORD, PRIYA, Running, main, shown, sign_in
from tests.e2e.watching import Window, at, drawn, opened

pytestmark = pytest.mark.browser

DANIEL, NEW_PASSWORD = "daniel@practice.example", "four other words together"
TOOL = "/tools/list-size/"


@pytest.fixture(scope="module")
def daniel(chromium: Browser, running: Running) -> Iterator[Window]:
    """Somebody new, who goes through everything in the order of the document."""
    with opened(chromium, running.url) as window:
        yield window


def test_registering(daniel: Window, running: Running) -> None:
    """ "Go to https://haresign.net/accounts/register/." "Enter your details and create a password."
    "Check your email for the verification link." "If the verification email does not arrive, use
    the resend option on the verification page." "Open the verification link to activate the
    account." "Email verification" "Confirms that account access belongs to you."
    """
    page = shown(daniel, "/accounts/register/")
    page.get_by_label("Your name").fill("Daniel Okafor")
    page.get_by_label("E-mail").fill(DANIEL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("h1")).to_have_text("Check your e-mail")
    page.get_by_role("button", name="Send the link again").click()
    expect(page.get_by_text("another message is on its way")).to_be_visible()
    page.goto(running.url + running.mailbox.link(DANIEL, "/verify/", 2))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Activate my account").click()
    expect(page.get_by_text("Your e-mail address is confirmed")).to_be_visible()


def test_the_profile_page(daniel: Window) -> None:
    """ "Sign in at https://haresign.net/accounts/login/." "After logging in, your profile page is
    available at: https://haresign.net/accounts/profile/" "Use it to: - review your account
    details; - link a practice; - link a PCN; - switch active workspace; - manage membership
    requests; - access your uploaded documents; - delete your account if needed."
    """
    page = daniel.page
    page.locator("header .ava").click()
    page.locator("header details.account").get_by_role("button", name="Sign out").click()
    sign_in(daniel, DANIEL)
    at(page, "/accounts/profile/")
    expect(main(page)).to_contain_text(DANIEL)
    for way in ("Link a practice", "Link a PCN", "Switch and manage", "Delete account"):
        expect(main(page).get_by_role("link", name=way)).to_be_visible()
    expect(main(page).get_by_role("link", name="Yours")).to_be_visible()  # documents


def test_linking_a_practice(daniel: Window, priya: Window, running: Running, cast: Cast) -> None:
    """ "Open your account profile." "Choose the option to link a practice." "Search by practice
    name or ODS code." "Select the correct practice." "Submit the access request." "If the practice
    already has an account admin, the request can be approved or rejected by that admin."
    "Practice linking" "Associate your account with one or more GP practices."
    """
    page, practice = shown(daniel, "/accounts/profile/"), cast.practice
    main(page).get_by_role("link", name="Link a practice").click()
    page.get_by_label("Name or code").fill(practice.name)
    main(page).get_by_role("button", name="Search").click()
    expect(main(page)).to_contain_text(practice.code)
    page.get_by_label("Name or code").fill(practice.code)
    main(page).get_by_role("button", name="Search").click()
    page.get_by_role("button", name=f"Ask to join {practice.name}").click()
    expect(page.get_by_text("Your request is sent.")).to_be_visible()
    expect(main(page)).to_contain_text("Pending")
    admin = shown(priya, "/accounts/profile/")
    expect(admin.locator("header .ava .badge-n")).to_have_text("1 waiting")
    expect(main(admin).get_by_role("heading", name="Waiting for you")).to_be_visible()
    admin.goto(running.url + running.mailbox.link(PRIYA, "/memberships/"))
    expect(main(admin).get_by_role("link", name="Decline Daniel Okafor")).to_be_visible()
    main(admin).get_by_role("button", name="Approve Daniel Okafor").click()
    expect(admin.get_by_text("The request is approved.")).to_be_visible()
    admin.go_back()
    admin.reload()
    expect(main(admin)).to_contain_text("Already decided: Priya Raman approved this request")
    page.reload()
    expect(page.locator("header .ws-now")).to_contain_text(practice.name)  # at once, as the first


def test_linking_a_pcn(daniel: Window, office: Window, cast: Cast) -> None:
    """ "Choose the option to link a PCN." "Search by PCN name or code." "Select the correct PCN."
    "PCN membership works in the same way as practice membership: requests may need approval before
    the PCN appears as an active workspace." "If not, platform administrators may need to review
    it." "PCN linking" "Associate your account with one or more PCNs." "Practice and PCN links may
    require approval before they become active."
    """
    page = shown(daniel, "/accounts/profile/")
    main(page).get_by_role("link", name="Link a PCN").click()
    page.get_by_label("Name or code").fill(cast.pcn.code)
    main(page).get_by_role("button", name="Search").click()
    page.get_by_role("button", name=f"Ask to join {cast.pcn.name}").click()
    expect(
        main(page).get_by_role("button", name=f"Use this workspace {cast.pcn.name}")
    ).to_have_count(0)
    admin = shown(office, "/accounts/admin/")
    main(admin).get_by_role("link", name="Requests to join 1").click()
    main(admin).get_by_role("button", name="Approve Daniel Okafor").click()
    expect(admin.get_by_text("The request is approved.")).to_be_visible()
    page.reload()
    expect(
        main(page).get_by_role("button", name=f"Use this workspace {cast.pcn.name}")
    ).to_be_visible()


def test_roles_and_states(daniel: Window, priya: Window, cast: Cast) -> None:
    """ "Linked practices and PCNs can have different membership states." "Pending" "You have
    requested access and are waiting for approval." "Active" "You can use the practice or PCN as a
    workspace." "Admin" "You can approve, reject, or remove other members for that organisation."
    "Rejected or removed" "Access is not active. You may need to request access again."
    """
    members = f"/accounts/organisations/{cast.practice.code}/"
    admin, page = shown(priya, members), daniel.page
    main(admin).get_by_role("link", name="Remove Daniel Okafor").click()
    admin.get_by_label("Reason").fill("Tried out")
    main(admin).get_by_role("button", name="Remove").click()
    expect(admin.get_by_text("The member is removed.")).to_be_visible()
    page.goto(f"{daniel.site}/accounts/workspaces/")
    expect(main(page)).to_contain_text("Not a member any more")
    main(page).get_by_role("button", name="Ask again").click()
    expect(main(page)).to_contain_text("Pending")
    admin.goto(priya.site + members)
    main(admin).get_by_role("button", name="Approve Daniel Okafor").click()
    page.reload()
    expect(main(page)).to_contain_text("You are a member")
    expect(main(page)).to_contain_text("You are an admin")  # of the PCN, as its first member


def test_switching_workspaces(daniel: Window, cast: Cast) -> None:
    """ "Workspace switching" "Move between linked practice and PCN contexts." "a practice workspace
    can pre-select the practice in practice-level tools;" "a PCN workspace can pre-select the PCN in
    PCN-level dashboards;" "If you work across several organisations, check the active workspace
    before saving presets or interpreting context-specific results." "faster organisation
    selection;" "Some tools can use that context to pre-select organisations or save presets." "If
    you create an account, you can also link practice and PCN workspaces so the site can remember
    your common context."
    """
    page = shown(daniel, "/accounts/workspaces/")
    for place in (cast.pcn, cast.practice):
        page.locator("header .org").click()
        page.locator("#switcher-panel .linked button", has_text=place.name).click()
        expect(page.locator("header .ws-now")).to_contain_text(place.name)
        page.goto(f"{daniel.site}{TOOL}")
        at(page, f"org={place.code}")


def test_presets(daniel: Window, cast: Cast) -> None:
    """ "Saved presets" "Store common tool settings or selected organisations." "Some tools support
    saved presets." "A preset stores useful selections so you can return to a common scenario or
    organisation quickly." "a frequently used practice;" "saved presets can be scoped to the active
    context." "Presets are intended to save time." "They do not freeze the underlying source data,
    so results can change when public datasets are refreshed." "saved presets for repeated
    scenarios;"
    """
    page = daniel.go(f"{TOOL}?org={cast.pcn.code}&unit=count")
    page.locator("details.presets summary").click()
    page.get_by_role("link", name="Save these selections").click()
    expect(main(page)).to_contain_text("It is saved in the workspace")
    expect(main(page)).to_contain_text(f"The page shows {cast.pcn.label}")  # not the workspace
    expect(main(page)).to_contain_text("The selections are kept, not the figures.")
    page.get_by_label("Name", exact=True).fill("Our PCN")
    page.get_by_role("button", name="Save preset").click()
    at(page, TOOL, f"org={cast.pcn.code}")
    note = page.locator(".saved-note")
    expect(note).to_contain_text("The preset is saved.")
    note.get_by_role("link", name="All presets").click()
    expect(main(page)).to_contain_text(f"in {cast.practice.name}")
    page.get_by_role("link", name="Our PCN", exact=True).click()
    at(page, TOOL, f"org={cast.pcn.code}")


def test_documents(daniel: Window, priya: Window, cast: Cast) -> None:
    """ "My documents" "Manage documents you have uploaded or shared through the document library."
    "access to document or uploaded-data areas where enabled;" "Read the instructions on the
    specific tool page before uploading." "Avoid uploading unnecessary patient-identifiable
    information." "avoid uploading unnecessary patient-identifiable information;" "read the
    on-page instructions for that specific upload."
    """
    page = shown(daniel, "/accounts/documents/")
    expect(main(page)).to_contain_text("No patient data.")
    large = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"x" * (11 * 1024**2 - 1000)}
    page.get_by_label("Share with").select_option(cast.practice.code)
    page.get_by_label("File").set_input_files(large)  # type: ignore[arg-type]
    expect(page.locator("#e-file")).to_have_text("Up to 10 MB; this file has 11 MB.")
    page.get_by_label("File").set_input_files(
        {"name": "rota.csv", "mimeType": "text/csv", "buffer": made.csv("Day", "Monday")}
    )
    expect(page.get_by_label("Share with")).to_have_value(cast.practice.code)  # nothing is lost
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("The document is kept.")).to_be_visible()
    other = shown(priya, f"/accounts/documents/?scope={cast.practice.code}")
    with other.expect_download() as download:
        other.get_by_role("link", name="rota.csv", exact=True).click()
    assert download.value.suggested_filename == "rota.csv"


def test_a_forgotten_password(daniel: Window, running: Running) -> None:
    """ "If you cannot sign in, use: https://haresign.net/accounts/password-reset/" "You will
    receive a reset email if the address matches an account."
    """
    page = daniel.page
    page.context.clear_cookies()
    for email in ("nobody@practice.example", DANIEL):
        shown(daniel, "/accounts/password-reset/").get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Send the link").click()
        expect(main(page)).to_contain_text(f"If {email} matches an account")
    page.goto(running.url + running.link(DANIEL, "/password-reset/"))
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    assert running.mailbox.to("nobody@practice.example") == []
    sign_in(daniel, DANIEL, NEW_PASSWORD)
    at(page, "/accounts/profile/")


def test_the_end_of_an_account(daniel: Window, priya: Window, cast: Cast) -> None:
    """ "You can request account deletion from your profile page." "Deleting an account removes your
    account access." "Documents you have uploaded may remain available if they were already shared,
    but they will no longer be associated with your account." "Where account features are enabled,
    Haresign may store account information, linked organisation membership, saved presets, and
    uploaded documents or settings needed to provide the feature."
    """
    page = shown(daniel, "/accounts/profile/")
    with page.expect_download() as download:
        main(page).get_by_role("link", name="Download my data").click()
    kept = download.value.path().read_text(encoding="utf-8")
    for saved in (DANIEL, cast.practice.code, "Our PCN", "rota.csv"):
        assert saved in kept
    main(page).get_by_role("link", name="Delete account").click()
    expect(main(page)).to_contain_text(f"You are the only member of {cast.pcn.name}")
    page.get_by_label("Your password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    sign_in(daniel, DANIEL, NEW_PASSWORD)
    expect(main(page)).to_contain_text("E-mail or password is not right.")
    other = shown(priya, f"/accounts/documents/?scope={cast.practice.code}")
    expect(main(other).get_by_role("row", name="rota.csv")).to_contain_text(
        "An account that is gone"
    )


def test_the_policies(visitor: Window) -> None:
    """ "Use the public privacy and cookie policy pages on Haresign for current privacy information:
    https://haresign.net/privacy-policy/ https://haresign.net/cookie-policy/"
    """
    for path, words in (("/privacy-policy/", "Privacy"), ("/cookie-policy/", "Cookie")):
        expect(shown(visitor, path).locator("h1")).to_contain_text(words)


def test_whether_to_register(visitor: Window) -> None:
    """ "See Public vs Account Access if you are deciding whether to register before using a
    tool."
    """
    page = shown(visitor, "/accounts/register/")
    expect(main(page)).to_contain_text("You may not need an account")
    main(page).get_by_role("link", name="Go to the tools").click()
    drawn(page)
    at(page, "/tools/")
