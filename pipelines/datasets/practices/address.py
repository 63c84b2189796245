"""Street and town out of the address lines of an Organisation Data Service report, as SQL.

The reports of today give the town in the fourth line. Those of before have the county there, or
nothing, and the town one line or two higher, sometimes both in one line: `YARM, CLEVELAND`.
"""

from __future__ import annotations

from pipelines.engine.units import sql_text

_COUNTIES = """
    AVON, BEDFORDSHIRE, BEDS, BERKSHIRE, BERKS, BUCKINGHAMSHIRE, BUCKS, CAMBRIDGESHIRE, CAMBS,
    CHESHIRE, CLEVELAND, CORNWALL, CUMBRIA, COUNTY DURHAM, CO DURHAM, DERBYSHIRE, DEVON,
    NORTH DEVON, DORSET, EAST SUSSEX, WEST SUSSEX, SUSSEX, EAST YORKSHIRE,
    EAST RIDING OF YORKSHIRE, NORTH YORKSHIRE, SOUTH YORKSHIRE, WEST YORKSHIRE, YORKSHIRE, ESSEX,
    GLOUCESTERSHIRE, GLOS, SOUTH GLOUCESTERSHIRE, GREATER MANCHESTER, GREATER LONDON, HAMPSHIRE,
    HANTS, HEREFORDSHIRE, HERTFORDSHIRE, HERTS, HUMBERSIDE, NORTH HUMBERSIDE, SOUTH HUMBERSIDE,
    ISLE OF WIGHT, ISLES OF SCILLY, KENT, LANCASHIRE, LANCS, LEICESTERSHIRE, LEICS, LINCOLNSHIRE,
    LINCS, NORTH LINCOLNSHIRE, NORTH EAST LINCOLNSHIRE, N E LINCOLNSHIRE, NE LINCOLNSHIRE,
    MERSEYSIDE, MIDDLESEX, MIDDELSEX, NORFOLK, NORTH SOMERSET, NORTHAMPTONSHIRE, NORTHANTS,
    NORTHUMBERLAND, NOTTINGHAMSHIRE, NOTTS, OXFORDSHIRE, OXFORSHIRE, OXON, RUTLAND, SHROPSHIRE,
    SOMERSET, STAFFORDSHIRE, STAFFS, SUFFOLK, SURREY, TYNE & WEAR, TYNE AND WEAR, WARWICKSHIRE,
    WARKS, WEST MIDLANDS, WILTSHIRE, WILTS, WORCESTERSHIRE, WORCS, ENGLAND, UNITED KINGDOM
"""  # of England today and in addresses of before; two as they are misspelt in the report
_LISTED = ", ".join(sql_text(name.strip()) for name in " ".join(_COUNTIES.split()).split(","))
_STREETS = (
    r"\d|[ ](STREET|ROAD|RD|LANE|AVENUE|DRIVE|CLOSE|WAY|CENTRE|SURGERY|HOUSE|HOSPITAL|CLINIC)$"
)

_PARTS = "string_split(concat_ws(',', c5, c6, c7, c8), ',')"
_TIDY = f"list_transform({_PARTS}, lambda part: trim(regexp_replace(part, '[. ]+', ' ', 'g')))"
LINES = f"list_filter({_TIDY}, lambda part: part <> '' AND upper(part) NOT IN ({_LISTED}))"
"""Every part of the address that is no county."""

_LAST = "regexp_replace(lines[-1], '^(?:NR |NEAR )?(.+?)(?: [A-Z]+SHIRE)?$', '\\1', 'i')"
_IS_TOWN = (
    f"(len(lines) > 1 AND (lines[-1] ILIKE '%-LE-STREET' OR lines[-1] ILIKE '% LE STREET' "
    f"OR NOT regexp_matches(upper(lines[-1]), '{_STREETS}')))"
)
TOWN = f"CASE WHEN {_IS_TOWN} THEN {_LAST} ELSE '' END"
STREET = f"array_to_string(CASE WHEN {_IS_TOWN} THEN lines[:-2] ELSE lines END, ', ')"
