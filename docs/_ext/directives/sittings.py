"""Sittings: a chapter has one, and one more for each place to pause in it."""

from docutils import nodes

from directives.directive import CourseDirective


class PauseHere(CourseDirective):
    """`pause-here::`: a sitting ends; the body says what works now."""

    has_content = True

    def show(self) -> list[nodes.Node]:
        title = nodes.paragraph()
        title += nodes.strong("", "Pause here")
        return self.block(title, *self.parse(list(self.content)))
