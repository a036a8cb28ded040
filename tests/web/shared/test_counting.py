"""What a process counts in its own memory."""

from safeshare.web.shared.counting import OwnCounts


def test_a_guesser_with_many_addresses_cannot_fill_the_memory() -> None:
    own = OwnCounts(lambda: 0.0, most_kept=100)
    for number in range(1000):
        own.add({f"visitor {number}": 60, "everybody": 60})
        assert len(own._kept) <= 100
    assert own.read(["everybody", "visitor 999", "visitor 0"]) == [1000, 1, 0]


def test_a_count_that_has_ended_can_begin_again() -> None:
    now = [0.0]
    own = OwnCounts(lambda: now[0])
    own.add({"one": 60})
    now[0] = 60.0
    assert own.read(["one"]) == [0]
    own.add({"one": 60})
    assert own.read(["one"]) == [1]
