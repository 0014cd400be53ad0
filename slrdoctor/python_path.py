"""Where Python looks for modules: never in the folder that we are started in, nor in the run folder.

A run folder may come from anybody, and `multiprocessing.py` in it would run as if it were Python's own.
Nothing but `os` and `sys` is imported here, which Python has loaded before it looks anywhere.
"""

# pathlib would be looked for on the path that is not clean yet
# ruff: noqa: PTH100, PTH109, PTH112, PTH117, PTH120

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
STANDARD = os.path.dirname(os.path.realpath(os.__file__))


def leave_the_current_folder() -> None:
    """Take off this process's path the current folder and any folder that the command line names.

    `python -m` puts the current folder first, as does an empty entry of PYTHONPATH.
    """
    away = _current() | {os.path.realpath(word) for word in sys.argv[1:] if os.path.isdir(word)}
    sys.path[:] = _without(sys.path, away)
    os.environ.update(_environment(away))


def child_command(module: str, *arguments: str) -> list[str]:
    """The command that calls `module.main()` in a Python of its own, on our path less these folders."""
    path = _without(sys.path, _current() | _folder_of_the_script())
    # before 3.11 there is no -P: the path is replaced before anything is looked for on it
    begin = f"import sys; sys.path[:] = {path!a}; from {module} import main; main()"
    safe = ["-P"] if sys.version_info >= (3, 11) else []
    return [sys.executable, *safe, "-c", begin, *arguments]


def child_environment() -> dict[str, str]:
    """The environment of such a process: PYTHONPATH names none of these folders either."""
    return {**os.environ, **_environment(_current() | _folder_of_the_script())}


def _environment(away: set[str]) -> dict[str, str]:
    if "PYTHONPATH" not in os.environ:
        return {}
    entries = os.environ["PYTHONPATH"].split(os.pathsep)
    kept = [os.path.abspath(e) for e in entries if e and os.path.realpath(e) not in away]
    return {"PYTHONPATH": os.pathsep.join(kept)}


def _without(path: list[str], away: set[str]) -> list[str]:
    """`path` less the folders in `away`; what was installed stays, wherever we are started.

    The folder that holds slrdoctor itself comes last, where it can stand in for nothing else.
    """
    places = [os.path.realpath(entry) for entry in path]
    # before the standard library stand the script's folder and PYTHONPATH, after it what was installed
    standard = places.index(STANDARD) if STANDARD in places else len(places)
    kept = [
        entry
        for i, (entry, place) in enumerate(zip(path, places, strict=True))
        if os.path.isabs(entry) and not (i < standard and place in away | {HOME})
    ]
    return kept if HOME in map(os.path.realpath, kept) else [*kept, HOME]


def _current() -> set[str]:
    try:
        return {os.path.realpath(os.getcwd())}
    except FileNotFoundError:  # it was deleted: nothing can be found in it
        return set()


def _folder_of_the_script() -> set[str]:
    """Where somebody's own program calls us, its folder: it may be the run folder."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    return {os.path.dirname(os.path.realpath(script))} if script else set()
