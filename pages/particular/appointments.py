"""What is particular to appointments: measures in groups, sentences, cards and breakdowns."""

from __future__ import annotations

from dataclasses import replace

from components import blocks, charts
from components.blocks import Figure, Sentence
from components.kpi import Kpi
from components.table import Column, Table
from data.datasets.gp_appointments import WAITS
from data.questions.names import in_sentence
from data.questions.peers import Peers
from data.spec import Measure
from data.versions.orgs import Org
from pages.catalogue import Switch
from pages.dashboard import absent, breakdowns, cards, figures, peers, sentences, trends
from pages.dashboard.context import View, months
from pages.dashboard.sections.trend import control_figure
from pages.dashboard.words import brief, short_name

MODES = (
    ("Face to face", ("mode_face_to_face",)),
    ("Telephone", ("mode_telephone",)),
    ("Video or online", ("mode_online",)),
    ("Home visit", ("mode_home_visit",)),
    ("Unknown", ("mode_unknown",)),
)
STAFF_GROUPS = (
    ("GP", ("hcp_gp",)),
    ("Other practice staff", ("hcp_other",)),
    ("Unknown", ("hcp_unknown",)),
)
OUTCOMES = (
    ("Attended", ("attended",)),
    ("Did not attend", ("dna",)),
    ("Not recorded", ("status_unknown",)),
)
BANDS = (
    ("Same day", ("wait_same_day",)),
    ("1 day", ("wait_1_day",)),
    ("2 to 7 days", ("wait_2_to_7",)),
    ("8 to 14 days", ("wait_8_to_14",)),
    ("15 to 28 days", ("wait_15_to_21", "wait_22_to_28")),
    ("Over 28 days", ("wait_over_28",)),
    ("Unknown", ("wait_unknown",)),
)
MISSED = Switch(
    "missed", "Share missed, out of", (("known", "Known outcomes"), ("all", "All appointments"))
)
NOUN = "appointments"
MODE = breakdowns.split(
    "mode", NOUN, title=("face_to_face", "of appointments are face to face"), groups=MODES
)
WAIT = breakdowns.split(
    "wait", NOUN, title=("same_day", "of appointments were on the day of booking"), groups=BANDS
)
STAFF = breakdowns.split(
    "hcp_type", NOUN, title=("gp_share", "of appointments are with a GP"), groups=STAFF_GROUPS
)
STATUS = breakdowns.split(
    "status", NOUN, title=("attended", "of appointments were attended"), groups=OUTCOMES
)


def resolve(view: View, measure_id: str) -> str:
    """`dna` is the did-not-attend rate that the reader chose."""
    if measure_id == "dna":
        return "dna_rate" if view.choices[MISSED.key] == "known" else "dna_of_all"
    return measure_id


def measure(view: View, measure_id: str) -> Measure:
    return view.snapshot.dataset.measure(resolve(view, measure_id))


def total(view: View, group: Peers) -> Kpi:
    """The card of all appointments; how busy a day was, set against months of other lengths."""
    daily = peers.figure(view, measure(view, "per_working_day"))
    card = cards.card(view, group, measure(view, "appointments"))
    return replace(card, beside=f"Per working day: {cards.month_change(view, daily).short}")


def summary(view: View, group: Peers) -> list[Sentence]:
    """The summary, from the same figures as the cards."""
    total = peers.figure(view, measure(view, "appointments"))
    rate = peers.figure(view, measure(view, "per_1000"))
    missed = peers.figure(view, measure(view, "dna"))
    return [
        sentences.appointments(total, peers.verdict(view, group, rate), name=in_sentence(view.org)),
        sentences.own_history(peers.verdict(view, group, missed).history, what="The share missed"),
    ]


def daily_trend(view: View) -> Figure:
    """Appointments per working day, with the months that have bank holidays marked."""
    one = measure(view, "per_working_day")
    when = months(view)
    now = peers.figure(view, one)
    found = trends.values(view, one, when)
    name = short_name(view.org)
    spc, past = trends.control(view, one), peers.own_history(view, one)
    frame = figures.frame(
        view,
        "trend-working-day",
        sentences.history_title("Appointments per working day", past),
        f"Appointments on an average working day, {name}. Months with bank holidays are marked",
    )
    if not any(value is not None for value in found):
        return breakdowns.nothing(view, frame, one)
    if single := absent.single(view, one, when, found):
        return Figure(frame, single, figures.working(view, now))
    line: charts.Lines | charts.Spc = trends.line_chart(view, one, when)
    if spc is not None:
        line = trends.control_chart(view, one, spc, past)
    chart = replace(line, periods=trends.with_holidays(view, line.periods))
    return Figure(frame, chart, figures.working(view, now))


