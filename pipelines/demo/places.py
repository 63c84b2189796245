"""Where each fictional practice belongs in a month, as the publishers' files write it."""

from __future__ import annotations

from dataclasses import dataclass

from data.spec import UNALLOCATED
from pipelines.demo.world import World


@dataclass(frozen=True, slots=True)
class Place:
    """Codes and names of a practice and of the areas above it."""

    code: str
    name: str
    pcn: str
    pcn_name: str
    sub_icb: str
    sub_icb_name: str
    icb: str
    icb_name: str
    region: str
    region_name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Practice, PCN, sub-ICB, ICB, region: each code before its name."""
        return (
            *(self.code, self.name, self.pcn, self.pcn_name, self.sub_icb, self.sub_icb_name),
            *(self.icb, self.icb_name, self.region, self.region_name),
        )


def places(world: World, number: int) -> list[Place]:
    """Every practice of the world in that month, listed or not, names in capitals."""
    month = world.months[number]
    icb_of = world.icb_of_sub_icb(month)
    found = []
    for practice, site in enumerate(world.practices):
        home = int(world.sub_icb_of_practice[practice])
        icb = world.icbs[int(icb_of[home])]
        region = world.regions[icb.region]
        pcn = int(world.history.pcn[practice, number])
        code, name = UNALLOCATED, "Unallocated"
        if pcn >= 0:
            code, name = world.pcns[pcn].code, world.pcns[pcn].name.upper()
        sub_icb = world.sub_icbs[home]
        found.append(
            Place(
                *(site.code, site.name.upper(), code, name),
                *(sub_icb.code, sub_icb.name(icb).upper(), icb.code, icb.name.upper()),
                *(region.code, region.name.upper()),
            )
        )
    return found
