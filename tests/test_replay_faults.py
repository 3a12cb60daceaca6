"""A page that promises what is not so is caught, whatever it promises.

Each test breaks one thing of a course with one small chapter, which the first test
follows unbroken.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from docutils import nodes
from playwright.sync_api import Browser

from course.chapters import ROOT, read_chapters
from directives import nodes as course_nodes
from tests.replay.computer import Computer
from tests.replay.failures import Failure
from tests.replay.follow import Bounds, Count, Follower
from tests.replay.pages import Page, build, load
from tests.replay.pictures import Picture
from tests.replay.ports import Ports
from tests.support.commands import is_free

TINY_COURSE = Path(__file__).with_name("tiny_course")
PAGE = "docs/tutorial/second.rst"
IMPATIENT = Bounds(command=2, long_command=2, ready=2, snippet=2, picture=2)


@dataclass
class Course:
    """A copy of the small course, to break and to follow."""

    root: Path
    computer: Computer

    @property
    def page(self) -> str:
        return (self.root / PAGE).read_text(encoding="utf-8")

    def rewrite(self, old: str, new: str) -> None:
        """Change the source of the page."""
        assert self.page.count(old) == 1, old
        (self.root / PAGE).write_text(self.page.replace(old, new), encoding="utf-8")

    def line(self, text: str) -> int:
        """The number of the page's only line with this text."""
        [number] = [
            number
            for number, line in enumerate(self.page.splitlines(), start=1)
            if text in line
        ]
        return number

    def built(self) -> Page:
        out = self.root / "built"
        options = ["--builder", "dummy", "--define", "course_records=1"]
        build(self.root / "docs", out, *options)
        second = read_chapters(self.root / "checkpoints" / "chapters.toml")[1]
        return load(self.root, out, second)

    def follow(
        self, page: Page | None = None, bounds: Bounds = IMPATIENT, writes: bool = False
    ) -> Count:
        page = page or self.built()
        self.computer.start_at(page.start)
        return Follower(page, self.computer, bounds, writes).follow()

    def complaint(self, page: Page | None = None) -> str:
        """What the replay says of the broken course."""
        with pytest.raises(Failure) as raised:
            self.follow(page)
        return str(raised.value)


@pytest.fixture(scope="module")
def recorded(
    tmp_path_factory: pytest.TempPathFactory, ports: Ports, browser: Browser
) -> Path:
    """The small course with its picture and its diagram, made as for the real one."""
    folder = tmp_path_factory.mktemp("recorded")
    root = folder / "course"
    shutil.copytree(TINY_COURSE, root)
    conf = root / "docs" / "conf.py"
    places = [str(ROOT), str(ROOT / "docs" / "_ext")]
    conf.write_text(f"import sys\nsys.path[:0] = {places}\n{conf.read_text()}")
    for file in ROOT.glob("requirements*"):
        shutil.copy(file, root)
    computer = Computer(folder / "mychat", ports, browser)
    try:
        Course(root, computer).follow(bounds=Bounds(), writes=True)
    finally:
        computer.close()
    return root


@pytest.fixture
def course(
    recorded: Path, tmp_path: Path, ports: Ports, browser: Browser
) -> Iterator[Course]:
    shutil.copytree(recorded, tmp_path / "course")
    computer = Computer(tmp_path / "mychat", ports, browser)
    yield Course(tmp_path / "course", computer)
    computer.close()
    computer.kill_what_is_left()
    assert is_free(ports.real[8000]), "a server outlives its test"


def without(page: Page, kind: type[nodes.Element], text: str = "") -> None:
    """Take the first block of that kind, with this text, off a page that is built."""
    block = next(b for b in page.doctree.findall(kind) if text in b.astext())
    after = block.next_node(course_nodes.output, descend=False, siblings=True)
    if isinstance(block, course_nodes.command) and after is not None:
        after.parent.remove(after)
    block.parent.remove(block)


def test_the_unbroken_course_is_verified(course: Course) -> None:
    count = course.follow(bounds=Bounds())

    assert re.fullmatch(
        r"blocks: (\d+), verified: \1, unverified: 0 \(\d+\.\d s\)", str(count)
    )
    [equivalent] = count.equivalents
    line = course.line("keep-this-machine --off")
    assert equivalent == (
        f"{PAGE}:{line - 4}: 'keep-this-machine --off' was not run but 'true': "
        "It would end the tests."
    )


