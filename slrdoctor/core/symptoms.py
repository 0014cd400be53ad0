"""What a run shows that learned nothing, whatever kept it from learning: for `explains`."""

# codes of checks that look at what came out, and know no cause
_WRONG_OUTPUT = ("CTC413", "CTC414", "DEC801", "DEC802", "EMB701", "EMB703", "EVL904", "EVL905")
NOTHING_LEARNED = ("CTC411", "CTC412", "TRN502", *_WRONG_OUTPUT)
# of a run that learned its training samples and fails on others
FAILS_ON_DEV = ("TRN504", "TRN505", *_WRONG_OUTPUT)
# what is wrong with fewer of the samples leaves enough sound ones to learn something from
REACH = 0.25
