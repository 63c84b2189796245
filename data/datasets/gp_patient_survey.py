"""GP Patient Survey: what patients answered, with the publisher's intervals and bases."""

from datetime import time

from data.datasets.vocabulary.survey import label
from data.families import Field, family, part_id
from data.spec import Dataset, FactTable, Measure, Part, Rhythm

# Questions with a summary result that are shown as measures: short name, what it says.
HEADLINES: dict[str, tuple[str, str]] = {
    "overallexp": ("Overall experience", "How patients rate their practice as a whole."),
    "gpcontactoverall": ("Contact experience", "How the last contact with the practice went."),
    "localgpservicesphone": ("Phone access", "Of those who had tried to reach the practice."),
    "localgpserviceswebsite": ("Website access", "Of those who had tried to use the website."),
    "localgpservicesapp": ("NHS App access", "Of those who had tried to use the NHS App."),
    "localgpservicesreception": (
        "Helpful reception", "The reception and administrative team, met or spoken to.",
    ),
    "lastgpapptwait": ("Wait acceptable", "Whether the wait for the appointment was about right."),
    "lastgpapptchoice": ("Choice offered", "The first of three published summaries of choice."),
    "lastgpapptlisten": ("Listened to", "Whether the professional was good at listening."),
    "lastgpapptcare": ("Care and concern", "Whether patients were treated with care and concern."),
    "lastgpapptmental": (
        "Mental wellbeing", "Whether mental wellbeing was recognised or understood.",
    ),
    "lastgpapptconf": ("Confidence and trust", "In the professional seen or spoken to."),
    "lastgpapptdecision": ("Involved in decisions", "About care and treatment."),
    "lastgpapptneeds": ("Needs met", "Whether the last appointment met the patient's needs."),
    "localgpservicesprefhpsee": (
        "Preferred professional", "Of those who have a preferred professional and asked.",
    ),
    "healthconfidence": ("Managing conditions", "Of those with long-term conditions."),
    "healthsupport": ("Support for conditions", "Of those with long-term conditions."),
    "pharmacyoverall": ("Pharmacy experience", "Pharmacy services, not the practice's own."),
    "gpclosedoverall": ("Out of hours", "Services used when the practice was closed."),
}  # fmt: skip
FIELDS = (
    Field("positive", "positive", "weighted positive answers", "decimal", "published"),
    Field("base_weighted", "base_weighted", "weighted answers", "decimal", "published"),
    Field("low", "low", "lower 95% limit", "decimal", "published"),
    Field("high", "high", "upper 95% limit", "decimal", "published"),
    Field("base", "base", "answers", "count", "published"),
)


def _parts() -> tuple[Part, ...]:
    """Five parts for each headline question, from a column of the fact table each."""
    codes = {code: label(code) for code in HEADLINES}
    return tuple(
        part
        for field in FIELDS
        for part in family(
            codes,
            (Field(field.suffix, "", field.label, field.kind, field.spread),),
            indicator="result",
            value=field.value,
        )
    )


def _measure(code: str) -> Measure:
    short, why = HEADLINES[code]
    return Measure(
        code,
        label(code),
        num=part_id(code, "positive"),
        den=part_id(code, "base_weighted"),
        unit="percent",
        polarity="higher_better",
        rollup="published_only",
        counted=False,
        short=short,
        what="weighted positive answers as a percentage of weighted answers that say something: "
        "“don't know”, “haven't tried” and “doesn't apply” are left out",
        why=f"{why} An estimate from those who answered: read it with its interval. No clear "
        "difference is the normal result for a practice.",
        low=part_id(code, "low"),
        high=part_id(code, "high"),
        base=part_id(code, "base"),
    )


DATASET = Dataset(
    id="gp-patient-survey",
    title="GP Patient Survey",
    publisher="NHS England and Ipsos",
    series="GP Patient Survey",
    source_url="https://gp-patient.co.uk/surveysandreports",
    cadence="annual",
    publication_lag="in July, after fieldwork from January to March",
    period="calendar_year",
    levels=("practice", "pcn", "icb", "region", "england"),
    dims=("questionnaire", "question", "result"),
    parts=(
        Part("practices", "Practices in the survey", "count(DISTINCT practice)"),
        Part("distributed", "Questionnaires sent", "max(distributed)", spread="published"),
        Part("received", "Questionnaires returned", "max(received)", spread="published"),
        *_parts(),
    ),
    measures=(
        Measure(
            "received",
            "Questionnaires returned",
            num="received",
            rollup="published_only",
            what="questionnaires returned in the year's survey",
            why="How many people an estimate can rest on; about 100 for a practice.",
        ),
        Measure(
            "response_rate",
            "Response rate",
            synonyms=("GPPS", "who answered"),
            num="received",
            den="distributed",
            unit="percent",
            rollup="published_only",
            counted=False,
            what="questionnaires returned as a percentage of those sent",
            why="Weights correct for some of the difference between those who answer and those "
            "who do not.",
        ),
        *(_measure(code) for code in HEADLINES),
    ),
    breakdowns=(),
    headline="received",
    control="questionnaires_returned",
    caveats=(
        ("Results are estimates from those who answered. “No clear difference” is the normal "
        "result at practice level, where about 100 people answer."),
        ("The questionnaire and its way of asking changed in 2024: results before and after are "
        "different series and are never joined."),
        ("Years before 2024 are kept under that year's question numbers as published, for the "
        "API only. They are not yet checked against a real file."),
        ("A result leaves out “don't know”, “haven't tried” and “doesn't apply”: its base is the "
        "number of people whose answer says something."),
        ("Results of fewer than 10 answers are suppressed and shown as missing, never as 0."),
        ("PCNs, ICBs, regions and England have the publisher's own weighted results; they are "
        "never averages of practices. Where their file is not loaded they are missing."),
        "Practices belong to the PCN and ICB of the end of fieldwork in March.",
        ("As published, answers such as “good” are shares of those who gave a real answer, and "
        "“don't know” is a share of everybody asked: shares may add up to more than 100."),
        ("PCN, ICS and region files are not yet checked against real ones; files with other "
        "columns are not loaded. Labels of questions are ours."),
    ),
    needs=("list-sizes",),
    tool="gp-patient-survey",
    suppression="fewer than 10 answers, not published",
    extra=(
        FactTable("answers", "Answers", ("question", "answer"), "percent", kind="decimal"),
    ),
    rhythm=Rhythm(days=(1, 20), months=(7,), times=(time(9, 45),)),
)  # fmt: skip