# The boxes, for a reader who has the course's repository.

# Does what the boxes ask of the launcher, with what is in the small course.
LAUNCHER = """\
import shutil, subprocess, sys

command, *names = sys.argv[1:]
if command == "reset":
    shutil.copytree(f"checkpoints/{names[0]}", "chanx_django")
if command == "branches":
    shutil.copytree("checkpoints/one", "chanx_django")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "--quiet"])
    subprocess.run([*git, "add", "chanx_django"])
    subprocess.run([*git, "commit", "--quiet", "--message", "one"])
    subprocess.run([*git, "branch", "one"])
"""


def follow_with(launcher: str, course: Course) -> Count:
    repository = course.root.with_name("original")
    shutil.copytree(course.root / "checkpoints", repository / "checkpoints")
    (repository / "tutorial.py").write_text(launcher)
    course.computer.original = repository
    return Follower(course.built(), course.computer).follow()


def test_the_boxes_are_verified(course: Course) -> None:
    boxes = [
        typed.astext().splitlines()
        for typed in course.built().doctree.findall(course_nodes.typed)
        if "tutorial.py" in typed.astext()
    ]

    count = follow_with(LAUNCHER, course)

    assert boxes == [
        ["python3 tutorial.py reset one"],
        ["python3 tutorial.py branches", "git switch one"],
        ["python3 tutorial.py check two", "python3 tutorial.py diff two"],
    ]
    assert count.blocks == count.verified


@pytest.mark.parametrize(
    ("old", "new", "box", "complaint"),
    [
        (
            "{names[0]}",
            "two",
            ".. start-here::",
            "the reader's folder has check.py, but the checkpoint has not",
        ),
        (
            "checkpoints/one",
            "checkpoints/two",
            ".. start-here::",
            "the reader's folder has check.py, but the checkpoint has not",
        ),
        (
            "import shutil",
            "import sys; sys.argv[1] == 'check' and exit('Wrong.')\nimport shutil",
            ".. end-here::",
            "the command ended with exit status 1, not 0; it printed:\nWrong.\n",
        ),
    ],
    ids=["reset", "branches", "check"],
)
def test_a_box_that_promises_what_is_not_so(
    course: Course, old: str, new: str, box: str, complaint: str
) -> None:
    with pytest.raises(Failure) as raised:
        follow_with(LAUNCHER.replace(old, new), course)

    assert str(raised.value) == f"{PAGE}:{course.line(box)}: run: {complaint}"


# Steps.


def test_a_file_that_is_never_created(course: Course) -> None:
    page = course.built()
    # Nothing else on the page needs it.
    without(page, course_nodes.create)
    for _ in range(2):
        without(page, course_nodes.command, "check.py")

    complaint = course.complaint(page)

    assert complaint == (
        f"{PAGE}:{course.line('.. end-here::')}: end-here: "
        "the reader's folder has no check.py, but the checkpoint has"
    )


def test_a_file_that_is_never_removed(course: Course) -> None:
    page = course.built()
    without(page, course_nodes.remove)

    complaint = course.complaint(page)

    assert complaint == (
        f"{PAGE}:{course.line('.. end-here::')}: end-here: "
        "the reader's folder has old.txt, but the checkpoint has not"
    )


def test_a_file_that_is_never_changed(course: Course) -> None:
    page = course.built()
    without(page, course_nodes.edit)
    # They would show it, too.
    for _ in range(2):
        without(page, course_nodes.screenshot)

    complaint = course.complaint(page)

    assert complaint == (
        f"{PAGE}:{course.line('.. end-here::')}: end-here: "
        "the reader's index.html is not the checkpoint's\n"
        "first difference, line 4: '<h1>new</h1>' became '<h1>old</h1>'\n"
        "expected:\n  <!doctype html>\n  <title>tiny</title>\n"
        '  <link rel="icon" href="data:,">\n  <h1>new</h1>\n'
        "got:\n  <!doctype html>\n  <title>tiny</title>\n"
        '  <link rel="icon" href="data:,">\n  <h1>old</h1>'
    )


