"""Filling the demo's database, and the file that says how its people sign in."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from safeshare import migrate, wiring
from safeshare.demo.load import DemoLoaded, load_demo
from safeshare.demo.operating import is_set_up
from safeshare.demo.story import tell_story
from safeshare.kernel.actors import Operator

SIGN_INS = "demo-sign-ins.txt"
SQLITE = "sqlite:///"


def load_when_empty(settings: wiring.Settings, say: Callable[[str], object]) -> DemoLoaded | None:
    """Bring the schema up to date and, in an empty database, load the fictional service.

    Returns what is to be shown once, or None where there was something in the database.
    """
    database = wiring.open_database(settings)
    migrate.upgrade(database.engine)
    database.dispose()
    if _is_filled(settings):
        return None
    say("Loading the fictional service. This takes up to a minute, this once.")
    with _until_complete(settings) as empty:
        loaded = _load(empty)
        _write_sign_ins(settings, loaded)
    return loaded


def show_once(loaded: DemoLoaded) -> str:
    """What is shown after loading and then never again: the recovery officers' codes."""
    lines = ["", "Recovery codes of three fictional officers, shown this once:"]
    lines += [f"  {officer.name:<28}{officer.printed_code}" for officer in loaded.officers]
    return "\n".join([*lines, ""])


def read_sign_ins(settings: wiring.Settings) -> str:
    """How the demo's people sign in, as written when they were loaded."""
    path = _sign_ins_path(settings)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return f"{path} cannot be read, and with it the passphrases of the demo's people are gone."


def _is_filled(settings: wiring.Settings) -> bool:
    system = wiring.build_keyless(settings)
    try:
        return system.gate.run(is_set_up, Operator(), None)
    finally:
        system.database.dispose()


def _load(settings: wiring.Settings) -> DemoLoaded:
    system = wiring.build(settings, durable=False)
    gc.disable()  # Loading leaves few circles behind: to look for them costs more than they do.
    try:
        return load_demo(
            system.gate,
            tell_story(system.gate.clock.today()),
            wiring.default_queues(),
            wiring.default_routing(),
        )
    finally:
        gc.enable()
        system.database.dispose()


@contextmanager
def _until_complete(settings: wiring.Settings) -> Iterator[wiring.Settings]:
    """Settings of a database beside the real one, which it replaces once it is complete: whoever
    stops the loading gets an empty demo at the next run, not half a one.
    """
    if not settings.database_url.startswith(SQLITE):
        yield settings
        return
    path = Path(settings.database_url.removeprefix(SQLITE))
    beside = path.with_suffix(".loading")
    _remove(beside)
    empty = replace(settings, database_url=f"{SQLITE}{beside}")
    database = wiring.open_database(empty)
    migrate.upgrade(database.engine)
    database.dispose()
    yield empty
    _sync(beside)
    _remove(path)
    beside.replace(path)
    _sync(beside.parent)


def _remove(path: Path) -> None:
    """Delete an SQLite database with the files that lie beside it while it is open."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_sign_ins(settings: wiring.Settings, loaded: DemoLoaded) -> None:
    lines = ["Who can sign in to the demo (sign-in name, passphrase, name, roles, queues):", ""]
    longest = max((len(one.passphrase) for one in loaded.sign_ins), default=0)
    for one in loaded.sign_ins:
        about = ", ".join((*one.roles, *one.queues))
        lines.append(f"  {one.sign_in_name:<20}{one.passphrase:<{longest + 2}}{one.name}: {about}")
    lines += ["", "Access codes of some reporters (reference, eight words):", ""]
    lines += [f"  {reference}  {' '.join(code.words)}" for reference, code in loaded.reporters]
    path = _sign_ins_path(settings)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, "", ""]))


def _sign_ins_path(settings: wiring.Settings) -> Path:
    return settings.data_folder.parent / SIGN_INS
