"""What a guest process holds, as the host sees it.

Memory is split at the linear memory: the guest's pages are inside, the runtime's
outside. A guest's linear memory is the only place with 2^40 bytes of address
space (runtime/object/object_format.h).
"""

import os
import typing

RESERVATION = 1 << 40
GUARD = 1 << 32


class Figures(typing.NamedTuple):
    descriptors: int
    threads: int
    mappings: int        # of the runtime
    runtime_kib: int     # written and private, outside of linear memory
    guest_mappings: int
    guest_kib: int       # resident, inside

    def __str__(self):
        return ", ".join("%s %d" % (name.replace("_", " "), value)
                         for name, value in self._asdict().items())


class _Mapping:
    def __init__(self, line):
        first, _, last = line.split()[0].partition("-")
        self.start = int(first, 16)
        self.end = int(last, 16)
        self.accessible = line.split()[1] != "---p"
        self.kib = {}


def read(pid):
    """Figures of process `pid`, which may be native: it has no guest then."""
    mappings = _mappings(pid)
    inside = _linear_memory(mappings)
    guest = [m for m in mappings if inside[0] <= m.start < inside[1]
             and m.accessible]
    runtime = [m for m in mappings if not inside[0] <= m.start < inside[1]]
    return Figures(
        descriptors=len(os.listdir("/proc/%d/fd" % pid)),
        threads=len(os.listdir("/proc/%d/task" % pid)),
        mappings=len(runtime),
        runtime_kib=sum(m.kib["Private_Dirty"] for m in runtime),
        guest_mappings=len(guest),
        guest_kib=sum(m.kib["Rss"] for m in guest))


def _mappings(pid):
    mappings = []
    with open("/proc/%d/smaps" % pid, encoding="ascii",
              errors="replace") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if "-" in name.split()[0]:
                mappings.append(_Mapping(line))
            elif rest.endswith("kB\n"):
                mappings[-1].kib[name] = int(rest.split()[0])
    return mappings


def _linear_memory(mappings):
    """A range with it and, beyond it, nothing that can be accessed.

    It begins and ends inaccessible (page 0 and the guard), and has no gaps.
    """
    ranges = []
    starts = []  # of inaccessible mappings that adjoin, through others
    end = None
    for mapping in mappings:
        if mapping.start != end:
            starts = []
        end = mapping.end
        if not mapping.accessible:
            starts.append(mapping.start)
            ranges.extend((start, end) for start in starts
                          if end - start >= RESERVATION + GUARD
                          and end - mapping.start >= GUARD)
    return min(ranges, key=lambda r: r[1] - r[0], default=(0, 0))