def test_a_server_that_is_never_stopped(course: Course) -> None:
    page = course.built()
    without(page, course_nodes.stop)
    without(page, course_nodes.command, "--again")

    complaint = course.complaint(page)

    assert complaint == (
        f"{PAGE}:{course.line('.. end-here::')}: end-here: "
        "a server in terminal 1 is never stopped"
    )


def test_a_step_that_comes_twice(course: Course) -> None:
    page = course.built()
    step = page.doctree.next_node(course_nodes.create)
    assert step
    step.parent.insert(step.parent.index(step), step.deepcopy())

    complaint = course.complaint(page)

    assert complaint == (
        f"{PAGE}:{course.line('.. create:: check.py')}: create: "
        "check.py is to be created, but the reader has it already"
    )


def test_a_step_that_comes_too_late(course: Course) -> None:
    page = course.built()
    step = page.doctree.next_node(course_nodes.create)
    end = page.doctree.next_node(course_nodes.end_here)
    assert step
    assert end
    step.parent.remove(step)
    end.parent.insert(0, step)

    complaint = course.complaint(page)

    line = course.line("   3 letters") - 6
    assert complaint.startswith(
        f"{PAGE}:{line}: run: the command ended with exit status 2, not 0; "
    )
    assert "No such file or directory" in complaint


def test_an_edit_that_no_longer_applies(course: Course) -> None:
    page = course.built()
    index = course.root / "checkpoints" / "one" / "index.html"
    index.write_text(index.read_text().replace("<h1>old</h1>", "<h1>older</h1>"))

    complaint = course.complaint(page)

    assert complaint.startswith(
        f"{PAGE}:{course.line('.. edit:: index.html')}: edit: these lines, which are "
        "to be changed, are not in the reader's index.html\n"
    )
    assert complaint.endswith("got:\n  <h1>older</h1>")


def test_an_edit_that_fits_in_two_places(course: Course) -> None:
    page = course.built()
    index = course.root / "checkpoints" / "one" / "index.html"
    index.write_text(index.read_text() * 2)

    complaint = course.complaint(page)

    assert "edit: these lines are more than once in index.html:\n" in complaint


def test_changes_that_do_not_lead_to_the_whole_file(course: Course) -> None:
    page = course.built()
    step = page.doctree.next_node(course_nodes.edit)
    assert step
    added = next(i for i in step.findall(nodes.inline) if i["classes"] == ["add"])
    added.children = [nodes.Text("<h1>something else</h1>\n")]

    complaint = course.complaint(page)

    assert "edit: the changes do not lead to the whole file\n" in complaint
    assert "'<h1>new</h1>' became '<h1>something else</h1>'" in complaint


def test_a_file_outside_of_the_folder(course: Course) -> None:
    page = course.built()
    caption = next(iter(page.doctree.findall(course_nodes.create))).next_node(
        course_nodes.block_caption
    )
    assert caption
    caption.children = [nodes.Text("../check.py")]

    complaint = course.complaint(page)

    assert complaint.endswith("create: ../check.py is outside the reader's folder")


def test_an_excerpt_of_something_else(course: Course) -> None:
    page = course.built()
    shown = page.doctree.next_node(course_nodes.excerpt)
    assert shown
    listing = shown.next_node(nodes.literal_block)
    assert listing
    listing.children = [nodes.Text(listing.astext().replace("accept", "reject"))]

    complaint = course.complaint(page)

    line = course.line(".. excerpt::")
    assert complaint.startswith(
        f"{PAGE}:{line}: excerpt: the page shows another application\n"
    )


# Terminals.


@dataclass
class Fault:
    """What is written instead on the page, and the complaint about it."""

    old: str
    new: str
    # The line that the complaint names: the last one with this text on the page.
    at: str
    sentence: str


