"""`flask accounts create-admin`: a new account, or one that exists."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.auth.conftest import Visit


def create(site: Flask, email: str, typed: str) -> tuple[int, str]:
    arguments = ["accounts", "create-admin", "--email", email, "--name", "Ada", "--password-stdin"]
    result = site.test_cli_runner().invoke(args=arguments, input=typed)
    return result.exit_code, result.output


def test_the_first_administrator_signs_in_at_once(visit: Visit, site: Flask) -> None:
    person = visit()
    code, told = create(site, f" {person.email.upper()} ", f"{person.password}\n")
    assert code == 0
    assert person.password not in told
    assert person.sign_in().status_code == 302
    assert person.get("/accounts/admin/").status_code == 200


@pytest.mark.parametrize(
    ("email", "typed", "why"),
    [("nobody", "three random words\n", "e-mail"), ("ada@a.example", "password1\n", "common")],
)
def test_what_cannot_be_is_refused(site: Flask, email: str, typed: str, why: str) -> None:
    code, told = create(site, email, typed)
    assert code != 0
    assert why in told


def test_the_address_of_accounts_leads_to_the_profile(visit: Visit) -> None:
    assert visit().get("/accounts/").headers["Location"] == "/accounts/profile/"
