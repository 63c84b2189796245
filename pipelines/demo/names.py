"""Invented names, codes and addresses. None is meant to resemble a real organisation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

REGIONS = (
    ("Y63", "Northern Dales", "E40009963", "ZZ"),
    ("Y62", "Western Fells", "E40009962", "ZX"),
    ("Y60", "Middle Shires", "E40009960", "ZY"),
    ("Y61", "Eastern Levels", "E40009961", "ZW"),
    ("Y56", "Great Harbour", "E40009956", "ZV"),
    ("Y59", "Southern Downs", "E40009959", "ZT"),
    ("Y58", "Western Moors", "E40009958", "ZS"),
)
"""Region code (the real ones, which filters know), name, ONS code, postcode area."""

COUNTIES = (
    *(
        "Northshire",
        "Eastmoor",
        "Wolderness",
        "Carrowdale, Holme and Wick",
        "Fellmarch",
        "Tarnshire",
    ),
    *("Brackenland", "Quarryvale", "Midholme", "Hollinshire", "Marlwood", "Sedgeland"),
    *("Ousefen", "Larkshire", "Staithes and Broadmere", "Harbourside", "Castlegate"),
    *("Lantern Hill", "Kingsbridge and Dockray", "Downshire", "Chalkhurst", "Ferrywold"),
    *("Withyshire", "Combeland", "Tinmoor", "Severside", "Greywater", "Thornmarch"),
    *("Applewick", "Ravensdale", "Millstone", "Fenmarket", "Osierland", "Copperhill"),
    *("Wherryshire", "Saltmarsh and Wick", "Beaconshire", "Oakhanger Vale", "Heronsland"),
    *("Farrowshire", "Stonebeck", "Pennyfold"),
)

_TOWN_STEMS = (
    *("Aldwin", "Amber", "Barrow", "Birken", "Bramble", "Brindle", "Calder", "Corvel"),
    *("Crane", "Dapple", "Dunmer", "Elder", "Fallow", "Fenner", "Gannet", "Garth", "Halver"),
    *("Hazel", "Heather", "Hinder", "Inkle", "Jessa", "Kestrel", "Larch", "Linnet", "Lofter"),
    *("Mallow", "Marl", "Merrow", "Nettle", "Oster", "Parrock", "Pelham", "Quill"),
    *("Ramble", "Rowan", "Sallow", "Sedger", "Skelter", "Sorrel", "Stannow", "Swift", "Tansy"),
    *("Thistle", "Tollan", "Umber", "Vesper", "Wagtail", "Warble", "Whin", "Willet", "Yarrow"),
)
_TOWN_ENDINGS = (
    *("wick", "mere", "stead", "bourne", "thwaite", "holme", "combe", "den", "hurst", "gate"),
    *("marsh", "cote", "beck", "haven", "wold", "minster", "rigg", "sea", "cross", "bridge"),
)
_STREETS = (
    *("Mill Lane", "Hartley Road", "Weir Street", "Church Walk", "Station Road", "Orchard Way"),
    *("Quay Street", "Garden Terrace", "Kiln Lane", "Beacon Road", "Market Place", "Abbey Row"),
    *("Foundry Street", "Meadow Close", "Spring Gardens", "Chapel Hill", "Bridge Street"),
    *("Cobbler's Row", "Rope Walk", "Heron Drive", "Maltings Yard", "Victoria Parade"),
)
_HOUSES = (
    *("Willow", "Riverside", "Lantern", "Old Dairy", "Cedar", "Meadow", "Harbour", "Beacon"),
    *("Limes", "Orchard", "Bridge", "Kingfisher", "Priory", "Mill Race", "Swan", "Foxglove"),
    *("Weavers", "Parkside", "Chestnut", "Lighthouse", "Hawthorn", "Brook", "Saddlers", "Tithe"),
)
_SAINTS = ("Aldhelm", "Botolph", "Cuthburga", "Edwen", "Frithestan", "Hybald", "Osyth", "Wulfric")
_SURNAMES = (
    *("Abara", "Bellwether", "Chaudhry", "Dunmore", "Eze", "Fairweather", "Gill", "Hallam"),
    *("Iqbal", "Jarvis", "Kaur", "Lindqvist", "Mehta", "Nwosu", "Okafor", "Penhaligon"),
    *("Quennell", "Rahman", "Sandhu", "Tolliver", "Underhay", "Varghese", "Winterbourne"),
)
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # a postcode's last two letters never use CIKMOV

HARTLEY = (
    ("Y99001", "Millbrook Surgery", "Mill Lane"),
    ("Y99004", "Hartley Road Medical Centre", "Hartley Road"),
    ("Y99007", "The Weir Practice", "Weir Street"),
    ("Y99009", "St Anne's Lane Surgery", "St Anne's Lane"),
    ("Y99012", "Oldfield Family Practice", "Oldfield Road"),
)


def towns(rng: np.random.Generator) -> Iterator[str]:
    """Invented towns in random order, none of them twice."""
    pairs = [stem + ending for stem in _TOWN_STEMS for ending in _TOWN_ENDINGS]
    shuffled = [pairs[i] for i in rng.permutation(len(pairs))]
    return chain(shuffled, (f"Upper {town}" for town in shuffled))


def practice_codes(count: int) -> tuple[str, ...]:
    """The five of Hartley Vale, then Y99013 to Y99999, then Z00001 onwards."""
    first = [code for code, _, _ in HARTLEY]
    later = [f"Y{n}" for n in range(99013, 100000)]
    last = [f"Z{n:05d}" for n in range(1, max(1, count - len(first) - len(later)) + 1)]
    return tuple((first + later + last)[:count])


def practice_name(rng: np.random.Generator, town: str, street: str) -> str:
    house = _HOUSES[rng.integers(len(_HOUSES))]
    surname, partner = (_SURNAMES[i] for i in rng.integers(len(_SURNAMES), size=2))
    patterns = (
        f"{house} Surgery",
        f"The {house} Practice",
        f"{house} House Medical Centre",
        f"{town} Health Centre",
        f"{town} Medical Practice",
        f"{street} Surgery",
        f"{street} Medical Centre",
        f"St {_SAINTS[rng.integers(len(_SAINTS))]}'s Surgery",
        f"Dr {surname} and Partners",
        f"Drs {surname}, {partner} and Hale",
        f"{house} Family Practice",
    )
    return patterns[rng.integers(len(patterns))]


def street(rng: np.random.Generator) -> str:
    return _STREETS[rng.integers(len(_STREETS))]


def postcode(rng: np.random.Generator, area: str, district: int) -> str:
    """A postcode in the national format, in an area that does not exist."""
    inward = "".join(_LETTERS[i] for i in rng.integers(len(_LETTERS), size=2))
    return f"{area}{district} {rng.integers(1, 10)}{inward}"


def telephone(rng: np.random.Generator) -> str:
    """A number from the range set aside for drama, which never rings."""
    return f"01632 960{rng.integers(1000):03d}"


def icb_code(number: int) -> str:
    """QZ1 ... QZ9, QZA ..., QBA ...: like the old three-character codes, none of them used."""
    characters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"Q{'ZB'[number // len(characters)]}{characters[number % len(characters)]}"


def merged_icb_code(number: int) -> str:
    """Z1X9Y, Z2X8Y, ...: like the five-character codes that came on 1 April 2026."""
    return f"Z{number % 9 + 1}X{9 - number % 9}{'YWVT'[number // 9]}"


def sub_icb_code(number: int) -> str:
    """94A, 94B, ...; every eleventh has five characters, like E9Z0E. None of them is used."""
    letters = "ABCDEFGHJKLMNPQRSTVWXY"
    letter, cycle = letters[number % len(letters)], number // len(letters)
    if number % 11 == 4:
        return f"{letter}{9 - cycle}Z0{letter}"
    return f"{(94, 95, 96, 88, 87)[cycle]}{letter}"
