"""Names as people write them, from names in capitals."""

import pytest

from data.names.display import display_name


@pytest.mark.parametrize(
    ("published", "written"),
    [
        ("THE PARK SURGERY", "The Park Surgery"),
        ("NHS PARK ICB - 16C", "NHS Park ICB - 16C"),
        ("NHS PARK ICB - D9Y0V", "NHS Park ICB - D9Y0V"),
        ("1ST AVENUE SURGERY", "1st Avenue Surgery"),
        ("DR CM PATEL'S SURGERY", "Dr CM Patel's Surgery"),
        ("DRS LAMBERT & NG", "Drs Lambert & Ng"),
        ("DR S DE VIAL & PARTNERS", "Dr S De Vial & Partners"),
        ("DR ALI GUTTRIDGE MEDICAL CENTRE", "Dr Ali Guttridge Medical Centre"),
        ("DR ROY PRACTICE", "Dr Roy Practice"),
        ("DR A YI", "Dr A Yi"),
        ("DR CHEUNG KK PRACTICE", "Dr Cheung KK Practice"),
        ("DR. N.J. BHATT & DR. H.M. BENN", "Dr. N.J. Bhatt & Dr. H.M. Benn"),
        ("DR KW MCGECHAEN & PARTNER", "Dr KW McGechaen & Partner"),
        ("GREENFIELDS MEDICAL CENTRE (YVS RAO)", "Greenfields Medical Centre (YVS Rao)"),
        ("EAST HULL FAMILY PRACTICE (PARK HC)", "East Hull Family Practice (Park HC)"),
        ("ABBEYSLADE PMS (DR CHAND)", "Abbeyslade PMS (Dr Chand)"),
        ("VERNOVA HEALTHCARE CIC", "Vernova Healthcare CIC"),
        ("ARUN INTEGRATED CARE (AIC) PCN LTD", "Arun Integrated Care (AIC) PCN Ltd"),
        ("(IRLAM) SALFORD CARE CTRS", "(Irlam) Salford Care Ctrs"),
        ("O'BRIEN & (O'CONNELL)", "O'Brien & (O'Connell)"),
        ("ST.LUKE'S MED.CTR.", "St.Luke's Med.Ctr."),
        ("ADLER JS-THE SURGERY", "Adler JS-The Surgery"),
        ("HORNDON-ON-THE-HILL", "Horndon-on-the-Hill"),
        ("STOKE-ON-TRENT", "Stoke-on-Trent"),
        ("DR PUZEY,DR KOTHARI", "Dr Puzey, Dr Kothari"),
        ("12A HIGH STREET", "12A High Street"),
        ("E12 MEDICAL CENTRE", "E12 Medical Centre"),
    ],
)
def test_capitals_stay_where_a_word_needs_them(published: str, written: str) -> None:
    assert display_name(published) == written


@pytest.mark.parametrize(
    ("published", "written"),
    [
        ("BRACE STREET HC- MAHBUB (M91659)", "Brace Street HC- Mahbub"),
        ("MANTGANI AB & PARTNER (SEABANK-PC905)", "Mantgani AB & Partner (Seabank)"),
        ("L85060 (VINE SURGERY)", "Vine Surgery"),
        ("CASSIO SURGERY - E82613", "Cassio Surgery"),
        ("Brace Street (M91659)", "Brace Street"),
        ("PARKWAY HEALTH CENTRE (01)", "Parkway Health Centre (01)"),
        ("M91659", "M91659"),
    ],
)
def test_codes_are_no_part_of_a_name(published: str, written: str) -> None:
    assert display_name(published) == written


def test_a_name_that_is_not_all_capitals_stays_as_it_is() -> None:
    assert display_name("McKenzie's of Ely") == "McKenzie's of Ely"
