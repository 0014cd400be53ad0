"""ENV102: is there a GPU that training does not use?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    DeviceUse,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    check,
)


@check("ENV102", severity=DEGRADES, confidence=CERTAIN)
def no_gpu_used(device: DeviceUse) -> Findings:
    """There is a GPU, but training does not use it.

    Why it matters: On the CPU the same training takes ten to a hundred times as long, so runs are
    stopped early, kept small, and tuned with too few epochs.

    Judged by: A run whose log says that it used a GPU is fine. Otherwise one of:
    - the log says that a GPU was available but not used;
    - there is a GPU, and the log, the requirements or this environment show a torch without CUDA.

    Fix: Install a torch built with CUDA, and request the GPU in the training script.

    References: pytorch.org, Get Started Locally; Lightning's start-up line
    `GPU available: True (cuda), used: False`.
    """
    if device.used or not device.gpu:
        return device.sentence
    unused = device.used is False and "used: false" in device.gpu.lower()
    if not (unused or device.torch):
        raise NotJudged(f"nothing says whether the run used the GPU ({device.gpu})")
    why = f"torch was built without CUDA ({device.torch})" if device.torch else "it was not used"
    yield Finding(
        message=f"there is a GPU ({device.gpu}), but {why}",
        evidence=(
            Evidence("GPU", device.gpu, device.read_from),
            Evidence("torch", device.torch or "unknown", device.read_from),
        ),
        fixes=(
            Fix(
                "Install a torch built with CUDA.",
                "pip install torch --index-url https://download.pytorch.org/whl/cu126",
            ),
            Fix(
                "Request the GPU in the training script.",
                'model.to("cuda")  # Lightning: accelerator="gpu"',
            ),
        ),
        verify='python -c "import torch; print(torch.cuda.is_available())"',
    )
