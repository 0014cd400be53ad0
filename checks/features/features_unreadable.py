"""FEA103: can every feature file be read?"""

from collections import Counter

from slrdoctor.api import CERTAIN, DEGRADES, ClipTable, Evidence, Finding, Findings, Fix, check, part_of

FIXES = {
    "lfs-pointer": Fix(
        "Download the files that are only Git LFS pointers.", "git lfs install && git lfs pull"
    ),
    "empty": Fix("Extract the clips whose files are empty again.", "find features -size 0"),
    "object-array": Fix(
        "Save each clip as an array of numbers.", "np.save(path, np.stack(frames).astype(np.float32))"
    ),
    "refused": Fix(
        "Save each clip as an array of numbers, which can be read without pickle.", "np.save(path, x)"
    ),
    "shape": Fix("Extract these clips again: their frames differ in size."),
    "missing-part": Fix(
        "Extract the missing parts of these clips, or leave the clips out of every part."
    ),
    "wrong-rank": Fix("Store every clip as frames by features.", "x = x.reshape(len(x), -1)   # [T, D]"),
    "permission": Fix("Give the files read permission.", "chmod -R u+r features"),
}
NAMES = {
    "lfs-pointer": "with only a Git LFS pointer",
    "object-array": "with Python objects",
    "refused": "with a pickle",
    "missing-part": "without one of their parts",
    "shape": "with frames of different sizes",
    "wrong-rank": "with another number of axes",
    "permission": "without read permission",
}
OTHER = Fix("Copy or extract the damaged files again.")


@check("FEA103", severity=DEGRADES, confidence=CERTAIN)
def features_unreadable(clips: ClipTable) -> Findings:
    """Some feature files cannot be read.

    Why it matters: A loader stops at such a file, or skips it silently, and the sample is lost to
    training or to the score.

    Judged by: Every used clip was opened. Counted are truncated and corrupt files, empty files, Git LFS
    pointers, arrays of Python objects, arrays with other axes than the rest, and clips that lack a part
    (pose, hands, face) which the others have.

    Fix: Download or extract the files again; the finding says how for each fault.

    References: https://git-lfs.com on pointer files; the .npy format,
    https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    if not clips.unreadable:
        return clips.sentence
    faults = Counter(fault for _, _, fault, _ in clips.unreadable)
    first = {fault: sentence for _, _, fault, sentence in reversed(clips.unreadable)}
    parts = ", ".join(f"{count} {NAMES.get(fault, fault)}" for fault, count in faults.most_common())
    [(commonest, _)] = faults.most_common(1)
    yield Finding(
        f"{part_of(len(clips.unreadable), clips.total, 'feature file')} cannot be read: {parts} "
        f"({first[commonest]})",
        tuple(
            Evidence(f"{fault.replace('-', ' ')}: {first[fault]}", count, clips.read_from, "files")
            for fault, count in faults.most_common()
        ),
        tuple(dict.fromkeys(FIXES.get(fault, OTHER) for fault, _ in faults.most_common())),
        tuple(id for id, *_ in clips.unreadable),
        len(clips.unreadable),
        clips.total,
    )
