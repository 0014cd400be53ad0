"""The names that columns have in this field, without separators and case, the likeliest first."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ID = _words("""
    fileid id sampleid uttid utteranceid uid key name videoid clipid segmentid sentencename
    sentenceid sequenceid utt utterance sample vid sid instanceid ids names sampleids videoids
    keys item itemid
""")
PATH = _words("""
    path filepath featurepath featurespath featpath featurefile featuresfile featfile videopath
    npypath npyfile npy keypointpath keypointspath posepath posefile relpath relativepath
    framespath landmarkpath landmarkfile filename file videofile videofilename videoname video
    clippath clip clipname feature features folder paths files filenames videos imgspath imagepath
    pose keypoints
""")
GLOSSES = _words("""
    gloss glosses glossseq glosssequence glosssentence glosslist glosstext gls orth orthography
    annotation annotations signsequence labelsequence labelseq glosstokens tokens transcription
    transcript
""")
EITHER = _words("sequence targets target signs sign labels label y")  # a sequence or a class
CLASS = _words("word classname labelname signname class action classlabel category")
CLASS_INDEX = _words("""
    classid labelid signid glossid classindex classidx labelidx glossidx signidx
""")
TEXT = _words("""
    text translation sentence caption rawtext spokentext spoken targettext german english
    translationtext
""")
SPLIT = _words("split subset set partition fold phase usage dataset")
SIGNER = _words("""
    signerid signer speakerid speaker participantid participant performerid performer subjectid
    subject personid person actor signers
""")
FRAMES = _words("""
    numframes nframes framecount frames numberofframes durationframes lengthframes seqlen
    sequencelength videolength length nframe numframe framenum
""")
FPS = _words("fps framerate")

ALL = frozenset(
    (*ID, *PATH, *GLOSSES, *EITHER, *CLASS, *CLASS_INDEX, *TEXT, *SPLIT, *SIGNER, *FRAMES, *FPS, "frame")
)

# words that tell where no whole name does
ID_WORDS = frozenset(("id", "name", "key", "uid", "identifier"))
PATH_WORDS = frozenset(("path", "file", "filename", "filepath"))
TEXT_WORDS = frozenset(("sentence", "translation", "caption", "subtitle", "text"))
# ... and that make of a column a number of the thing, or a thing of somebody else
NOT_ITSELF = frozenset(
    _words("""
    count len length num number n index idx ids size duration signer speaker participant subject
    user class label sign word category model run experiment dataset annotator channel source url
    """)
)
OF_GUESSES = frozenset(
    _words("hyp hyps hypothesis hypotheses pred preds predicted prediction predictions decoded")
)

# columns of histories, score tables and landmark tables: none of them stands beside samples
NOT_OF_SAMPLES = frozenset(
    _words("""
    epoch epochs globalstep iteration loss trainloss valloss testloss devloss accuracy acc
    trainacc valacc valaccuracy wer valwer devwer bleu f1 f1score precision recall support
    learningrate rowid landmarkindex
""")
)