COMMANDS = {
    "output that changed": Fault(
        "   3 letters\n",
        "   4 letters\n",
        "   4 letters",
        "output: the output is not what the page shows\n"
        "first difference, line 1: '4 letters' became '3 letters'\n"
        "expected:\n  4 letters\n  checked\ngot:\n  3 letters\n  checked",
    ),
    "output with a line more": Fault(
        "   3 letters\n   checked\n",
        "   3 letters\n",
        "   3 letters",
        "first difference, line 2: nothing became 'checked'",
    ),
    "output with a line less": Fault(
        "   3 letters\n   checked\n",
        "   3 letters\n   …\n   checked\n",
        "   3 letters",
        "output: the output is not what the page shows",
    ),
    "command that fails": Fault(
        "   python check.py\n",
        "   python check.py --wrong\n",
        "   python check.py --wrong",
        "run: the command ended with exit status 3, not 0; it printed:\nwrong",
    ),
    "first of two commands that fails": Fault(
        "   python check.py\n",
        "   cd nowhere\n   python check.py\n",
        "   cd nowhere",
        "run: the command ended with exit status 1, not 0",
    ),
    "command that should fail": Fault(
        "   :exits: 3\n\n   python check.py --again",
        "   :exits: 3\n\n   true",
        "   true",
        "run: the command ended with exit status 0, not 3",
    ),
    "command that hangs": Fault(
        "   python check.py\n",
        "   echo so far; sleep 600\n",
        "   echo so far",
        "run: the command did not end within 2 seconds and was killed; until then it "
        "printed:\nso far",
    ),
    "command that leaves something running": Fault(
        "   python check.py\n",
        "   python check.py; (setsid sleep 600 > /dev/null 2>&1 &)\n",
        ".. end-here::",
        "the chapter leaves this running: sleep",
    ),
    "command that leaves a file": Fault(
        "   python check.py\n",
        "   python check.py; touch extra.txt\n",
        ".. end-here::",
        "the reader's folder has extra.txt, but the checkpoint has not",
    ),
    "server that never gets ready": Fault(
        "   python manage.py runserver\n",
        "   sleep 600\n",
        "Serving http",
        "did not appear in 2 seconds",
    ),
    "server that listens on no port": Fault(
        "   python manage.py runserver\n",
        "   sleep 600 # --port 8000\n",
        "   sleep 600",
        "run: the server was not ready within 2 seconds",
    ),
    "server that dies at once": Fault(
        "   python manage.py runserver\n",
        "   echo bad luck; exit 4 # --port 8000\n",
        "   echo bad luck",
        "has ended by itself, with exit status 4; it printed:\nbad luck",
    ),
    "server that dies later": Fault(
        ".. browser-console::\n",
        ".. run::\n   :terminal: 2\n\n   kill $(cat ../server.pid)\n\n"
        ".. browser-console::\n",
        "   kill",
        "has ended by itself, with exit status -15",
    ),
    "server in another terminal than the one that is stopped": Fault(
        ".. stop::\n",
        ".. stop::\n   :terminal: 2\n",
        ".. stop::",
        "stop: nothing runs in terminal 2",
    ),
    "terminal that is taken": Fault(
        ".. stop::\n",
        ".. run::\n\n   true\n\n.. stop::\n",
        "   true",
        "run: a server runs in this terminal: nothing can be typed there",
    ),
    "server with nothing that shows when it is ready": Fault(
        "   python manage.py runserver\n\n"
        ".. output::\n\n   Serving http://127.0.0.1:8000/\n\n",
        "   sleep 600\n\n",
        "   sleep 600",
        "run: nothing shows when this is ready: add an output",
    ),
    "block that nothing verifies": Fault(
        "Nothing to see.\n",
        ".. code-block:: python\n\n   print('never run')\n",
        ".. code-block:: python",
        "literal_block: nothing verifies this block: use one of the course's",
    ),
    "snippet that logs something else": Fault(
        "   console.log(document.title);\n",
        "   console.log('another title');\n",
        "   tiny\n",
        "console-log: the snippet does not log what the page shows\n"
        "first difference, line 1: 'tiny' became 'another title'",
    ),
    "snippet that logs more": Fault(
        "   console.log(document.title);\n",
        "   console.log(document.title, 1, null, [1, 'two'], {a: true});\n"
        "   setTimeout(() => console.log('and more'), 100);\n",
        "   tiny\n",
        "got:\n  tiny 1 null (2) [1, 'two'] {a: true}\n  and more",
    ),
    "snippet that logs nothing": Fault(
        "   console.log(document.title);\n",
        "   document.title;\n",
        "   tiny\n",
        "first difference, line 1: 'tiny' became nothing",
    ),
    "snippet whose log is not shown": Fault(
        ".. console-log::\n\n   tiny\n\n",
        "",
        "   console.log(document.title);",
        "browser-console: the snippet does not log what the page shows",
    ),
    "snippet that throws": Fault(
        "   console.log(document.title);\n",
        "   nothing.of.this.name;\n",
        "   nothing.of",
        "browser-console: the snippet throws: ReferenceError: nothing is not defined",
    ),
    "snippet that waits for ever": Fault(
        "   console.log(document.title);\n",
        "   console.log('so far');\n   await new Promise(() => {});\n",
        "   console.log('so far');",
        "browser-console: the snippet did not end within 2 seconds and was stopped; "
        "until then it logged:\nso far",
    ),
    "snippet that never ends": Fault(
        "   console.log(document.title);\n",
        "   while (true) {}\n",
        "   while (true)",
        "browser-console: the snippet did not end within 2 seconds",
    ),
    "snippet for a page that is not there": Fault(
        ".. browser-console::\n",
        ".. browser-console::\n   :at: /nowhere/\n",
        "   console.log(document.title);",
        "the server answered http://localhost:8000/nowhere/ with status 404",
    ),
    "snippet whose request fails": Fault(
        "   console.log(document.title);\n",
        "   await fetch('/nowhere/');\n   console.log(document.title);\n",
        "   tiny\n",
        "the browser complains, and the page does not say so\n"
        "first difference, line 1: nothing became 'status 404: "
        "http://localhost:8000/nowhere/'",
    ),
    "snippet whose error is noticed later": Fault(
        "   console.log(document.title);\n",
        "   console.log(document.title);\n"
        "   setTimeout(() => { throw new Error('too late'); });\n",
        "   tiny\n",
        "the browser complains, and the page does not say so\n"
        "first difference, line 1: nothing became 'error: too late'",
    ),
    "connection that fails without a word of it": Fault(
        "   console.log(document.title);\n",
        "   new WebSocket(`ws://${location.host}/`);\n"
        "   await new Promise((resolve) => setTimeout(resolve, 100));\n"
        "   console.log(document.title);\n",
        "   tiny\n",
        "nothing became \"console: WebSocket connection to 'ws://localhost:8000/'",
    ),
    "picture for which something is missing": Fault(
        "   wait h1 new\n",
        "   wait h1 missing\n",
        "   wait h1 missing",
        "screenshot: 'wait h1 missing' did not work: ",
    ),
    "diagram of another scenario": Fault(
        "   alice sends hello\n",
        "   alice sends goodbye\n",
        "   alice sends goodbye",
        "sequence: the project sends other messages now than the diagram shows\n"
        "first difference, line 3: 'alice to server: hello' became "
        "'alice to server: goodbye'",
    ),
    "scenario that cannot be played": Fault(
        "   alice sends hello\n",
        "   alice sings\n",
        "   alice sings",
        "ValueError: there is no step 'alice sings'",
    ),
}


