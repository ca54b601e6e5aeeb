"""The order of a start: the last screen is painted first, the program is imported after.

Textual takes 200 ms to import and Python 11, so whoever opens the deck sees the rows of last time before anything but
`sys`, `os`, `termios` and `sqlite3` is loaded. Cheap to import, for everyone who must know where the cache is.
"""

import os
import sys

from app import terminal

_FOLDER = "amldeck"
_FLAGS = ("--demo", "--offline", "--fresh")
_VALUES = {
    "--cache": "--cache",
    "--emulator": "--emulator",
    "--profile": "--profile",
    "--runs": "--runs",
    "--scenario": "--scenario",
    "--workspace": "--workspace",
    "-P": "--profile",
    "-w": "--workspace",
}


def main() -> int | None:
    """Run the command line and return its exit status; 130 when ctrl+c came before the deck was there.

    Whatever happens on the way, the terminal is left as it was found.
    """
    arguments = sys.argv[1:]
    try:
        is_completing = "_AMLDECK_COMPLETE" in os.environ  # a shell asks at a tab, and must not be painted over
        if not is_completing and opens_deck(arguments) and terminal.take():
            from app import first_paint

            first_paint.paint(painted_folder(arguments), workspace_named(arguments))
            terminal.watch_signals()

            import gc

            gc.disable()  # a tenth of the imports would be looking for garbage; the deck looks again once it stands
        from app.__main__ import main as command

        return command()
    except KeyboardInterrupt:
        return 130
    finally:
        terminal.give_back()


def opens_deck(arguments: list[str]) -> bool:
    """Whether this command line opens the deck: no verb or `demo`, and no option but the deck's own."""
    return _read(arguments)[1]


def workspace_named(arguments: list[str]) -> str:
    """The workspace a command line asks for; empty when it leaves the choice to the deck."""
    return _read(arguments)[0].get("--workspace", "")


def painted_folder(arguments: list[str]) -> str:
    """The folder whose last screen may be painted; empty when that may be another profile's."""
    options, _ = _read(arguments)
    is_other = "--profile" in options and "--workspace" not in options
    return "" if is_other else cache_folder(arguments)


def cache_folder(arguments: list[str]) -> str:
    """The folder a command line keeps its cache in; see `cache_folder_for`."""
    options, _ = _read(arguments)
    return cache_folder_for(
        options.get("--cache", ""),
        options.get("--emulator", ""),
        is_demo="--demo" in options,
        scenario=options.get("--scenario", ""),
    )


def cache_folder_for(cache: str = "", emulator: str = "", *, is_demo: bool = False, scenario: str = "") -> str:
    """The folder of a cache: `cache` or the platform's cache folder, and below it one each for demo and emulators.

    Never asks whether the folder exists. The demo, each of its scenarios and every emulator (by its port) keep to
    themselves, so invented rows cannot be taken for a workspace's own.
    """
    base = os.path.expanduser(cache) if cache else _platform_folder()
    if is_demo:
        return os.path.join(base, f"demo-{scenario}" if scenario.replace("-", "").isalnum() else "demo")
    if emulator:
        port = emulator.rstrip("/").rpartition(":")[2]
        return os.path.join(base, f"emulator-{port if port.isdecimal() else 80}")
    return base


def _read(arguments: list[str]) -> tuple[dict[str, str], bool]:
    """Options by long name, and whether there was nothing but what opens the deck."""
    options: dict[str, str] = {}
    is_deck = True
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name in _VALUES:
            options[_VALUES[name]] = value if equals else next(words, "")
        elif word in _FLAGS or word == "demo":
            options["--demo" if word == "demo" else word] = "yes"
        else:
            is_deck = False
    return options, is_deck


def _platform_folder() -> str:
    """Where caches live here. Written out because platformdirs costs more than the paint that waits for it."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
        return os.path.join(local, _FOLDER, "cache")
    if sys.platform == "darwin":
        return os.path.expanduser(f"~/Library/Caches/{_FOLDER}")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), _FOLDER)
