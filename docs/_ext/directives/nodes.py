"""What a chapter asks its reader to do or shows as a result, as nodes of the document.

The children of each node are what the reader sees, and nothing else; the test that
follows the chapters does what it finds there. Attributes carry what a page shows some
other way, or what only that test needs. Every node knows its `source` and `line`.
"""

from collections.abc import Iterator

from docutils import nodes


def parents(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what is around a node, from the innermost to the document."""
    while node.parent is not None:
        node = node.parent
        yield node


class Block(nodes.General, nodes.Element):
    """Anything on a page that has to be verified."""


class block_caption(nodes.General, nodes.TextElement):
    """The strip above a listing: a file's path, or where to type what follows."""


class lines(nodes.General, nodes.FixedTextElement):
    """Preformatted lines: an inline for each, and in it the text with its newline.

    An inline's first class says what the line is; see the nodes below.
    """


class colored_line(nodes.inline):
    """A line of a file. Attribute: html, which shows the same text in colors."""


# Steps: what happens to files. Paths are relative to the reader's folder. The attribute
# `path` of a step repeats what it shows, for the checks of a page.


class create(Block):
    """Create a file.

    Children: block_caption with the path; then a literal_block with the whole file, or,
    for an empty file, a paragraph that says so.
    """


class edit(Block):
    """Change a file.

    Children: block_caption with the path; then two tabs, one with a `hunk` for each
    change, the other with a literal_block of the whole file.
    """


class hunk(lines):
    """One change, with its neighbors. Classes of its inlines: ctx, del, add.

    Attribute: place, the lines of the changed file that it shows, as text.
    """


class remove(Block):
    """Delete a file. Children: a paragraph, and in it a literal with the path."""


class excerpt(Block):
    """A part of a file, to talk about.

    Children: block_caption, "PATH, OBJECT"; then a literal_block.
    Attributes: path, object, checkpoint.
    """


# Commands, in terminals.


class command(Block):
    """Type commands into a terminal.

    Children: block_caption; then `typed`, or two tabs with `typed` and
    `typed_on_windows`.
    Attributes: terminal (int), background (bool), exits (int), folder ("" or "course"),
    cannot_run and instead (str, empty where the commands run everywhere).
    """


class install(command):
    """Install a chapter's packages. The same as a command in terminal 1."""


class typed(lines):
    """Command lines as they are typed.

    Classes of its inlines: command, or continued for the rest of a command that goes
    on over several lines.
    """


class typed_on_windows(lines):
    """The same for Windows, where that is different."""


class output(Block):
    """What the command before it prints.

    Children: block_caption; then `printed`, where a line that is only an ellipsis
    stands for one or more lines.
    """


class printed(lines):
    """Lines that appear, on a terminal or in the browser's console."""


class stop(Block):
    """Stop what runs in the background.

    Children: a paragraph. Attribute: terminal (int).
    """


class terminals(Block):
    """What several terminals show at this moment, as a picture.

    Children: for each of them a block_caption and a `screen`; none before the first
    recording. Attributes: name (of the recording), numbers (of the terminals, a list).
    """


class screen(lines):
    """What a terminal shows.

    Classes of its inlines: command, continued, printed, or log for a line of the
    project's own.
    """


# The browser.


class snippet(Block):
    """Paste JavaScript into the console of the browser's developer tools.

    Children: block_caption; then a literal_block.
    Attributes: at (the path of the page), window (int).
    """


class log(Block):
    """What the snippet before it logs. Children: block_caption; then `printed`."""


class measurement(Block):
    """What a benchmark measured.

    Children: a table, an image of the plot, and a paragraph about the computer.
    Attribute: measured, the record of the run.
    """


class screenshot(Block):
    """A picture of a page of the project.

    Children: an image, unless it is still to be taken.
    Attributes: name, at (the path of the page), width and height of the window (int, in
    CSS pixels), theme ("light" or "dark"), actions (a list of lines, as written),
    side_by_side (bool, for a picture of all windows).
    """


class sequence(Block):
    """A diagram of who sends what to whom.

    Children: a raw node with the drawing; then `alternative`; none before the first
    recording.
    Attributes: name (of the recording), scenario (a list of lines, as written),
    checkpoint (its name).
    """


class folded(nodes.General, nodes.Element):
    """Something that is folded away until it is asked for. Attribute: summary."""


class alternative(folded):
    """What a drawing shows, in words. Children: a list of the messages."""


# The boxes at a chapter's two ends. What is typed there is for a reader who has the
# course's repository.


class start_here(nodes.General, nodes.Element):
    """What the reader needs before the steps."""


class end_here(nodes.General, nodes.Element):
    """What the reader has after them."""


# The guide.


class example(Block):
    """A file of docs/examples or an object in it, which a test in tests/ runs.

    Children: block_caption; then a literal_block. Attribute: path, from docs/examples.
    """


class drawing(Block):
    """A drawing by hand. Children: a raw node with the SVG."""


class tasks(nodes.Invisible, nodes.Element):
    """What a reader may want who finds it in this section. Attribute: tasks (list)."""


class task_index(nodes.General, nodes.Element):
    """Stands for links to all tasks until all pages are read."""
