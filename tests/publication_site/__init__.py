"""A publisher on loopback: NHS England's publication pages, its files host and ODS reports."""

from tests.publication_site.content import Fault, Request, zip_bomb
from tests.publication_site.site import PublicationSite, Urls

__all__ = ["Fault", "PublicationSite", "Request", "Urls", "zip_bomb"]
