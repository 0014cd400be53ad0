"""Processes that measure clips beside this one.

They are started as all of our children are, with nothing of the current folder on their path.
`multiprocessing` would look for itself there, and import the caller's script a second time.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.facts.features._passed_clips import Passed, pass_over
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.used_clips import UsedClip
from slrdoctor.python_path import child_command, child_environment

AHEAD = 3  # chunks that wait for each worker


class WorkerDied(Exception):
    """A worker ended before it answered: it was killed, of memory for one."""


class Worker:
    """One process, which answers one request at a time. Raises OSError where none can be started."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            child_command(__name__),
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it fails on is measured again, and fails in this process
        )

    def measure(self, clips: Sequence[UsedClip], landmarks: Landmarks | None) -> Passed:
        """What `pass_over` gives for them. Raises WorkerDied."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            pickle.dump((tuple(clips), landmarks), self.process.stdin)
            self.process.stdin.flush()
            passed: Passed = pickle.load(self.process.stdout)
        except (OSError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise WorkerDied(str(error)) from error
        return passed


def measured_by_workers(
    chunks: Sequence[Sequence[UsedClip]], landmarks: Landmarks | None, jobs: int
) -> Iterator[Passed]:
    """The chunks' results in their order, so that sums do not depend on which worker was faster.

    Raises WorkerDied at the first chunk that has none.
    """
    workers: list[Worker] = []
    idle: SimpleQueue[Worker] = SimpleQueue()

    def measured(clips: Sequence[UsedClip]) -> Passed:
        worker = idle.get()
        try:
            return worker.measure(clips, landmarks)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(jobs) as threads:
            try:
                for _ in range(jobs):
                    workers.append(Worker())
                    idle.put(workers[-1])
                yield from _in_order(chunks, lambda clips: threads.submit(measured, clips), AHEAD * jobs)
            finally:
                # before the threads are waited for: some may still wait for an answer
                threads.shutdown(wait=False, cancel_futures=True)
                for worker in workers:
                    worker.process.kill()
    except OSError as error:
        raise WorkerDied(str(error)) from error
    finally:
        for worker in workers:
            worker.process.communicate()


def _in_order(
    chunks: Sequence[Sequence[UsedClip]],
    begin: Callable[[Sequence[UsedClip]], Future[Passed]],
    ahead: int,
) -> Iterator[Passed]:
    waiting: deque[Future[Passed]] = deque()
    for clips in chunks:
        waiting.append(begin(clips))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def main() -> None:
    """Answer requests until there are no more: the parent is gone, or has closed the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the whole terminal: the parent ends this process
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is not an answer
    with opened_clips() as open_clip:
        while True:
            try:
                clips, landmarks = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            pickle.dump(pass_over(clips, landmarks, open_clip), answers)
            answers.flush()
