"""ENV102: is there a GPU that training cannot use?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, DEGRADES, DeviceUse, Evidence, Finding, Fix, check


@check("ENV102", severity=DEGRADES, confidence=CERTAIN)
def no_gpu_used(device: DeviceUse) -> Iterator[Finding]:
    """A GPU is there, and training does not use it.

    Why it matters: on the CPU the same training takes ten to a hundred times as long, so
    runs are stopped early, kept small, and tuned with too few epochs.

    Judged by: a log that says that a GPU was available and not used; or a GPU together with
    a build of torch without CUDA, as the log, the requirements or this environment have it.
    A run whose log says that it used a GPU is fine.

    Fix: install torch from the index of CUDA wheels, and ask the trainer for the GPU.

    References: pytorch.org, Get Started Locally; Lightning's start-up line
    `GPU available: True (cuda), used: False`.
    """
    if device.used or not device.gpu:
        return
    unused = device.used is False and "used: false" in device.gpu.lower()
    if not (unused or device.torch):
        return
    why = f"torch is built without CUDA ({device.torch})" if device.torch else "it was not used"
    yield Finding(
        message=f"a GPU is there ({device.gpu}), but {why}",
        evidence=(
            Evidence("GPU", device.gpu, device.read_from),
            Evidence("torch", device.torch or "not said", device.read_from),
        ),
        fixes=(
            Fix(
                "Install a build of torch with CUDA.",
                "pip install torch --index-url https://download.pytorch.org/whl/cu126",
            ),
            Fix(
                "Ask for the GPU in the training script.",
                'model.to("cuda")  # Lightning: accelerator="gpu"',
            ),
        ),
        verify='python -c "import torch; print(torch.cuda.is_available())"',
    )
