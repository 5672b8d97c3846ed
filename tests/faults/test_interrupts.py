"""Ctrl-C at any moment: nobody is left waiting for a lock that nobody gives back."""

from __future__ import annotations

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from experiments.interrupts import interrupts_held
from experiments.runner import Crowd, run_into
from experiments.runs import MemoryRuns, RunSpec
from simulation import Scenario
from tests.experiments.fakes import quick

pytestmark = pytest.mark.usefixtures("ctrl_c")

MODULES = ("concurrent/futures", "threading.py")
JOIN_SECONDS = 20


def interrupted_at(moment: int, specs: list[RunSpec]) -> bool:
    """Whether so many steps of waiting and handing out were there to be interrupted after."""
    threads: list[threading.Thread] = []
    steps = 0

    def step(frame: FrameType, event: str, _: Any) -> None:
        nonlocal steps
        file = Path(frame.f_code.co_filename).as_posix()
        if event == "c_call" or not any(module in file for module in MODULES):
            return
        steps += 1
        if steps == moment:
            signal.raise_signal(signal.SIGINT)

    def tell(done: int, _: int) -> None:
        if done == 1:
            sys.setprofile(step)

    executor = ThreadPoolExecutor(2, initializer=lambda: threads.append(threading.current_thread()))
    try:
        run_into(MemoryRuns(), specs, Crowd(executor, 1), tell, quick)
        assert steps < moment
    except KeyboardInterrupt:
        assert steps >= moment
    finally:
        sys.setprofile(None)
        executor.shutdown(wait=False, cancel_futures=True)
    for thread in threads:
        thread.join(JOIN_SECONDS)
    assert not any(thread.is_alive() for thread in threads), f"left waiting at step {moment}"
    return steps >= moment


def test_interrupted_at_any_step_nobody_is_left_waiting() -> None:
    firm = Scenario.load("small_firm")
    specs = [RunSpec(firm, "a", seed) for seed in range(4)]
    moment = 1
    while interrupted_at(moment, specs):
        moment += 1
    assert moment > 50


def test_an_interrupt_waits_until_it_is_let_in_and_a_second_does_not() -> None:
    before = signal.getsignal(signal.SIGINT)
    reached = []

    def let_in_at_once() -> None:
        with interrupts_held() as let_in:
            let_in()
            signal.raise_signal(signal.SIGINT)
            reached.append("held")
            let_in()
            reached.append("never")

    def let_in_at_the_end() -> None:
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            reached.append("held to the end")

    def impatient() -> None:
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            reached.append("never")

    for block in (let_in_at_once, let_in_at_the_end, impatient):
        with pytest.raises(KeyboardInterrupt):
            block()
        assert signal.getsignal(signal.SIGINT) is before
    assert reached == ["held", "held to the end"]


def test_what_nobody_handles_is_left_alone_and_so_are_other_threads() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def elsewhere() -> None:
        with interrupts_held() as let_in:
            let_in()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]
    with interrupts_held():
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
