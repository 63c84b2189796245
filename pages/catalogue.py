"""Every tool of the product, declared once: where it is, what it answers, whether it is built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from data.spec import Level

Kind = Literal["Dashboard", "Calculator", "Upload", "Checklist", "Service"]
Subject = Literal[
    "Demand and access",
    "Population",
    "Quality and experience",
    "Workforce",
    "Funding",
    "Contract and assurance",
    "Data in other systems",
]
SUBJECTS: tuple[Subject, ...] = (
    "Demand and access",
    "Population",
    "Quality and experience",
    "Workforce",
    "Funding",
    "Contract and assurance",
    "Data in other systems",
)
KINDS: tuple[Kind, ...] = ("Dashboard", "Calculator", "Upload", "Checklist", "Service")
EVERY: tuple[Level, ...] = ("practice", "pcn", "sub_icb", "icb", "region", "england")
PRACTICE_AND_PCN: tuple[Level, ...] = ("practice", "pcn")


@dataclass(frozen=True, slots=True)
class Switch:
    """A choice that only one tool has: its key in addresses, its name, and (value, words) of each.

    The first option stands where an address does not say.
    """

    key: str
    label: str
    options: tuple[tuple[str, str], ...]

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for value, _ in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool. `dataset` and `measure` are ids, empty where it has no published series.

    `measure` is that of the trend until the reader chooses another. `about` replaces the latest
    period of tools without a dataset; `words` are other names by which it is looked for.
    """

    slug: str
    title: str
    question: str
    subject: Subject
    kind: Kind = "Dashboard"
    levels: tuple[Level, ...] = EVERY
    dataset: str = ""
    measure: str = ""
    about: str = ""
    words: str = ""
    access: Literal["public", "account"] = "public"
    built: bool = False
    address: str = ""  # where it is not under /tools/
    switches: tuple[Switch, ...] = ()
    related: tuple[str, ...] = ()  # slugs of other subjects, named at the foot of its page

    @property
    def path(self) -> str:
        return self.address or f"/tools/{self.slug}/"

    @property
    def nation_path(self) -> str:
        return f"/state-of-the-nation/{self.slug}/"


