"""The directive `exercises`."""

from docutils import nodes

from directives.templates import Filled


class Exercises(Filled):
    """`exercises::`: the chapter's exercises, as checkpoints/exercises/ has them."""

    def show(self) -> list[nodes.Node]:
        return self.block(*self.filled(self.name, [self.chapter.page]))
