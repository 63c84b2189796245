"""Two hundred invented files, each labelled: about patients, or what practices share.

Every number, name and address is made up. The sets are built from lists of forms, so that a form
that is missed shows as several files.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from auth.uploads.nhs_numbers import is_nhs_number
from tests.auth.uploads import made

Rows = Sequence[Sequence[object]]
TODAY = date.today()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A file and what it is: `what` names the form for the test's message."""

    what: str
    name: str
    body: bytes
    patients: bool


FORENAMES = ("Jane", "Tom", "Zoë", "Amir", "Siobhán", "George", "Olivia", "Mohammed", "Renée")
SURNAMES = ("Smith", "O'Brien", "Brontë", "García-López", "Okafor", "McDonald", "Patel", "Li")
DISTRICTS = ("TS1 2AB", "LE2 7QT", "M14 5TP", "SW1A 1AA", "BN1 1AA")


def nhs_number(dice: random.Random) -> str:
    while True:
        digits = f"{dice.randint(400_000_000, 799_999_999)}{dice.randint(0, 9)}"
        if is_nhs_number(digits):
            return digits


def number_forms(n: str) -> dict[str, str]:
    a, b, c = n[:3], n[3:6], n[6:]
    forms = {f"separated by {mark!r}": f"{a}{mark}{b}{mark}{c}" for mark in " -.–_/\u00a0\u2009"}
    return forms | {
        "ten digits": n,
        "two fives": f"{n[:5]} {n[5:]}",
        "four, three, three": f"{n[:4]} {n[4:7]} {n[7:]}",
        "pairs": " ".join(n[i : i + 2] for i in range(0, 10, 2)),
        "scientific": f"{n[0]}.{n[1:]}E+09",
        "with decimals": f"{n}.0",
    }


def born(dice: random.Random, *, child: bool = False) -> date:
    years = dice.randint(1, 9) if child else dice.randint(19, 95)
    return TODAY - timedelta(days=years * 365 + dice.randint(0, 364))


DATE_FORMS: tuple[tuple[str, Callable[[date], str]], ...] = (
    ("dd/mm/yyyy", lambda d: f"{d:%d/%m/%Y}"),
    ("iso", lambda d: f"{d:%Y-%m-%d}"),
    ("dd.mm.yy", lambda d: f"{d:%d.%m.%y}"),
    ("dd-Mon-yy", lambda d: f"{d:%d-%b-%y}"),
    ("long", lambda d: f"{d.day} {d:%B %Y}"),
    ("ordinal", lambda d: f"{d.day}th {d:%B %Y}"),
    ("packed", lambda d: f"{d:%Y%m%d}"),
    ("with a time", lambda d: f"{d:%Y-%m-%d} 00:00:00"),
)


def people(dice: random.Random, count: int) -> list[tuple[str, str, date]]:
    return [(dice.choice(FORENAMES), dice.choice(SURNAMES), born(dice)) for _ in range(count)]


