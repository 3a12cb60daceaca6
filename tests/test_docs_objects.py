"""What an excerpt can show of a script."""

import pytest

from directives.errors import PageError
from directives.objects import lines_of

SCRIPT = """\
const one = 1;

export class Box {
  #open() {
    return one;
  }
}

export function open(box) {
  if (box) {
    return 2;
  }
}

const handlers = {
  ping({ at }) {
    open(at);
  },
};
"""


@pytest.mark.parametrize(
    ("name", "first", "last", "length"),
    [
        ("Box", "export class Box {", "}", 5),
        ("#open", "  #open() {", "  }", 3),
        ("open", "export function open(box) {", "}", 5),
        ("handlers", "const handlers = {", "};", 5),
        ("ping", "  ping({ at }) {", "  },", 3),
    ],
)
def test_an_excerpt_of_a_script_is_one_object(
    name: str, first: str, last: str, length: int
) -> None:
    lines = lines_of(SCRIPT, "chat.js", name).splitlines()

    assert (lines[0], lines[-1], len(lines)) == (first, last, length)


def test_an_excerpt_of_what_a_script_does_not_have_is_refused() -> None:
    with pytest.raises(PageError, match="There is no close in"):
        lines_of(SCRIPT, "chat.js", "close")