def missed_control(view: View) -> Figure:
    """The control chart of appointments that were not attended."""
    return control_figure(view, measure(view, "dna"))


def mapping_trend(view: View) -> Figure:
    """Unmapped and inconsistent appointments over time, against the areas shown."""
    one = measure(view, "mapping_problems")
    when = months(view)
    now = peers.figure(view, one)
    name = short_name(view.org)
    lines = trends.lines_of(view, view.comparators, lambda org: trends.values(view, one, when, org))
    moved = sentences.direction(cards.year_change(view, now))
    title = f"Without a usable category: {moved}" if moved else "Without a usable category"
    frame = figures.frame(
        view, "mapping", title, f"{one.label}, % of appointments, {name}. Lower is usually better"
    )
    if not any(value is not None for line in lines for value in line.values):
        return breakdowns.nothing(view, frame, one)
    chart = trends.compared(trends.axis(view, when, one), lines, "percent", axis="zero")
    return Figure(frame, chart, figures.working(view, now))


def _against(view: View) -> Org:
    """England, or the organisation itself where that is England."""
    return view.england


def waits_by_staff(view: View) -> Figure:
    """Waits with a GP and with other staff, here and in England."""
    return breakdowns.stacked(
        view,
        view.snapshot.dataset.breakdown("gp_wait"),
        slug="wait-by-staff",
        noun=NOUN,
        title="Waits with a GP and with other staff",
        grouping=[(label, tuple(f"gp_{part}" for part in parts)) for label, parts in BANDS],
        rows=_staff_rows(view, _against(view)),
        explained=peers.figure(view, measure(view, "same_day")),
    )


def supplier_notes(view: View) -> tuple[str, ...]:
    """What a comparison within one clinical system says and does not say."""
    if view.group != "supplier":
        return ()
    note = (
        f"The group is the practices that {view.supplier} supplied with a clinical system in "
        f"{view.when}. Systems record appointments differently, so this removes one "
        "cause of difference; what is left still need not be a difference of care."
    )
    return (note,)


def _staff_rows(view: View, against: Org) -> list[breakdowns.Bar]:
    """GP and other staff, here and in England."""
    declared = view.snapshot.dataset
    rows = []
    for org in dict.fromkeys((view.org, against)):
        name = brief(org)
        rows.append((f"{name}: GP", org, declared.breakdown("gp_wait")))
        rows.append((f"{name}: other staff", org, declared.breakdown("other_wait")))
    return rows


def wait_table(view: View) -> blocks.Table:
    """Every band as published: counts and shares for all staff, GPs and others."""
    against = _against(view)
    frame = figures.frame(
        view,
        "wait-bands",
        "All eight wait bands, with a GP and with other staff",
        f"{short_name(view.org)}, {view.when}",
    )
    declared = view.snapshot.dataset
    every = breakdowns.shares(view, declared.breakdown("wait"), view.org)
    gp = breakdowns.shares(view, declared.breakdown("gp_wait"), view.org)
    other = breakdowns.shares(view, declared.breakdown("other_wait"), view.org)
    theirs = breakdowns.shares(view, declared.breakdown("wait"), against)
    columns = [
        Column("From booking to appointment"),
        Column("Appointments", "count"),
        Column("All staff, %", "percent"),
        Column(f"{short_name(against)}, %", "percent"),
        Column("With a GP", "count"),
        Column("With a GP, %", "percent"),
        Column("Other staff", "count"),
        Column("Other staff, %", "percent"),
    ]
    rows = tuple(
        (
            label,
            every[index].count,
            every[index].percent,
            theirs[index].percent,
            gp[index].count,
            gp[index].percent,
            other[index].count,
            other[index].percent,
        )
        for index, label in enumerate(WAITS.values())
    )
    return blocks.Table(frame, Table("All eight wait bands", tuple(columns), rows))
