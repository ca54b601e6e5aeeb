"""Machine sizes the world uses: cores, GPUs, memory, quota family and the emulator's own price. Not Azure's list."""

from __future__ import annotations

from typing import NamedTuple


class Size(NamedTuple):
    """One machine size. `price` is US dollars an hour and invented: near what such a machine costs, never a quote."""

    name: str
    family: str
    family_title: str
    cores: int
    gpus: int
    memory_gb: float
    price: float
    low_price: float | None
    disk_mb: int
    is_infiniband: bool = False

    @property
    def shouted(self) -> str:
        """The name as compute answers spell it."""
        return self.name.upper()


_DSV2 = ("standardDSv2Family", "Standard DSv2 Family Cluster Dedicated vCPUs")
_NCT4 = ("Standard NCASv3_T4 Family", "Standard NCASv3_T4 Family  Cluster Dedicated vCPUs")

SIZES = (
    Size("Standard_NC48ads_A100_v4", "standardNCADSA100v4Family",
         "Standard NCADSA100v4 Family Cluster Dedicated vCPUs", 48, 2,
         440.0, 7.346, 1.4692, 131_072),
    Size("Standard_NC4as_T4_v3", *_NCT4, 4, 1, 28.0, 0.526, 0.1052, 180_000),
    Size("Standard_NC6s_v3", "standardNCSv3Family", "Standard NCSv3 Family Cluster Dedicated vCPUs", 6, 1, 112.0,
         3.06,
         0.612, 736_000),
    Size("Standard_NC80adis_H100_v5", "standardNCadsH100v5Family",
         "Standard NCadsH100v5 Family Cluster Dedicated vCPUs",
         80, 2, 640.0, 13.96, None, 256_000),
    Size("Standard_D8s_v5", "standardDSv5Family", "Standard DSv5 Family Cluster Dedicated vCPUs", 8, 0, 32.0, 0.384,
         0.0768,
         262_144),
    Size("Standard_DS3_v2", *_DSV2, 4, 0, 14.0, 0.229, 0.0458, 28_672),
    Size("Standard_DS2_v2", *_DSV2, 2, 0, 7.0, 0.114, 0.0229, 14_336),
    Size("Standard_E4s_v3", "standardESv3Family", "Standard ESv3 Family Cluster Dedicated vCPUs", 4, 0, 32.0, 0.252,
         0.0504,
         65_536),
    Size("Standard_F4s_v2", "standardFSv2Family", "Standard FSv2 Family Cluster Dedicated vCPUs", 4, 0, 8.0, 0.169,
         0.0338,
         32_768),
)  # fmt: skip

_NAMED = {size.name.lower(): size for size in SIZES}


def size_of(name: str) -> Size:
    """Return a size by its name, in any case. Raises KeyError for one the world does not use."""
    return _NAMED[name.lower()]
