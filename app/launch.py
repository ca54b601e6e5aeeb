"""Start of the installed wheel: makes our four folders the first to be found, and starts.

The wheel holds one folder, amldeck/, with `app`, `widgets`, `services` and `cache` in it and this file beside them as
amldeck/__main__.py. It is the only file that touches `sys.path`: the four have everyday names, and where PYTHONPATH
holds a project with an `app` of its own, that one must not be ours.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> "NoReturn":
    """Run the command line and end the process with its exit status.

    Not through the interpreter's own end: threads that still wait for Azure are frozen there, in whatever lock of
    SQLite or of the system they hold just then, and an end that needs the same lock never comes. All that was to be
    closed or written is by now.
    """
    _put_our_folders_first()
    from app import start

    code = start.main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever read it is gone
            code = code or 1
    os._exit(code or 0)


def _put_our_folders_first() -> None:
    """In the wheel they lie beside this file, in a checkout one level up.

    An editable install keeps a copy of this file with neither around it: there the checkout is on the path already.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in (here, os.path.dirname(here)):
        if os.path.isfile(os.path.join(folder, "app", "start.py")):
            sys.path.insert(0, folder)
            return


if __name__ == "__main__":
    main()
