"""Known holes of what is installed, by pip-audit: `make audit`. Holes fail; a service that cannot be asked is said.

pip-audit ends well, too, when the index knows none of the packages it asks about, as a mirror without advisories does:
so what counts is how many packages were answered for. The floors of tests/test_versions.py hold in any case.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PATIENCE = 300.0
OWN = "amldeck"


def report() -> list[dict[str, Any]] | None:
    """Each package with its `vulns`, or a `skip_reason`; None when the service could not be asked at all."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        return json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None


def verdict(packages: list[dict[str, Any]] | None) -> tuple[int, list[str]]:
    """The exit code, and what to print."""
    asked = [one for one in packages or [] if one["name"] != OWN]
    answered = [one for one in asked if "skip_reason" not in one]
    if not answered:
        return 0, [
            "!" * 78,
            "NOT AUDITED: the advisory service cannot be reached, or its index has no advisories.",
            "Nothing is known about new holes. Only the floors of tests/test_versions.py were checked.",
            "!" * 78,
        ]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in answered
        for hole in one["vulns"]
    ]
    unknown = [one["name"] for one in asked if "skip_reason" in one]
    lines = [f"Audited {len(answered)} of {len(asked)} packages: {len(holes)} known holes.", *holes]
    return (1 if holes else 0), [*lines, *([f"Not audited: {', '.join(unknown)}."] if unknown else [])]


def main() -> int:
    code, lines = verdict(report())
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
