"""Files that are no log, or not whole: one line says so, and the file is left as it is."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing._log.command import LogUnavailable, Pending, StateError
from scaleapi_testing._log.sqlite_log import SqliteLog

from .conftest import VERSION, Place, RealClock, calls

ANEW = "give another file, or move this one away to start anew"
LEFT = "it was left as it is: put a copy in its place, or move it away to start anew"


def refusal(path):
    """What is said when ``path`` is opened; whatever is there must be the same afterwards."""
    before = contents(path.parent)
    with pytest.raises(StateError) as refused:
        SqliteLog(path, RealClock()).open(VERSION)
    assert contents(path.parent) == before
    assert "\n" not in str(refused.value)
    return str(refused.value)


def contents(folder):
    if not folder.is_dir():
        return None
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def test_a_folder_is_no_log(tmp_path):
    assert refusal(tmp_path) == (
        f"{tmp_path} is a folder; name a file in it, such as {tmp_path}/fake.db"
    )


def test_a_file_in_a_folder_that_is_not_there(tmp_path):
    path = tmp_path / "missing" / "fake.db"

    assert refusal(path) == f"{path}: there is no folder {path.parent}; make it first"


def test_a_file_below_a_file(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "fake.db"

    assert refusal(path) == f"{path}: {path.parent} is no folder; name a file in one"


def test_a_pipe_is_no_log(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    assert refusal(path) == f"{path} is no file that can be read again (a device or a pipe); {ANEW}"


def test_a_text_is_no_log(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk.\n")

    assert refusal(path) == f"{path} is no SQLite file, so no state was saved there; {ANEW}"


def test_the_database_of_another_program_is_no_log(tmp_path):
    path = tmp_path / "songs.db"
    with sqlite3.connect(path) as songs:
        songs.execute("CREATE TABLE song (name TEXT)")
    songs.close()

    assert refusal(path) == f"{path} is the SQLite file of another program; {ANEW}"


def test_the_log_of_a_newer_version(tmp_path, place, log):
    place.close()
    newer = sqlite3.connect(place.where)
    newer.execute("PRAGMA user_version = 7")
    newer.close()

    assert refusal(place.where) == (
        f"{place.where} was written by a newer version of scaleapi-testing (format 7, this one "
        "knows 1); install that version"
    )


def test_a_log_that_another_server_has(place, log):
    assert refusal(place.where) == (
        f"{place.where} is in use by another process; end that one, or give this server a file of "
        "its own (several servers share a postgresql:// address)"
    )
    assert log.append(calls(1))[0].n == 1


def test_a_log_that_another_program_has_locked(place, log, monkeypatch):
    place.close()
    monkeypatch.setattr("scaleapi_testing._log.sqlite_log.PATIENCE_S", 0.01)
    reader = sqlite3.connect(place.where, isolation_level=None)
    reader.execute("PRAGMA locking_mode = EXCLUSIVE")
    reader.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StateError) as refused:
        place.log()
    reader.close()

    assert str(refused.value) == (
        f"{place.where} is in use by another process; end that one, or give this server a file of "
        "its own (several servers share a postgresql:// address)"
    )
    assert place.log().last() == 0


def test_a_lock_dies_with_the_process_that_had_it(place):
    holder = (
        "import os, sys\n"
        "from scaleapi_testing._log.sqlite_log import SqliteLog\n"
        "from scaleapi_testing._log.command import Pending\n"
        "log = SqliteLog(sys.argv[1], lambda: 0)\n"
        f"log.open({VERSION!r})\n"
        "log.append([Pending('default', 'call', b'body 1')])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(place.where)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        locked = refusal(place.where)
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert "is in use by another process" in locked
    assert [command.body for command in place.log().read(0, 10)] == [b"body 1"]


@pytest.fixture
def open_folder():
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def said_to_nobody(path):
    """What a user who is not root is told of ``path``: root may write everything."""
    program = (
        "import os, sys\n"
        "from scaleapi_testing._log.sqlite_log import SqliteLog\n"
        "from scaleapi_testing._log.command import StateError\n"
        "os.getuid() or os.setuid(65534)\n"
        "try: SqliteLog(sys.argv[1], lambda: 0).open({})\n"
        "except StateError as error: print(error)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.rstrip("\n")


def test_a_file_that_may_not_be_written(open_folder):
    path = open_folder / "fake.db"
    path.touch(0o444)

    assert said_to_nobody(path) == (
        f"{path} cannot be written (Permission denied); let the user that serves write it"
    )


def test_a_folder_that_may_not_be_written(open_folder):
    path = open_folder / "fake.db"
    open_folder.chmod(0o555)

    assert said_to_nobody(path) == (
        f"{path}: its folder {open_folder} cannot be written, and SQLite keeps a second file "
        "beside the first; let the user that serves write there"
    )


def test_a_folder_that_may_not_be_entered(open_folder):
    path = open_folder / "fake.db"
    open_folder.chmod(0o600)

    assert said_to_nobody(path) == (
        f"{path} cannot be written (Permission denied); let the user that serves write it"
    )


@pytest.fixture
def little_room():
    """No file may grow beyond some KB, which SQLite meets like a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def limit(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_takes_nothing_and_loses_nothing(place, log, little_room):
    kept = log.append(calls(3))
    little_room(100_000)

    with pytest.raises(LogUnavailable) as refused:
        log.append([calls(1)[0] for _ in range(20_000)])
    little_room(resource.RLIM_INFINITY)

    assert str(refused.value) == (
        f"{place.where} cannot be written: the disk is full; nothing was lost: free some space"
    )
    kept += log.append(calls(1))
    assert log.read(0, 10) == kept
    place.close()
    assert place.log().read(0, 10) == kept


def test_a_checkpoint_for_which_there_is_no_room_leaves_the_one_before(place, log, little_room):
    log.append(calls(3))
    log.save_checkpoint(2, [b"old"])
    little_room(100_000)

    with pytest.raises(LogUnavailable):
        log.save_checkpoint(3, [b"new", b"x" * 1_000_000])
    little_room(resource.RLIM_INFINITY)

    saved = log.checkpoint()
    assert (saved.n, list(saved.rows)) == (2, [b"old"])
    assert [command.n for command in log.read(2, 10)] == [3]


def test_no_file_is_made_on_a_full_disk(tmp_path, little_room):
    little_room(1000)

    said = refusal(tmp_path / "fake.db")

    assert said == (
        f"{tmp_path}/fake.db cannot be written: the disk is full; nothing was lost: free some space"
    )


def test_an_empty_file_is_a_new_log(place):
    place.where.touch()

    assert place.log().append(calls(1))[0].n == 1


def test_an_empty_file_with_a_log_beside_it_is_a_damaged_one(tmp_path):
    path = tmp_path / "fake.db"
    path.touch()
    (tmp_path / "fake.db-wal").write_bytes(b"commands")

    assert refusal(path) == (
        f"{path} is damaged: it is empty, but fake.db-wal beside it is not; {LEFT}"
    )


def written(folder):
    """A log with a checkpoint, and 40 commands, as a kill leaves it; its commands and its rows."""
    place = Place(folder / "fake.db", RealClock())
    log = place.log()
    log.append(calls(400))
    rows = [b"row" * 3000, b"other" * 900]
    log.save_checkpoint(380, rows)
    for number in range(401, 421):
        log.append(calls(1, first=number))
    return place, log.read(380, 100), rows


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """The one file that a clean end leaves."""
    folder = tmp_path_factory.mktemp("ended")
    place, commands, rows = written(folder)
    place.close()
    return {"fake.db": (folder / "fake.db").read_bytes()}, commands, rows


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The two files that are there while it is written."""
    folder = tmp_path_factory.mktemp("killed")
    place, commands, rows = written(folder)
    files = {name: (folder / name).read_bytes() for name in ("fake.db", "fake.db-wal")}
    place.close()
    return files, commands, rows


def opened(files):
    """What is read of ``files``, or ``None`` where they are refused, which leaves them alone."""
    folder = Path(tempfile.mkdtemp())
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        log = SqliteLog(folder / "fake.db", RealClock())
        with suppress(StateError):
            log.open(VERSION)
            with closing(log):
                return everything(log)
        assert contents(folder) == files
        return None
    finally:
        shutil.rmtree(folder)


def everything(log):
    """What a server reads when it starts."""
    saved = log.checkpoint()
    rows = None if saved is None else list(saved.rows)
    n = 0 if saved is None else saved.n
    return n, rows, log.read(n, 1000)


def is_a_point_of_the_past(seen, commands, rows):
    """Whether nothing but the end is missing, and nothing is changed."""
    if seen is None:
        return True
    n, saved, read = seen
    if n == 380:
        return saved == rows and read == commands[: len(read)]
    bodies = [pending.body for pending in calls(420)]
    return n == 0 and saved is None and [c.body for c in read] == bodies[: len(read)]


@given(at=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_whole_up_to_a_point_or_refused(ended, at):
    files, commands, rows = ended
    content = files["fake.db"]

    seen = opened({"fake.db": content[: int(len(content) * at)]})

    assert is_a_point_of_the_past(seen, commands, rows)


@given(at=st.floats(0, 1, exclude_max=True), which=st.sampled_from(["fake.db", "fake.db-wal"]))
def test_files_after_a_kill_cut_anywhere_are_whole_up_to_a_point_or_refused(killed, which, at):
    files, commands, rows = killed
    cut = {**files, which: files[which][: int(len(files[which]) * at)]}

    assert is_a_point_of_the_past(opened(cut), commands, rows)


@given(
    at=st.floats(0, 1, exclude_max=True),
    which=st.sampled_from(["fake.db", "fake.db-wal"]),
    other=st.integers(1, 255),
)
def test_files_with_another_byte_anywhere_are_as_written_or_refused(killed, which, at, other):
    files, commands, rows = killed
    content = bytearray(files[which])
    content[int(len(content) * at)] ^= other

    assert is_a_point_of_the_past(opened({**files, which: bytes(content)}), commands, rows)


def test_files_after_a_kill_hold_every_answered_command(killed):
    files, commands, rows = killed

    assert opened(files) == (380, rows, commands)


def test_a_file_after_a_clean_end_holds_every_command(ended):
    files, commands, rows = ended

    assert opened(files) == (380, rows, commands)


FRAME = 24 + 4096
HEAD = 32


def changed(content, at, other):
    return content[:at] + bytes([content[at] ^ other]) + content[at + 1 :]


@given(at=st.floats(0, 1, exclude_max=True), other=st.integers(1, 255))
def test_a_byte_changed_before_the_last_transaction_is_noticed(killed, at, other):
    files, _, _ = killed
    written = files["fake.db-wal"]
    until = len(written) - FRAME  # the last one is a single page

    wrong = changed(written, int(until * at), other)

    assert opened({**files, "fake.db-wal": wrong}) is None


@settings(max_examples=25)  # each opens the files and reads all of them
@given(at=st.integers(0, FRAME - 1), other=st.integers(1, 255))
def test_a_byte_changed_in_the_last_transaction_loses_no_other_one(killed, at, other):
    files, commands, rows = killed
    written = files["fake.db-wal"]

    wrong = changed(written, len(written) - FRAME + at, other)

    seen = opened({**files, "fake.db-wal": wrong})
    is_refused = seen is None
    assert is_refused or seen == (380, rows, commands[:-1])


def test_what_is_said_of_a_changed_byte_names_the_place(killed, tmp_path):
    files, _, _ = killed
    path = tmp_path / "fake.db"
    path.write_bytes(files["fake.db"])
    beside = tmp_path / "fake.db-wal"

    beside.write_bytes(changed(files["fake.db-wal"], HEAD + 2 * FRAME + 100, 1))
    in_a_frame = refusal(path)
    beside.write_bytes(changed(files["fake.db-wal"], 17, 1))
    at_the_beginning = refusal(path)

    assert in_a_frame == (
        f"{path} is damaged: frame 3 of fake.db-wal beside it is not as it was written, and more "
        f"was written behind it; {LEFT}"
    )
    assert at_the_beginning == (
        f"{path} is damaged: the beginning of fake.db-wal beside it is not as it was written; "
        f"{LEFT}"
    )


def as_a_kill_leaves(log):
    path = log.path
    return {name: (path.parent / name).read_bytes() for name in ("fake.db", "fake.db-wal")}


def test_what_a_power_cut_left_of_the_last_transaction_is_taken_for_that(place, log):
    kept = log.append(calls(3))
    before = len(as_a_kill_leaves(log)["fake.db-wal"])
    log.append([Pending("default", "call", b"long " * 5_000)])
    files = as_a_kill_leaves(log)
    torn = bytearray(files["fake.db-wal"])
    torn[before : before + FRAME] = bytes(FRAME)  # it was written last and is not there

    assert len(torn) > before + 2 * FRAME
    assert opened({**files, "fake.db-wal": bytes(torn)}) == (0, None, kept)


def test_what_is_left_of_an_older_log_is_no_damage(place, log):
    kept = log.append(calls(1))
    for number in range(2, 40):
        kept += log.append([Pending("default", "call", b"%d " % number * 60_000)])

    files = as_a_kill_leaves(log)

    assert opened(files) == (0, None, kept)


def test_what_is_left_of_an_aborted_transaction_is_no_damage(place, log, little_room):
    kept = log.append(calls(3))
    little_room(150_000)
    with pytest.raises(LogUnavailable):
        log.append([Pending("default", "call", b"long " * 50_000)])
    little_room(resource.RLIM_INFINITY)
    kept += log.append(calls(1, first=4))

    files = as_a_kill_leaves(log)

    assert opened(files) == (0, None, kept)