@pytest.mark.parametrize("fault", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_page_that_promises_what_is_not_so(course: Course, fault: Fault) -> None:
    if "server.pid" in fault.new:
        command = "   python manage.py runserver\n"
        course.rewrite(
            command, f"   echo $$ > ../server.pid\n   exec {command.strip()}\n"
        )
        course.rewrite(".. terminals:: tiny-terminals\n\n   1 a server\n", "")
    course.rewrite(fault.old, fault.new)
    line = course.page[: course.page.rindex(fault.at)].count("\n") + 1

    complaint = course.complaint()

    found = re.match(rf"{re.escape(PAGE)}:(\d+): ", complaint)
    assert found, complaint
    # A block is named by its first line, and what is wrong may be some lines below. A
    # server's end may be noticed a block later.
    assert abs(line - int(found[1])) <= 6, complaint
    assert fault.sentence in complaint


def test_a_connection_that_fails_as_the_page_says(course: Course) -> None:
    course.rewrite(
        "   console.log(document.title);\n",
        "   const socket = new WebSocket(`ws://${location.host}/`);\n"
        "   socket.onclose = ({ code }) => console.log('closed with', code);\n",
    )
    course.rewrite("   tiny\n", "   closed with 1006\n")

    count = course.follow(bounds=Bounds())

    assert count.blocks == count.verified


DARK_PICTURE = """\
<style>
  @media (prefers-color-scheme: dark) { body { background: url(missing.png); } }
</style>
"""


def test_a_page_that_asks_for_what_is_not_there(course: Course) -> None:
    for checkpoint in "one", "two":
        index = course.root / "checkpoints" / checkpoint / "index.html"
        index.write_text(index.read_text() + DARK_PICTURE)

    complaint = course.complaint()

    line = course.line(":alt: The same page in a dark theme") - 1
    assert complaint.startswith(f"{PAGE}:{line}: screenshot: the browser complains, ")
    assert "status 404: http://localhost:8000/missing.png" in complaint


def test_packages_that_are_not_the_ones_of_the_course(course: Course) -> None:
    requirements = course.root / "requirements.txt"
    text = re.sub(
        r"^websockets==.*", "websockets==1.0", requirements.read_text(), flags=re.M
    )
    requirements.write_text(text)

    complaint = course.complaint()

    assert complaint.startswith(
        f"{PAGE}:{course.line('.. install::')}: install: these packages are not the "
        "ones of the course's environment\nfirst difference, line 1: '1.0' became "
    )


# Pictures and diagrams.


def paint_over(picture: Picture) -> None:
    picture.image.paste((200, 0, 0), (0, 0, 20, 40))


def make_smaller(picture: Picture) -> None:
    picture.image = picture.image.crop((0, 0, 200, 200))


def say_something_else(picture: Picture) -> None:
    picture.text = picture.text.replace("new", "news")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (paint_over, "0.5% of its pixels are different"),
        (make_smaller, "it has another size\nfirst difference, line 1: '200 x 200' "),
        (say_something_else, "it says something else\nfirst difference, line 1: "),
    ],
)
def test_a_picture_of_another_page(
    course: Course, change: Callable[[Picture], None], reason: str
) -> None:
    file = course.root / "docs" / "_static" / "screenshots" / "tiny.png"
    picture = Picture.load(file)
    change(picture)
    picture.save(file)

    complaint = course.complaint()

    line = course.line(":alt: A page with one word") - 1
    sentence = "screenshot: the page has changed, the picture has not: "
    assert complaint.startswith(f"{PAGE}:{line}: {sentence}{reason}")