def as_csv(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    lines = (delimiter.join(str(cell) for cell in row) for row in rows)
    return made.csv(*lines, encoding=encoding)


def every_kind(what: str, rows: Rows, *, patients: bool) -> Iterator[Labelled]:
    """A table as CSV, as a workbook and as a table of a letter."""
    texts = [[str(cell) for cell in row] for row in rows]
    yield Labelled(f"{what}, CSV", "list.csv", as_csv(rows), patients)
    yield Labelled(f"{what}, workbook", "list.xlsx", made.excel(rows), patients)
    yield Labelled(f"{what}, letter", "list.docx", made.word_table(texts), patients)


def of_patients() -> Iterator[Labelled]:
    dice = random.Random(7)
    for what, number in number_forms(nhs_number(dice)).items():
        rows = [["Note", "Count"], [f"Seen: {number}", 3]]
        yield Labelled(f"NHS number {what} in a cell", "a.csv", as_csv(rows), True)
        yield Labelled(f"NHS number {what} in a letter", "a.docx", made.word(f"Re: {number}"), True)
    yield Labelled(
        "NHS numbers as numbers",
        "a.xlsx",
        made.excel([["Id"], *[[int(nhs_number(dice))] for _ in range(4)]]),
        True,
    )
    for split in ((3, 3, 4), (5, 5), (6, 4)):
        cut: list[list[object]] = [["a", "b", "c", "d"][: len(split)]]
        for _ in range(4):
            n, at, cells = nhs_number(dice), 0, []
            for width in split:
                cells.append(n[at : at + width])
                at += width
            cut.append(list(cells))
        yield Labelled(f"NHS numbers over {split} cells", "a.csv", as_csv(cut), True)
    for heads in (
        ("Forename", "Surname", "Postcode"),
        ("Patient's name", "Address"),
        ("First name", "Last name", "Home tel"),
        ("SURNAME", "SEX", "AGE"),
        ("Name", "D.O.B"),
        ("Child's name", "Birth date"),
        ("Patient", "Born on"),
        ("Family name", "Given name", "dob"),
        ("NHS Number", "Visits"),
    ):
        yield from every_kind(f"headings {heads}", [heads, ["x"] * len(heads)], patients=True)
    for what, written in DATE_FORMS:
        rows = [[f"{first} {last}", written(day)] for first, last, day in people(dice, 4)]
        yield Labelled(f"names and dates {what}", "a.csv", as_csv(rows), True)
        first, last, day = people(dice, 1)[0]
        said = f"{last.upper()}, {first} (DOB {written(day)}) was seen."
        yield Labelled(f"a labelled date {what}", "a.docx", made.word(said), True)
    for what, shown in (
        ("capitals", lambda f, s: f"{f} {s}".upper()),
        ("surname first", lambda f, s: f"{s}, {f}"),
        ("title", lambda f, s: f"Mrs {s}"),
        ("initial", lambda f, s: f"{f} J {s}"),
    ):
        rows = [[shown(f, s), f"{d:%d/%m/%Y}"] for f, s, d in people(dice, 4)]
        yield from every_kind(f"names with {what}", rows, patients=True)
    for delimiter in ";\t|":
        rows = [[f, s, f"{d:%d/%m/%y}"] for f, s, d in people(dice, 4)]
        yield Labelled(
            f"cells apart by {delimiter!r}", "a.csv", as_csv(rows, delimiter=delimiter), True
        )
    children = [[f, s, "F", f"{born(dice, child=True):%d/%m/%Y}"] for f, s, _ in people(dice, 4)]
    yield from every_kind("children with their sex", children, patients=True)
    at_home = [[f"{f} {s}", f"{d:%d/%m/%Y}", dice.choice(DISTRICTS)] for f, s, d in people(dice, 1)]
    yield from every_kind("one person with a postcode", at_home, patients=True)
    coded = [["A81001", f"{s}, {f}", f"{d:%d/%m/%Y}"] for f, s, d in people(dice, 6)]
    yield from every_kind("patients of one practice", coded, patients=True)
    for encoding in ("utf-16", "cp1252"):
        rows = [["Zoë Brontë", f"{born(dice):%d/%m/%Y}"] for _ in range(3)]
        yield Labelled(f"in {encoding}", "a.csv", as_csv(rows, encoding=encoding), True)
    sentences = (
        "Re: Jane Smith, 02/03/1951, 5 High Street, SW1A 1AA. Thank you for seeing her.",
        "Tom BROWN d.o.b. 3.4.62 attended twice.",
        "Date of birth: 2 March 2019. Patient: Zoë Brontë",
        "O'Brien, Siobhán (12/03/1975 DOB) did not attend.",
        "Master Amir Okafor, born on 3 May 2021, was vaccinated.",
    )
    for text in sentences:
        yield Labelled(f"a letter: {text}", "a.docx", made.word(text), True)
        yield Labelled(f"slides: {text}", "a.pptx", made.powerpoint(text), True)
    yield Labelled("a PDF", "a.pdf", made.pdf("Mrs Jane Smith, DOB 02/03/1951, was seen"), True)
    n = nhs_number(dice)
    sound = made.SOUND["letter.docx"]
    yield Labelled("a number as file name", f"{n[:3]} {n[3:6]} {n[6:]}.docx", sound, True)
    yield Labelled("a person as file name", "SMITH_Jane_DOB_12-03-1975.docx", sound, True)
    inner = made.excel([["Patient name", "DOB"], ["x", "y"]])
    yield Labelled(
        "an embedded workbook",
        "a.docx",
        made.word("x", more={"word/embeddings/Sheet1.xlsx": inner}),
        True,
    )
    utf16 = (
        '<?xml version="1.0" encoding="UTF-16"?><w:hdr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:hdr>'
    )
    yield Labelled(
        "a header in UTF-16",
        "a.docx",
        made.word("x", more={"word/header1.xml": utf16.format(nhs_number(dice)).encode("utf-16")}),
        True,
    )
    yield Labelled(
        "a comment of a workbook", "a.xlsx", made.excel([["x"]], comment=nhs_number(dice)), True
    )
    for number in (nhs_number(dice), "Mrs Jane Smith, DOB 02/03/1951"):
        yield from beside_cells(number)
    named = made.excel([["x"]], name="SMITH_Jane_DOB_12_03_1975")
    yield Labelled("a name of a cell", "a.xlsx", named, True)
    custom = made.excel([["x"]], properties={"Patient": "Jane Smith", "DOB": "02/03/1951"})
    yield Labelled("properties of a workbook", "a.xlsx", custom, True)
    yield Labelled("a name of a sheet", "a.xlsx", made.excel([["x"]], sheet=nhs_number(dice)), True)


def beside_cells(text: str, *, patients: bool = True) -> Iterator[Labelled]:
    """A text where it is read last: round the page, behind a picture, as a hint, in properties."""
    line = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    drawn = (
        f'<w:document><w:p><wp:docPr id="1" name="Picture 1" descr="{text}"/></w:p></w:document>'
    )
    core = f"<cp:coreProperties><dc:subject>{text}</dc:subject></cp:coreProperties>"
    for where, name, body in (
        (
            "a header of a workbook",
            "a.xlsx",
            made.excel([["x"]], header=f'&L&"Arial,Bold"&10 {text}'),
        ),
        (
            "a footer of a workbook",
            "a.xlsx",
            made.excel([["x"]], footer=f"&C{text}&RPage &P of &N"),
        ),
        ("a picture in a workbook", "a.xlsx", made.excel([["x"]], picture=text)),
        ("a hint of a cell", "a.xlsx", made.excel([["x"]], hint=text)),
        ("a property of a workbook", "a.xlsx", made.excel([["x"]], properties={"Note": text})),
        (
            "a header of a letter",
            "a.docx",
            {"word/header1.xml": f"<w:hdr>{line.format(text)}</w:hdr>"},
        ),
        (
            "a footer of a letter",
            "a.docx",
            {"word/footer1.xml": f"<w:ftr>{line.format(text)}</w:ftr>"},
        ),
        (
            "a comment of a letter",
            "a.docx",
            {"word/comments.xml": f"<w:cs>{line.format(text)}</w:cs>"},
        ),
        ("a picture in a letter", "a.docx", {"word/footnotes.xml": drawn}),
        ("the subject of a letter", "a.docx", {"docProps/core.xml": core}),
    ):
        content = made.word("x", more=body) if isinstance(body, dict) else body
        yield Labelled(f"{where}: {text[:9]}", name, content, patients)


PRACTICES = (
    "Millbrook Surgery",
    "THE PARK SURGERY",
    "DR S R WILLIAMS & PARTNERS",
    "Hill House",
    "Rose Court",
    "DR JOHN SMITH",
    "Queens Park Medical Centre",
    "Dr Patel's Practice",
)


def of_practices() -> Iterator[Labelled]:
    dice = random.Random(11)

    def code() -> str:
        return f"{dice.choice('ABCDEFGHJKLMNPY')}{dice.randint(80_000, 89_999)}"

    opened = [
        [code(), name, f"{born(dice):%d/%m/%Y}", dice.choice(DISTRICTS)] for name in PRACTICES
    ]
    yield from every_kind("a register with opening dates", opened, patients=False)
    heads = ["Practice code", "Practice name", "Open date", "Postcode"]
    yield from every_kind("the same with headings", [heads, *opened], patients=False)
    named = [
        ["Name", "Address", "Postcode", "Status"],
        *[[name, "1 High St", dice.choice(DISTRICTS), "ACTIVE"] for name in PRACTICES],
    ]
    yield from every_kind("names and addresses of practices", named, patients=False)
    staff = [
        ["Name", "Role", "Start date"],
        *[[f"{f} {s}", "Practice nurse", f"{d:%d/%m/%Y}"] for f, s, d in people(dice, 6)],
    ]
    yield from every_kind("a staff list", staff, patients=False)
    doctors = [
        ["Forename", "Surname", "GMC number", "Practice", "Postcode"],
        *[
            [f, s, dice.randint(1_000_000, 7_999_999), "Hill House", "LE2 7QT"]
            for f, s, _ in people(dice, 5)
        ],
    ]
    yield from every_kind("doctors with their practice", doctors, patients=False)
    rota = [
        ["Clinician", "Date", "Session"],
        *[
            [f"Dr {f} {s}", f"{TODAY - timedelta(days=n):%d/%m/%Y}", "AM"]
            for n, (f, s, _) in enumerate(people(dice, 8))
        ],
    ]
    yield from every_kind("a rota", rota, patients=False)
    locums = [
        [f"{f} {s}", f"{TODAY - timedelta(days=20 * n):%d/%m/%Y}", "4 hours"]
        for n, (f, s, _) in enumerate(people(dice, 8))
    ]
    yield from every_kind("locums without headings", locums, patients=False)
    counts = [
        ["Month", "Patients", "Appointments", "DNA %"],
        *[
            [f"{2020 + n}-04-01", dice.randint(2_000, 20_000), dice.randint(900, 9_999), 4.5]
            for n in range(7)
        ],
    ]
    yield from every_kind("counts by month", counts, patients=False)
    wide = [
        ["A", "B", "C"],
        *[
            [dice.randint(100, 999), dice.randint(100, 999), dice.randint(1_000, 9_999)]
            for _ in range(40)
        ],
    ]
    yield from every_kind("three columns of counts", wide, patients=False)
    year_of_birth = [
        ["Year of birth", "Patients", "Seen"],
        *[[1930 + n, 40 + n, 9] for n in range(60)],
    ]
    yield from every_kind("counts by year of birth", year_of_birth, patients=False)
    bands = [
        ["Patients born in", "Sex", "Count"],
        ["1951 to 1960", "Male", 312],
        ["1961 to 1970", "Female", 288],
    ]
    yield from every_kind("counts of patients born in", bands, patients=False)
    complete = [["Practice", "NHS number completeness %", "Total"], ["A81001", 99.2, 8_412]]
    yield from every_kind("completeness of NHS numbers", complete, patients=False)
    phones = [
        ["Practice", "Telephone"],
        *[[name, f"0{dice.randint(1_130_000_000, 1_990_000_000)}"] for name in PRACTICES],
    ]
    yield from every_kind("telephones", phones, patients=False)
    dropped = [
        ["Practice", "Telephone"],
        *[[f"Practice {n}", dice.randint(1_130_000_000, 1_990_000_000)] for n in range(40)],
    ]
    yield Labelled("telephones without their zero", "a.csv", as_csv(dropped), False)
    orders = [
        ["Order", "Item"],
        *[[dice.randint(1_000_000_000, 9_999_999_999), "Gloves"] for _ in range(60)],
    ]
    yield Labelled("order numbers", "a.csv", as_csv(orders), False)
    qof = [
        ["Indicator", "Register", "List", "Achieved"],
        *[
            [f"HYP{n:03d}", dice.randint(10, 900), dice.randint(2_000, 9_000), 71.2]
            for n in range(12)
        ],
    ]
    yield from every_kind("achievement by indicator", qof, patients=False)
    money = [
        ["Line", "Amount", "Paid on"],
        ["Global sum", "£369,371.16", "01/04/2015"],
        ["Premises", "£69,582.14", "01/04/2015"],
        ["Seniority", "£8,738.69", "01/05/2015"],
    ]
    yield from every_kind("payments with their dates", money, patients=False)
    pcns = [
        ["PCN", "Clinical director", "Since"],
        ["Park PCN", "Dr Jane Smith", "01/07/2019"],
        ["Hill PCN", "Dr Tom Brown", "01/07/2019"],
        ["Mill PCN", "Dr Ann Green", "01/04/2020"],
    ]
    yield from every_kind("clinical directors", pcns, patients=False)
    ages = [
        ["Practice", *[f"{n} to {n + 4}" for n in range(0, 90, 5)]],
        *[[code(), *[dice.randint(10, 900) for _ in range(0, 90, 5)]] for _ in range(6)],
    ]
    yield from every_kind("lists by age", ages, patients=False)
    modes = [
        ["Face-to-Face", "GP", "2014-03-01", 12],
        ["Telephone", "Nurse", "2014-03-01", 9],
        ["Video", "Other", "2014-04-01", 2],
        ["Home Visit", "GP", "2014-04-01", 1],
    ]
    yield from every_kind("appointments by mode", modes, patients=False)
    dictionary = [
        ["Field", "Type", "Description"],
        ["NHS_NUMBER", "text", "The patient's NHS number"],
        ["SURNAME", "text", "Family name of the patient"],
        ["DOB", "date", "Date of birth of the patient"],
        ["HOME_ADDRESS", "text", "Where the patient lives"],
        ["SEX", "text", "Sex of the patient"],
        ["AGE", "number", "Age of the patient in years"],
    ]
    yield from every_kind("a data dictionary", dictionary, patients=False)
    yield from every_kind(
        "the same without types", [row[::2] for row in dictionary], patients=False
    )
    one = [["DOB", "Date of birth of the patient"]]
    yield from every_kind("one line of a data dictionary", one, patients=False)
    yield from beside_cells("Millbrook Surgery, LE2 7QT, 0113 496 0000", patients=False)
    yield from beside_cells("Board report by Dr Jane Smith, 12/03/2014", patients=False)
    old = (
        "<cp:coreProperties><dc:creator>Jane Smith</dc:creator><cp:lastModifiedBy>Tom Brown"
        "</cp:lastModifiedBy><dcterms:created>2014-03-12T10:00:00Z</dcterms:created>"
        "<dcterms:modified>2015-03-12T10:00:00Z</dcterms:modified></cp:coreProperties>"
    )
    letter = made.word("x", more={"docProps/core.xml": old})
    yield Labelled("an old letter", "a.docx", letter, False)
    texts = (
        "Minutes of the meeting on 12 March 2014. Present: Jane Smith (chair), Tom Brown.",
        "Apologies: Ann Green. The meeting before was on 4 June 2013.",
        "Patients born in 1951 or before are invited for a vaccination by Dr Jane Smith.",
        "The practice opened on 1 April 1974. Dr John Williams retired on 31 March 2009.",
        "Babies born on or after 1 September 2023 are offered the vaccine from 8 weeks.",
        "Call 0113 496 0000 or 07700 900123 between 08:00 and 18:30, or +44 113 496 0000.",
        "Millbrook Surgery (Y99001), LE2 7QT, recorded 6,412 appointments in September 2026.",
        "Complaints: write to Mrs Jane Smith, Practice Manager, Hill House, Leicester LE2 7QT.",
        "In 2019 2020 2021 and 2022 the list was 8 412, 8 512, 8 612 and 8 712.",
        "Date of birth is recorded for 99.8% of patients; ethnicity for 91%.",
        "Policy reviewed 12/03/2015 by Jane Smith. Next review 12/03/2027.",
    )
    for text in texts:
        yield Labelled(f"a letter: {text}", "a.docx", made.word(text), False)
        yield Labelled(f"a PDF: {text}", "a.pdf", made.pdf(text), False)
        yield Labelled(f"slides: {text}", "a.pptx", made.powerpoint(text), False)
    for name in (
        "Board report 2026-10-01.docx",
        "DNA rate A81001 Sept 2026.docx",
        "Rota Dr Smith 12-03-2026.docx",
        "Minutes_2015-03-12_final.docx",
    ):
        yield Labelled(f"a file called {name}", name, made.SOUND["letter.docx"], False)


def all_files() -> list[Labelled]:
    return [*of_patients(), *of_practices()]
