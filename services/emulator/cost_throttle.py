"""How Cost Management throttles: four calls a minute and scope, told by headers of its own."""

from __future__ import annotations

import re
import threading
from collections import deque

from services.emulator.answers import Request, Response, gateway_error
from services.emulator.ticks import MINUTE, SECOND

CALLS, SPAN = 4, MINUTE

_SCOPE = re.compile(r"^(.*?)/providers/microsoft\.costmanagement/", re.IGNORECASE)


class CostThrottle:
    """The calls of the last minute, by scope. Safe on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, deque[int]] = {}

    def refusal(self, request: Request, now: int) -> Response | None:
        """Note a call; the 429 it is answered with when there were four in the last minute, None else."""
        found = _SCOPE.match(request.path)
        if found is None:
            return None
        with self._lock:
            asked = self._asked.setdefault(found[1].lower(), deque())
            while asked and not 0 <= now - asked[0] < SPAN:
                asked.popleft()
            if len(asked) < CALLS:
                asked.append(now)
                return None
            wait = -(-(SPAN - (now - asked[0])) // SECOND)
        names = {"qpu": wait, "entity": wait + 5, "tenant": 1, "client": 1}
        headers = {
            f"x-ms-ratelimit-microsoft.costmanagement-{name}-retry-after": f"{seconds}"
            for name, seconds in names.items()
        }
        return gateway_error(429, "429", "Too many requests. Please retry.", headers)
