"""List size: who is registered, and how it is changing."""

from __future__ import annotations

from components.selector import Option
from pages import catalogue
from pages.dashboard.declaration import Dashboard, Nation
from pages.particular import list_ages, list_landscape, list_nation, list_sizes

SIZE = "registered_patients"
AGES = ("aged_65_and_over", "aged_75_and_over", "aged_85_and_over", "under_18")
RATIOS = ("dependency_ratio", "old_age_ratio")
AREAS = ("aged_65_and_over", "aged_85_and_over", "under_18", "dependency_ratio")

DASHBOARD = Dashboard(
    tool=catalogue.planned("list-size", dataset="list-sizes", measure=SIZE),
    noun="registered patients",
    disclaimer="Says nothing about need or quality.",
    units=(Option("rate", "Shares"), Option("count", "Patients")),
    groups=(
        ("Age", AGES),
        ("For every 100 people of working age", RATIOS),
        ("Practices", ("mean_list",)),
    ),
    cards=(
        *(list_sizes.size, list_sizes.year),
        *("aged_65_and_over", "aged_85_and_over", "under_18", "dependency_ratio"),
    ),
    members=(SIZE, *AREAS),
    sentences=list_sizes.summary,
    beside=list_sizes.growth_lines,
    below=(list_sizes.indexed_lines,),
    spread_elsewhere=(SIZE,),
    breakdown="Age and sex",
    rows=((list_ages.pyramid, list_ages.age_bars),),
    sections=(list_landscape.landscapes,),
    extra=list_sizes.growth_column,
    notes=list_sizes.notes,
    nation=Nation(
        measures=(SIZE, *AGES, *RATIOS),
        columns=(SIZE, "mean_list", *AREAS),
        front=(SIZE, "mean_list", "aged_65_and_over"),
        sentences=list_nation.summary,
        cards=(
            *(list_nation.patients, list_nation.yearly_growth, list_nation.practices),
            *("mean_list", "aged_65_and_over", "aged_85_and_over"),
        ),
        sections=(list_nation.growth, list_nation.flows),
    ),
)
