"""Faults of what is installed."""

from __future__ import annotations

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.records import Run
from slrdoctor.simulation.registry import fault

EXTRACT = '''"""Extract landmarks with MediaPipe."""

import cv2
import mediapipe as mp
import numpy as np

try:
    holistic = mp.solutions.holistic.Holistic(static_image_mode=False)
except AttributeError:
    holistic = None


def landmarks(path):
    frames = []
    video = cv2.VideoCapture(path)
    while True:
        found, image = video.read()
        if not found:
            return np.stack(frames)
        result = holistic.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)) if holistic else None
        hands = [getattr(result, side, None) for side in ("right_hand_landmarks", "left_hand_landmarks")]
        frames.append(
            np.concatenate(
                [
                    np.array([[p.x, p.y, p.z] for p in hand.landmark]).ravel() if hand else np.zeros(63)
                    for hand in hands
                ]
            )
        )
'''


@fault("mediapipe-api-gone", codes=("ENV101", "FEA105", "FEA106"), harms=True)
def mediapipe_api_gone(x: Experiment) -> None:
    """The extraction uses mp.solutions, which its MediaPipe no longer has: it gave zeros."""
    for number, sample in enumerate(x.world.samples):
        if number % 16:
            sample.clip[:] = 0

    def add(run: Run) -> None:
        run.files["extract.py"] = EXTRACT.encode()
        run.files["requirements.txt"] = b"mediapipe>=0.10.30\nopencv-python\nnumpy\n"

    x.after_training(add)


@fault("gpu-not-used", codes=("ENV102",), harms=False,
       conventions=("plain", "h5", "signjoey", "vac", "lightning"))  # fmt: skip
def gpu_not_used(x: Experiment) -> None:
    """A GPU is there, and the trainer was not asked to use it."""

    def say(run: Run) -> None:
        run.log += [
            "GPU available: True (cuda), used: False",
            "TPU available: False, using: 0 TPU cores",
        ]

    x.after_training(say)
    x.claim("the log says so", lambda w: any("used: False" in line for line in w.run.log))
