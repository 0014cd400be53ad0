"""What a run shows that learned nothing, whatever kept it from learning: for `explains`."""

# codes of checks that look at what came out, and know no cause
NOTHING_LEARNED = (
    "CTC411",
    "CTC412",
    "CTC413",
    "CTC414",
    "DEC801",
    "DEC802",
    "EMB701",
    "EMB703",
    "EVL904",
    "EVL905",
    "TRN502",
)
# of a run that learned its training samples and fails on others
FAILS_ON_DEV = (
    "CTC413",
    "CTC414",
    "DEC801",
    "DEC802",
    "EMB701",
    "EMB703",
    "EVL904",
    "EVL905",
    "TRN504",
    "TRN505",
)
# what is wrong with fewer of the samples leaves enough sound ones to learn something from
REACH = 0.25
