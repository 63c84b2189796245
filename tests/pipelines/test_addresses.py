"""Which addresses are fetched and how they are shown."""

from __future__ import annotations

import pytest

from data.settings import Settings
from pipelines.fetch.addresses import AllowList, shown
from pipelines.files.errors import AddressRefused


@pytest.mark.parametrize(
    "url",
    [
        "http://files.digital.nhs.uk/a.csv",
        "https://files.digital.nhs.uk:8443/a.csv",
        "https://files.digital.nhs.uk.example.org/a.csv",
        "https://someone@files.digital.nhs.uk/a.csv",
        "https://files.digital.nhs.uk@example.org/a.csv",
        "https://127.0.0.1/a.csv",
        "http://127.0.0.1:8050/a.csv",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://files.digital.nhs.uk/a.csv",
        "https://[::1",
        "https://files.digital.nhs.uk:port/a.csv",
        "a.csv",
    ],
)
def test_only_the_publishers_are_asked(url: str) -> None:
    with pytest.raises(AddressRefused):
        AllowList(Settings()).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.digital.nhs.uk/AB/012345/a.csv",
        "https://FILES.digital.nhs.uk:443/AB/012345/a.csv",
        "https://digital.nhs.uk/data-and-information/publications/statistical/x/may-2024",
        "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=epraccur",
    ],
)
def test_the_publishers_are_asked(url: str) -> None:
    AllowList(Settings()).check(url)


def test_messages_hide_what_a_query_holds() -> None:
    assert (
        shown("https://someone:word@host.nhs.uk/api?report=eccg&key=s3cret&empty=")
        == "https://host.nhs.uk/api?report=eccg&key=…&empty=…"
    )
