"""Names of runs that hold their own number, so that a run is found by its name without a list of runs."""

from __future__ import annotations

import string

from services.emulator.dice import as_guid, guid
from services.emulator.samples import ADJECTIVES, NOUNS

_DIGITS = string.digits + string.ascii_lowercase
_LENGTH = 10
_ALL = 36**_LENGTH
_STEP = 1_181_783_497_276_657
_BACK = pow(_STEP, -1, _ALL)
_WIDE = 1 << 64
_WIDE_STEP = 6_364_136_223_846_793_005
_WIDE_BACK = pow(_WIDE_STEP, -1, _WIDE)


def _words_of(scrambled: int) -> str:
    adjective = ADJECTIVES[scrambled % len(ADJECTIVES)]
    return f"{adjective}_{NOUNS[scrambled // 7 % len(NOUNS)]}"


class Names:
    """Turns numbers into names like brave_elk_9m2x04kqp1 or GUIDs, and back. Each workspace has its own `seed`."""

    def __init__(self, seed: object) -> None:
        self._shift = int(guid("names", seed).replace("-", ""), 16)

    def name(self, number: int) -> str:
        """Return the run name of a number."""
        scrambled = (number * _STEP + self._shift) % _ALL
        rest, letters = scrambled, ""
        for _ in range(_LENGTH):
            rest, digit = divmod(rest, 36)
            letters += _DIGITS[digit]
        return f"{_words_of(scrambled)}_{letters}"

    def number(self, name: str) -> int | None:
        """Return the number in a run name, or None when no run of this workspace is called so."""
        words, _, letters = name.rpartition("_")
        if len(letters) != _LENGTH or not all(letter in _DIGITS for letter in letters):
            return None
        scrambled = int(letters[::-1], 36)
        if words != _words_of(scrambled):
            return None
        return (scrambled - self._shift) * _BACK % _ALL

    def guid(self, number: int) -> str:
        """Return a GUID of a number: what the steps of a pipeline are called."""
        head = (number * _WIDE_STEP + self._shift) % _WIDE
        return as_guid(f"{head:016x}" + guid("tail", head).replace("-", "")[:16])

    def number_of_guid(self, text: str) -> int | None:
        """Return the number in such a GUID, or None when it is another one."""
        digits = text.replace("-", "").lower()
        if len(digits) != 32 or not all(digit in string.hexdigits for digit in digits):
            return None
        head = int(digits[:16], 16)
        if digits[16:] != guid("tail", head).replace("-", "")[:16]:
            return None
        return (head - self._shift) * _WIDE_BACK % _WIDE
