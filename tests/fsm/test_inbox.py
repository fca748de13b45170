"""Bounded queues, and the count of what is under way."""

from __future__ import annotations

import threading

from pipit.fsm.inbox import Activity, Inbox, InboxStatistics


def test_a_full_inbox_refuses_an_offer_and_counts_it() -> None:
    activity = Activity()
    inbox: Inbox[int] = Inbox(activity, 2)
    assert [inbox.offer(n) for n in range(4)] == [True, True, False, False]
    assert inbox.statistics() == InboxStatistics(2, 2, 2)
    assert not activity.wait_quiet(0)
    for n in range(2):
        assert inbox.get() == n
        assert not activity.wait_quiet(0)  # taken is not done
        inbox.done()
    assert activity.wait_quiet(0)


def test_what_waits_at_the_close_is_still_read() -> None:
    inbox: Inbox[str] = Inbox(Activity(), 4)
    inbox.put("a")
    inbox.put("b")
    inbox.close()
    assert [inbox.get(), inbox.get(), inbox.get()] == ["a", "b", None]


def test_put_waits_for_room() -> None:
    activity = Activity()
    inbox: Inbox[int] = Inbox(activity, 1)
    through = threading.Event()

    def writer() -> None:
        for n in range(50):
            inbox.put(n)
        through.set()

    thread = threading.Thread(target=writer)
    thread.start()
    got = []
    for _ in range(50):
        got.append(inbox.get())
        inbox.done()
    assert through.wait(10)
    thread.join(10)
    assert got == list(range(50))
    assert activity.wait_quiet(10)
    assert inbox.statistics().most == 1


def test_quiet_comes_only_when_all_that_follows_is_done() -> None:
    activity = Activity()
    first: Inbox[int] = Inbox(activity, 8)
    second: Inbox[int] = Inbox(activity, 8)
    finished: list[int] = []

    def relay() -> None:
        while (n := first.get()) is not None:
            second.put(n)  # handed on before it is done: never quiet in between
            first.done()

    def end() -> None:
        while (n := second.get()) is not None:
            finished.append(n)
            second.done()

    threads = [threading.Thread(target=relay), threading.Thread(target=end)]
    for thread in threads:
        thread.start()
    for n in range(200):
        first.put(n)
        assert activity.wait_quiet(10)
        assert finished[-1] == n
    first.close()
    second.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
