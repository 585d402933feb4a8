"""Which commands there are, which arguments they take, and what each exit code means."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from ._extras import lack_of_extra
from ._messages import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXTRA: Final = ("PIL", "scaleapi", "tqdm")
"""What the extra ``demo`` brings, as it is imported."""

INTERRUPTED: Final = 130

_PORT: Final = 8765
"""Where the demo is served."""

_SPEED: Final = 240.0
"""Virtual seconds for each real one of the demo."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what follows the program's name; ``None`` means ``sys.argv[1:]``.

    Returns:
        The exit code: 0 done; 1 something could not be done, one line on stderr says what;
        2 wrong arguments; 130 interrupted.
    """
    parsed, unknown = _parser().parse_known_args(arguments)
    if unknown:
        parsed.parser.refuse(unknown[0])
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        lack = lack_of_extra("it", "demo", error.name)
        sys.stderr.write(f"scaleapi-testing {parsed.command}: {lack}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"\nscaleapi-testing {parsed.command}: interrupted\n")
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """One that says in one line what was wrong; ``--help`` tells the rest."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        # That of the command is told last, and so it is the one that knows its options.
        self.set_defaults(parser=self)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")

    def refuse(self, unknown: str) -> NoReturn:
        """End with a line about an argument that the command does not take."""
        flags = sorted(set(re.findall(r"--[a-z][a-z-]*", self.format_usage())))
        near = did_you_mean(unknown.partition("=")[0], flags, n=1) if unknown[:1] == "-" else []
        hint = f"; did you mean {near[0]}?" if near else f"; see {self.prog} --help"
        self.exit(2, f"{self.prog}: there is no {unknown!r:.62}{hint}\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="scaleapi-testing",
        description="A stateful fake of the Scale API. Everything happens on this machine.",
    )
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True
    )
    _add_demo(commands)
    _add_serve(commands)
    _add_verify(commands)
    _add_record(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[_Parser]) -> None:
    demo = commands.add_parser(
        "demo",
        help="play a labeling project from start to end, offline, in seconds",
        description=(
            "Plays a labeling project from start to end, offline, in seconds: uploads images, "
            "creates a task for each, lets labelers take hours of virtual time, rejects one "
            "answer, has it done again, and writes the results as COCO labels and as one picture."
        ),
    )
    demo.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="folder of JPEG and PNG files, not its subfolders; without it scenes are drawn",
    )
    demo.add_argument(
        "--out",
        type=Path,
        default=Path("demo-output"),
        metavar="DIR",
        help="folder for labels.json, contact_sheet.png and images/ (default: demo-output)",
    )
    demo.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="what scenes, labelers and ids follow from: same seed, same results (default: 0)",
    )
    demo.add_argument(
        "--serve",
        action="store_true",
        help="play it on a server with time running, to be watched on its dashboard; no files",
    )
    demo.add_argument(
        "--open", action="store_true", help="with --serve: open the dashboard in the browser"
    )
    demo.add_argument(
        "--port", type=int, metavar="N", help=f"with --serve: its port (default: {_PORT})"
    )
    demo.add_argument(
        "--speed",
        type=float,
        metavar="X",
        help=f"with --serve: virtual seconds for each real one (default: {_SPEED:g})",
    )
    demo.set_defaults(run=_run_demo)


def _run_demo(parsed: argparse.Namespace) -> int:
    if parsed.serve:
        from ._demo.served import Show  # here, so that --help works without the extras
        from ._serve_command.command import serve_fake

        show = Show.of(parsed.images, parsed.seed, is_opened=parsed.open)
        if show is None:
            return 1
        with show:
            return serve_fake(
                show.fake,
                _PORT if parsed.port is None else parsed.port,
                _SPEED if parsed.speed is None else parsed.speed,
                show.begin,
                program="scaleapi-testing demo",
            )
    for name, sent in (("--port", parsed.port), ("--speed", parsed.speed), ("--open", parsed.open)):
        # 0 is a port, and a flag that is not there is False.
        if sent is not None and sent is not False:
            parsed.parser.error(f"{name} belongs to --serve, which is not there")
    from ._demo.command import demo  # here, so that --help works without the extra

    return demo(parsed.images, parsed.out, parsed.seed)


def _add_serve(commands: argparse._SubParsersAction[_Parser]) -> None:
    from ._serve_command.options import PREFIX, add_to

    serve = commands.add_parser(
        "serve",
        help="answer as Scale on an address of this machine, for any language",
        description=(
            "Answers as Scale on an address of this machine, for any language and any number of "
            "processes, until Ctrl-C. Each option is read from the environment too, as "
            f"{PREFIX}<OPTION>; repeatable ones are separated by commas there."
        ),
    )
    add_to(serve)
    serve.set_defaults(run=_run_serve)


def _run_serve(parsed: argparse.Namespace) -> int:
    from ._serve_command.command import run  # here, so that --help loads nothing

    return run(vars(parsed))


def _add_verify(commands: argparse._SubParsersAction[_Parser]) -> None:
    verify = commands.add_parser(
        "verify",
        help="replay recorded traffic against a fresh fake and tell where the two differ",
        description=(
            "Replays recorded traffic with the real API against a fresh fake, and tells where the "
            "answers differ. Exit code 0: nothing differs; 1: something does; 2: a file cannot be "
            "read. Keys, cookies and signatures are masked in everything that is printed."
        ),
    )
    verify.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a cassette of vcrpy or Ruby's VCR, a HAR file, or a file of responses' recorder",
    )
    verify.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="FILE",
        help="known differences, a line each: METHOD /path place how (repeatable)",
    )
    verify.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="what else stood for Scale in the recording (repeatable)",
    )
    for form, what in (("json", "JSON"), ("junit", "JUnit XML")):
        verify.add_argument(
            f"--{form}",
            nargs="?",
            const="-",
            metavar="OUT",
            help=f"write the report as {what} to a file; without OUT print it in place of the text",
        )
    verify.set_defaults(run=_run_verify)


def _run_verify(parsed: argparse.Namespace) -> int:
    from ._verify.command import run  # here, so that --help works without the extra

    return run(vars(parsed))


def _add_record(commands: argparse._SubParsersAction[_Parser]) -> None:
    record = commands.add_parser(
        "record",
        help="run a program with the real API behind it and record what it asks",
        usage="scaleapi-testing record --out FILE -- COMMAND ...",
        description=(
            "Runs a program with the real API behind a proxy of this machine, and writes its calls "
            "as a cassette that `verify` reads, keys masked. The program finds Scale at "
            "SCALE_API_BASE_URL, or by HTTPS_PROXY. Its exit code is this command's."
        ),
    )
    record.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="the cassette: YAML, or JSON where the name ends so",
    )
    record.add_argument(
        "program", nargs=argparse.REMAINDER, metavar="COMMAND", help="what to run, behind --"
    )
    record.set_defaults(run=_run_record)


def _run_record(parsed: argparse.Namespace) -> int:
    from ._record.command import run  # here, so that --help loads nothing

    return run(vars(parsed))
