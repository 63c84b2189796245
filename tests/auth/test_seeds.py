"""What the owner's documents say about accounts, sentence by sentence."""

from __future__ import annotations

from tests.auth.conftest import Visit
from tests.auth.visitors import said


def test_account_is_registered_verified_and_signed_in(visit: Visit) -> None:
    """ "Go to https://haresign.net/accounts/register/. Enter your details and create a password.
    Check your email for the verification link. Open the verification link to activate the account.
    Sign in at https://haresign.net/accounts/login/."
    """
    person = visit()
    assert "Check your e-mail" in said(person.register())
    assert person.sign_in().status_code == 200  # not yet
    assert not person.is_signed_in()
    assert person.verify().headers["Location"] == "/accounts/login/?done=verified"
    assert person.sign_in().headers["Location"] == "/accounts/profile/"
    assert person.is_signed_in()


def test_the_verification_page_sends_the_link_again(visit: Visit) -> None:
    """ "If the verification email does not arrive, use the resend option on the verification
    page."
    """
    person = visit()
    shown = person.register()
    person.link("/verify/")
    again = person.answer(shown, "/accounts/register/", "/accounts/verify/", email=person.email)
    assert "another message is on its way" in said(again)
    assert person.verify(count=2).status_code == 302
    assert person.sign_in().status_code == 302