def test_a_picture_is_the_same_each_time_it_is_taken(course: Course) -> None:
    pictures = course.root / "docs" / "_static" / "screenshots"
    before = {file.name: file.read_bytes() for file in pictures.iterdir()}

    course.follow(bounds=Bounds(), writes=True)

    assert before == {file.name: file.read_bytes() for file in pictures.iterdir()}


def test_a_picture_that_is_not_there(course: Course) -> None:
    (course.root / "docs" / "_static" / "screenshots" / "tiny.png").unlink()

    assert "screenshot: there is no picture tiny.png" in course.complaint()


def test_a_diagram_that_lies(course: Course) -> None:
    recording = course.root / "docs" / "recordings" / "tiny.json"
    messages = json.loads(recording.read_text())
    recording.write_text(json.dumps(messages[:-1]))

    complaint = course.complaint()

    line = course.line(".. sequence:: tiny")
    assert complaint.startswith(f"{PAGE}:{line}: sequence: the project sends other")
    assert "became 'alice to server: disconnect'" in complaint


def test_terminals_that_show_something_else(course: Course) -> None:
    recording = course.root / "docs" / "recordings" / "tiny-terminals.json"
    recording.write_text(recording.read_text().replace("Serving", "Server at"))

    complaint = course.complaint()

    line = course.line(".. terminals::")
    assert complaint.startswith(
        f"{PAGE}:{line}: terminals: the terminals show something else now\n"
        "first difference, line 2: 'Server at http://127.0.0.1:8000/' became "
        "'Serving http://127.0.0.1:8000/'\n"
    )


def test_a_terminal_in_which_nothing_runs(course: Course) -> None:
    course.rewrite("   1 a server\n", "   2 a server\n")

    complaint = course.complaint()

    line = course.line(".. terminals::")
    assert complaint == f"{PAGE}:{line}: terminals: nothing runs in terminal 2"