API = Tool(
    slug="api",
    title="REST API",
    question="How do I get the figures into another system?",
    subject="Data in other systems",
    kind="Service",
    about="With a key",
    words="json integration developer download",
    built=True,
    address="/api/docs/",
)
# What stands in the index. A tool with a page of its own says more there: see `tools`.
PLANNED: tuple[Tool, ...] = (
    Tool(
        slug="gp-appointments",
        title="GP appointments",
        question="How much activity is there, how is it attended, and how soon?",
        subject="Demand and access",
        words="access activity dna missed did not attend waits gpad same day mode",
        related=("list-size",),
    ),
    Tool(
        slug="online-consultations",
        title="Online consultations",
        question="How much demand arrives online, of what type, and when?",
        subject="Demand and access",
        words="submissions econsult clinical administrative",
    ),
    Tool(
        slug="cloud-telephony",
        title="Cloud telephony",
        question="How many calls come in, how are they answered, and when?",
        subject="Demand and access",
        words="phone calls missed callback waits",
    ),
    Tool(
        slug="nhs-app",
        title="NHS App",
        question="How many eligible patients use the app, and for what?",
        subject="Demand and access",
        words="digital logins prescriptions uptake",
    ),
    Tool(
        slug="digital-front-door",
        title="Digital front door",
        question="How strong is digital access across channels?",
        subject="Demand and access",
        levels=PRACTICE_AND_PCN,
        words="online app video score",
    ),
    Tool(
        slug="access-monitor",
        title="Access monitor",
        question="Do demand, supply and experience move together?",
        subject="Demand and access",
        words="calls requests appointments survey",
    ),
    Tool(
        slug="gpad-analyser",
        title="GPAD Analyser",
        question="What does our own appointment book say that published data cannot?",
        subject="Demand and access",
        kind="Upload",
        levels=("practice",),
        about="Your own file",
        words="extract emis systmone mapping slots",
    ),
    Tool(
        slug="demand-forecaster",
        title="Demand forecaster",
        question="What should we expect over the next twelve months?",
        subject="Demand and access",
        kind="Calculator",
        words="forecast plan capacity",
    ),
    Tool(
        slug="practice-overview",
        title="Practice overview",
        question="What should I know about this practice before a meeting?",
        subject="Population",
        levels=("practice",),
        words="summary visit profile",
    ),
    Tool(
        slug="list-size",
        title="List size",
        question="Who is registered, and how is it changing?",
        subject="Population",
        words="registered patients population age sex growth",
        related=("gp-appointments",),
    ),
    Tool(
        slug="fingertips",
        title="Fingertips profiles",
        question="What is the public health context of our area?",
        subject="Population",
        words="ohid deprivation prevalence life expectancy",
    ),
    Tool(
        slug="inequalities",
        title="Inequality view",
        question="How does a measure differ between more and less deprived practices?",
        subject="Population",
        words="deprivation quintile slope gap",
    ),
    Tool(
        slug="gp-patient-survey",
        title="GP Patient Survey",
        question="What do patients say, and is it different from elsewhere?",
        subject="Quality and experience",
        words="gpps satisfaction experience access",
    ),
    Tool(
        slug="qof-prevalence",
        title="QOF prevalence",
        question="How many patients are on each register, and how does that compare?",
        subject="Quality and experience",
        words="conditions registers long-term",
    ),
    Tool(
        slug="qof-achievement",
        title="QOF achievement",
        question="What was achieved on each indicator, and who was left out?",
        subject="Quality and experience",
        words="points indicators personalised care adjustments",
    ),
    Tool(
        slug="cqc-search",
        title="CQC search and ratings",
        question="What did the regulator find, and when?",
        subject="Quality and experience",
        levels=("practice",),
        words="inspection rating report",
    ),
    Tool(
        slug="unusual",
        title="Unusual, explained",
        question="Which measures are outside the expected range, and why might that be?",
        subject="Quality and experience",
        levels=("pcn", "sub_icb", "icb"),
        words="variation outliers artefact",
    ),
    Tool(
        slug="nwrs-workforce",
        title="Workforce",
        question="Who works here, for how many patients?",
        subject="Workforce",
        words="gp nurse fte headcount staff",
    ),
    Tool(
        slug="payroll",
        title="Payroll forecaster",
        question="What will our staff cost, month by month?",
        subject="Workforce",
        kind="Calculator",
        levels=PRACTICE_AND_PCN,
        about="2026/27 rates",
        words="salary pension national insurance agenda for change",
    ),
    Tool(
        slug="enhanced-access",
        title="Enhanced access",
        question="Does our rota cover the hours the network owes?",
        subject="Workforce",
        kind="Calculator",
        levels=("pcn",),
        about="2026/27 rules",
        words="evening saturday hours sessions",
    ),
    Tool(
        slug="nhs-payments",
        title="NHS payments",
        question="What is paid, and why more or less than to others?",
        subject="Funding",
        levels=PRACTICE_AND_PCN,
        words="income global sum per weighted patient",
    ),
    Tool(
        slug="arrs-calculator",
        title="ARRS calculator",
        question="What can we claim for additional roles this year?",
        subject="Funding",
        kind="Calculator",
        levels=("pcn",),
        about="2026/27 rates",
        words="additional roles reimbursement claim",
    ),
    Tool(
        slug="pcn-funding-split",
        title="PCN funding and split",
        question="What does the network receive, and how could it be shared?",
        subject="Funding",
        kind="Calculator",
        levels=("pcn",),
        about="2026/27 rates",
        words="core enhanced access care home capacity",
    ),
    Tool(
        slug="qof-income",
        title="QOF income",
        question="What is a point worth here, and what if achievement changes?",
        subject="Funding",
        kind="Calculator",
        levels=("practice",),
        about="2026/27 rules",
        words="points thresholds planning",
    ),
    Tool(
        slug="gp-reimbursement",
        title="GP reimbursement",
        question="What is our cap, and how much of it will we use?",
        subject="Funding",
        kind="Calculator",
        levels=("practice",),
        about="2026/27 rates",
        words="salaried gp hours ceiling",
    ),
    Tool(
        slug="iif",
        title="Investment and Impact Fund",
        question="What would each level of achievement earn?",
        subject="Funding",
        kind="Calculator",
        levels=("pcn",),
        about="By scheme year",
        words="iif indicators thresholds points",
    ),
    Tool(
        slug="pcn-des",
        title="PCN DES",
        question="How is each indicator going, and which practice drives it?",
        subject="Contract and assurance",
        levels=PRACTICE_AND_PCN,
        words="network contract indicators",
    ),
    Tool(
        slug="gp-contract",
        title="GP contract services",
        question="What do the figures on contract services, vaccinations and carers say?",
        subject="Contract and assurance",
        words="vaccinations learning disability checks carers",
    ),
    Tool(
        slug="compare",
        title="Compare anything",
        question="How do up to twelve organisations differ on the measures I choose?",
        subject="Contract and assurance",
        words="side by side heat map spine",
    ),
    Tool(
        slug="assurance-pack",
        title="Assurance pack",
        question="Which exceptions should a PCN or ICB board see this month?",
        subject="Contract and assurance",
        levels=("pcn", "icb"),
        words="board report grid",
    ),
    Tool(
        slug="cqc-readiness",
        title="CQC readiness",
        question="Are we ready for an inspection, and what is still open?",
        subject="Contract and assurance",
        kind="Checklist",
        levels=("practice",),
        about="Kept in your browser",
        words="evidence actions checklist",
    ),
    API,
    Tool(
        slug="ai-connections",
        title="AI connections",
        question="How can an assistant read the published figures?",
        subject="Data in other systems",
        kind="Service",
        about="With an account",
        words="mcp claude chatgpt",
        access="account",
        address="/mcp/about/",
    ),
)

