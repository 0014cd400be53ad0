"""The faults, a module a family. To add one, add a function under `@fault` to any file here.

    @fault("frames-doubled", codes=("FEA110",), harms=False, tasks=("ctc",))
    def frames_doubled(x: Experiment) -> None:
        \"\"\"Every frame is stored twice.\"\"\"

A function is given a healthy experiment and changes it: `x.world` and `x.recipe` as they are, what
comes after training through `x.after_training` and `x.after_writing`. A fault that harms no
training says with `x.claim` what the artifacts show.
"""
