"""An export of very many messages: what it takes is the disk's, not the memory's."""

import re
from pathlib import Path
from zipfile import ZipFile

from tests.conftest import Note
from tests.limits.programs import Programs

SIZES = 1000, 100_000
FILL = f"""
from chat.messages import now
from chat.models import Message, Room
for size in {SIZES}:
    room = Room.objects.create(name=str(size), newest=size)
    Message.objects.bulk_create(
        Message(room=room, seq=n, name="zoe", message="x" * 100, sent_at=now())
        for n in range(1, size + 1)
    )
"""
# A worker, in the smaller room first. Then the most memory that it has had so far.
WORK = f"""
import resource
from system import jobs, results
from system.management.commands.work import work_once
from system.messages import TaskPayload
for size in {SIZES}:
    asked = TaskPayload(task_type="export", content=str(size))
    job = jobs.add("guest.zoe", asked)
    assert work_once()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("made", results.file_of(job), "with", used)
"""
MEBIBYTES_MORE = 20


def test_a_hundred_times_as_much_takes_no_more_memory(
    programs: Programs, note: Note
) -> None:
    programs.variables["RESULTS"] = str(programs.folder / "results")
    programs.migrate()
    for script in FILL, WORK:
        run = programs.start("python", "manage.py", "shell", "-c", script)
        assert run.exit_status() == 0, run.output

    made = re.findall(r"made (\S+) with (\S+)", run.output)
    few, many = [float(used) for _, used in made]
    with ZipFile(Path(made[1][0])) as archive:
        size = sum(entry.file_size for entry in archive.infolist()) / 2**20
        assert archive.read("history.csv").count(b"\n") == SIZES[1] + 1
    note(
        "a worker that exports 1,000 messages, then 100,000",
        f"{few:.0f} MiB, {many:.0f} MiB; the files have {size:.0f} MiB",
    )
    assert many - few < MEBIBYTES_MORE < size
