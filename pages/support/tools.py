"""The tools that are built: address, dataset and the question each answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One dashboard. `subject` is its group in the index; `dataset` and `measure` are ids."""

    slug: str
    title: str
    dataset: str
    question: str
    subject: str
    measure: str  # of the trend, until the reader chooses another

    @property
    def path(self) -> str:
        return f"/tools/{self.slug}/"


LIST_SIZE = Tool(
    slug="list-size",
    title="List size",
    dataset="list-sizes",
    question="Who is registered, and how is it changing?",
    subject="Population",
    measure="registered_patients",
)
GP_APPOINTMENTS = Tool(
    slug="gp-appointments",
    title="GP appointments",
    dataset="gp-appointments",
    question="How much activity is there, how is it attended, and how soon?",
    subject="Demand and access",
    measure="per_1000",
)
DASHBOARDS = (LIST_SIZE, GP_APPOINTMENTS)
