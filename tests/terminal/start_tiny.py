"""Start the tiny deck through `app.launch`, exactly as the real one is: `python -m tests.terminal.start_tiny`."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

from app import launch


class TinyInstead:
    """Finds `app.__main__` in tiny.py."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The tiny deck for the command, nothing for anything else."""
        if name != "app.__main__":
            return None
        return spec_from_file_location(name, Path(__file__).with_name("tiny.py"))


if __name__ == "__main__":
    sys.meta_path.insert(0, TinyInstead)
    sys.exit(launch.main())
