from __future__ import annotations

import threading

from pipit.models import CancelToken


def test_callbacks_run_once_however_often_it_is_cancelled() -> None:
    token, calls = CancelToken(), []
    token.on_cancel(lambda: calls.append(1))
    assert not token.cancelled
    token.cancel()
    token.cancel()
    assert (token.cancelled, calls) == (True, [1])


def test_a_callback_that_comes_late_runs_at_once() -> None:
    token, calls = CancelToken(), []
    token.cancel()
    token.on_cancel(lambda: calls.append(1))()
    assert calls == [1]


def test_a_withdrawn_callback_does_not_run() -> None:
    token, calls = CancelToken(), []
    withdraw = token.on_cancel(lambda: calls.append("withdrawn"))
    token.on_cancel(lambda: calls.append("kept"))
    withdraw()
    withdraw()
    token.cancel()
    assert calls == ["kept"]


def test_many_threads_cancel_and_register_at_once() -> None:
    token, calls, ready = CancelToken(), [], threading.Barrier(8)

    def work(index: int) -> None:
        ready.wait()
        if index % 2:
            token.cancel()
        else:
            token.on_cancel(lambda: calls.append(index))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(calls) == [0, 2, 4, 6]
