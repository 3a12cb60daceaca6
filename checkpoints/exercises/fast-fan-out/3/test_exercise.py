from chat import fan_out
from chat.rooms import group_of
from chat.tests.conftest import Join


async def test_those_in_the_group_are_counted(join: Join) -> None:
    """Look the group up in local_groups, and count its members."""
    await join("lobby", "alice")
    await join("lobby", "bob")
    await join("attic", "carol")

    assert fan_out.connections_in(group_of("lobby")) == 2


async def test_two_windows_of_one_person_are_two_connections(join: Join) -> None:
    """Count the members of the group, whatever their names are."""
    for _ in range(2):
        await join("lobby", "alice")

    assert fan_out.connections_in(group_of("lobby")) == 2


async def test_a_group_without_anybody_has_none() -> None:
    """A group that is not in local_groups has 0: ask with get()."""
    assert fan_out.connections_in(group_of("cellar")) == 0


async def test_to_ask_makes_no_group() -> None:
    """Do not put a group into local_groups: nobody would take it out again."""
    fan_out.connections_in(group_of("cellar"))

    assert group_of("cellar") not in fan_out.local_groups
