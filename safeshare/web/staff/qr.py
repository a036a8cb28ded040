"""QR codes (ISO/IEC 18004:2015), in byte mode, with error correction M, of versions 1 to 10: these
hold 213 bytes, which is enough for the address that an authenticator app reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_BLOCKS: Final = {
    1: (10, (16,)),
    2: (16, (28,)),
    3: (26, (44,)),
    4: (18, (32, 32)),
    5: (24, (43, 43)),
    6: (16, (27,) * 4),
    7: (18, (31,) * 4),
    8: (22, (38, 38, 39, 39)),
    9: (22, (36, 36, 36, 37, 37)),
    10: (26, (43, 43, 43, 43, 44)),
}
"""Version to check bytes a block, and data bytes of each block (table 9, level M)."""

_ALIGNED: Final = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
}
"""Version to the rows and columns of alignment patterns (annex E)."""

_LEVEL_M: Final = 0
_FORMAT_POLYNOMIAL: Final = 0b10100110111
_FORMAT_MASK: Final = 0b101010000010010
_VERSION_POLYNOMIAL: Final = 0b1111100100101
_FIELD_POLYNOMIAL: Final = 0b100011101

_MASKS: Final = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _x: y % 2 == 0,
    lambda _y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
"""Which modules each mask turns over (section 7.8.2)."""


def qr_modules(content: bytes) -> list[list[bool]]:
    """The modules of the code, row by row, dark ones true. ValueError where it does not fit."""
    version = _version_for(len(content))
    words = _codewords(content, version)
    grid = _Grid(version)
    grid.draw_patterns()
    grid.fill(words)
    masked = [grid.masked(number) for number in range(len(_MASKS))]
    return min(masked, key=_penalty)


def _version_for(length: int) -> int:
    for version, (_check, blocks) in _BLOCKS.items():
        if 4 + _count_bits(version) + 8 * length <= 8 * sum(blocks):
            return version
    raise ValueError("the content is too long for a QR code of version 10")


def _count_bits(version: int) -> int:
    """Bits of the length in byte mode (table 3)."""
    return 8 if version < 10 else 16


def _codewords(content: bytes, version: int) -> bytes:
    check, blocks = _BLOCKS[version]
    data = _padded(content, version, sum(blocks))
    parts, start = [], 0
    for length in blocks:
        parts.append(data[start : start + length])
        start += length
    checks = [_check_bytes(part, check) for part in parts]
    return bytes([*_interleaved(parts), *_interleaved(checks)])


def _padded(content: bytes, version: int, length: int) -> bytes:
    """Mode 0100, length, content and the two pad bytes in turn (section 7.4)."""
    count = _count_bits(version)
    number = (0b0100 << count | len(content)) << 8 * len(content)
    bits = 4 + count + 8 * len(content)
    number |= int.from_bytes(content, "big")
    terminator = min(4, 8 * length - bits)
    bits, number = bits + terminator, number << terminator
    number <<= -bits % 8
    packed = number.to_bytes((bits + 7) // 8, "big")
    return (packed + b"\xec\x11" * length)[:length]


def _interleaved(parts: list[bytes]) -> Iterator[int]:
    for place in range(max(map(len, parts))):
        yield from (part[place] for part in parts if place < len(part))


def _powers() -> tuple[list[int], list[int]]:
    exponents, value = [], 1
    for _ in range(255):
        exponents.append(value)
        value <<= 1
        if value > 255:
            value ^= _FIELD_POLYNOMIAL
    logarithms = [0] * 256
    for power, one in enumerate(exponents):
        logarithms[one] = power
    return exponents, logarithms


_EXPONENTS, _LOGARITHMS = _powers()


def multiply(one: int, other: int) -> int:
    """The product in the field of 256 elements that QR codes use."""
    if not one or not other:
        return 0
    return _EXPONENTS[(_LOGARITHMS[one] + _LOGARITHMS[other]) % 255]


def _generator(degree: int) -> list[int]:
    found = [1]
    for power in range(degree):
        shifted = [*found, 0]
        for place, one in enumerate(found):
            shifted[place + 1] ^= multiply(one, _EXPONENTS[power])
        found = shifted
    return found


def _check_bytes(data: bytes, degree: int) -> bytes:
    """The Reed-Solomon remainder (section 7.5)."""
    generator = _generator(degree)
    rest = [*data, *([0] * degree)]
    for place in range(len(data)):
        factor = rest[place]
        for step, one in enumerate(generator):
            rest[place + step] ^= multiply(one, factor)
    return bytes(rest[-degree:])


def _bch(value: int, polynomial: int) -> int:
    """The value with the remainder of its division behind it (annexes C and D)."""
    bits = polynomial.bit_length() - 1
    rest = value << bits
    while rest.bit_length() > bits:
        rest ^= polynomial << (rest.bit_length() - polynomial.bit_length())
    return value << bits | rest


@dataclass
class _Grid:
    """A code that is being drawn. A module of None is still free."""

    version: int
    modules: list[list[bool | None]] = field(init=False)
    free: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.size = 17 + 4 * self.version
        self.modules = [[None] * self.size for _ in range(self.size)]

    def draw_patterns(self) -> None:
        """Finders, timing, alignment, the dark module, and the places of format and version."""
        far = self.size - 7
        for top, left in ((0, 0), (0, far), (far, 0)):
            self._finder(top, left)
        for step in range(8, self.size - 8):
            self.modules[6][step] = self.modules[step][6] = step % 2 == 0
        places = _ALIGNED[self.version]
        for y in places:
            for x in places:
                if self.modules[y][x] is None or (6 in (y, x) and not self._in_finder(y, x)):
                    self._alignment(y, x)
        self._format(0)
        self._version_bits()

    def fill(self, words: bytes) -> None:
        """Lay the bits in pairs of columns, up and down, from the right (section 7.7.3)."""
        bits = (word >> shift & 1 for word in words for shift in range(7, -1, -1))
        for y, x in self._way():
            self.free.append((y, x))
            self.modules[y][x] = bool(next(bits, 0))

    def masked(self, number: int) -> list[list[bool]]:
        """A copy under one mask, with its number in the format."""
        copy = _Grid(self.version)
        copy.modules = [list(row) for row in self.modules]
        for y, x in self.free:
            copy.modules[y][x] = bool(self.modules[y][x]) != _MASKS[number](y, x)
        copy._format(number)
        return [[bool(one) for one in row] for row in copy.modules]

    def _way(self) -> Iterator[tuple[int, int]]:
        is_up = True
        for right in range(self.size - 1, 0, -2):
            column = right if right > 6 else right - 1
            rows = range(self.size - 1, -1, -1) if is_up else range(self.size)
            for y in rows:
                yield from ((y, x) for x in (column, column - 1) if self.modules[y][x] is None)
            is_up = not is_up

    def _finder(self, top: int, left: int) -> None:
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < self.size and 0 <= left + x < self.size:
                    ring = max(abs(y - 3), abs(x - 3))
                    self.modules[top + y][left + x] = ring in (0, 1, 3)

    def _in_finder(self, y: int, x: int) -> bool:
        far = self.size - 8
        return (y < 8 and x < 8) or (y < 8 and x >= far) or (y >= far and x < 8)

    def _alignment(self, middle_y: int, middle_x: int) -> None:
        for y in range(-2, 3):
            for x in range(-2, 3):
                self.modules[middle_y + y][middle_x + x] = max(abs(y), abs(x)) != 1

    def _format(self, mask: int) -> None:
        bits = _bch(_LEVEL_M << 3 | mask, _FORMAT_POLYNOMIAL) ^ _FORMAT_MASK
        last = self.size - 1
        around = [(y, 8) for y in (0, 1, 2, 3, 4, 5, 7, 8)]
        around += [(8, x) for x in (7, 5, 4, 3, 2, 1, 0)]
        beside = [(8, last - step) for step in range(8)]
        beside += [(last - step, 8) for step in range(6, -1, -1)]
        for step in range(15):
            for y, x in (around[step], beside[step]):
                self.modules[y][x] = bool(bits >> step & 1)
        self.modules[last - 7][8] = True

    def _version_bits(self) -> None:
        if self.version < 7:
            return
        bits = _bch(self.version, _VERSION_POLYNOMIAL)
        for step in range(18):
            y, x = step // 3, self.size - 11 + step % 3
            self.modules[y][x] = self.modules[x][y] = bool(bits >> step & 1)


def _penalty(modules: list[list[bool]]) -> int:
    """How hard a code is to read (section 7.8.3): the mask with the least is used."""
    lines = [*modules, *(list(column) for column in zip(*modules, strict=True))]
    dark = sum(map(sum, modules))
    share = abs(dark * 20 - len(modules) ** 2 * 10) // len(modules) ** 2
    return sum(map(_line_penalty, lines)) + _block_penalty(modules) + 10 * share


def _line_penalty(line: list[bool]) -> int:
    text = "".join("1" if one else "0" for one in line)
    runs = text.replace("10", "1 0").replace("01", "0 1").split()
    long = sum(len(run) - 2 for run in runs if len(run) >= 5)
    alike = sum(
        text.startswith(("10111010000", "00001011101"), place) for place in range(len(text))
    )
    return long + 40 * alike


def _block_penalty(modules: list[list[bool]]) -> int:
    return 3 * sum(
        upper[x] == upper[x + 1] == lower[x] == lower[x + 1]
        for upper, lower in pairwise(modules)
        for x in range(len(upper) - 1)
    )