# Start with a question: what people come for, and the tools that answer it, by slug.
QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "How busy are we, and how easily do patients get through?",
        ("gp-appointments", "online-consultations", "cloud-telephony"),
    ),
    ("Who are our patients, and how is the list changing?", ("list-size", "fingertips")),
    ("What do patients say about us?", ("gp-patient-survey",)),
    (
        "What income can we plan for?",
        ("qof-income", "arrs-calculator", "pcn-funding-split", "nhs-payments"),
    ),
    ("Who works here, and for how many patients?", ("nwrs-workforce", "payroll")),
    ("How are the PCN DES and the contract going?", ("pcn-des", "gp-contract", "iif")),
    ("How do I get data into another system?", ("api", "ai-connections")),
)
# Questions with their answer already set: (text, address, values).
ASKED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("How many appointments, and how soon?", "/tools/gp-appointments/", {}),
    ("How many appointments are missed?", "/tools/gp-appointments/", {"measure": "dna_rate"}),
    ("How many are on the same day?", "/tools/gp-appointments/", {"measure": "same_day"}),
    ("Is the list growing?", "/tools/list-size/", {}),
    ("How old are our patients?", "/tools/list-size/", {"measure": "aged_65_and_over"}),
    ("How do areas differ?", "/state-of-the-nation/gp-appointments/", {}),
)
OFTEN_ASKED = ASKED[:3]


def planned(slug: str, *, dataset: str, measure: str, switches: tuple[Switch, ...] = ()) -> Tool:
    """A tool of the index with what its page adds: its dataset, its first measure, its switches.

    KeyError when the index has no such tool; a page may declare a `Tool` of its own instead.
    """
    tool = {tool.slug: tool for tool in PLANNED}[slug]
    return replace(tool, dataset=dataset, measure=measure, switches=switches, built=True)


def levels_words(tool: Tool) -> str:
    """For whom a tool works: Practice to England, PCN, Practice and PCN."""
    if tool.kind == "Service":
        return "Everyone"
    if tool.levels == EVERY:
        return "Practice to England"
    names = {"practice": "Practice", "pcn": "PCN", "sub_icb": "sub-ICB", "icb": "ICB"}
    found = [names[level] for level in tool.levels]
    if len(found) < 3:
        return " and ".join(found)
    return f"{found[0]} to {found[-1]}"
