"""The names that columns have in this field, without separators and case, the likeliest first.

English comes first; German, Spanish, French, Portuguese, Turkish, Russian and Chinese follow.
"""

from __future__ import annotations

import re
import unicodedata


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ID = words("""
    fileid id sampleid uttid utteranceid uid key name videoid clipid segmentid sentencename
    sentenceid sequenceid utt utterance sample vid sid instanceid ids names sampleids videoids
    keys item itemid
    kennung nummer identificador identifiant kimlik ornekid örnekid номер идентификатор 编号 样本
    样本编号 序号 名称
""")
PATH = words("""
    path filepath featurepath featurespath featpath featurefile featuresfile featfile videopath
    npypath npyfile npy keypointpath keypointspath posepath posefile relpath relativepath
    framespath landmarkpath landmarkfile filename file videofile videofilename videoname video
    clippath clip clipname feature features folder paths files filenames videos imgspath imagepath
    pose keypoints
    datei dateiname pfad dateipfad videodatei archivo ruta nombrearchivo fichier chemin nomfichier
    cheminfichier fichiervidéo fichiervideo vidéo arquivo caminho nomearquivo dosya dosyaadı
    dosyaadi dosyayolu yol файл имяфайла путь видео 文件 文件名 路径 文件路径 视频 视频名 视频路径
""")
INPUT = ("x", "source")  # what the model is given, where no column is named for an id or a path
GLOSSES = words("""
    gloss glosses glossseq glosssequence glosssentence glosslist glosstext gls orth orthography
    annotation annotations signsequence labelsequence labelseq glosstokens tokens transcription
    transcript
    glosse glossen glossenfolge glosas glosa secuencia secuenciadeglosas glose gloses séquence
    séquencedegloses sequência sequencia sequênciadeglosas glosalar глоссы глосса 手语词 手语词序列
    词序列 注释 标注 glossliste
""")
EITHER = words("""
    sequence targets target signs sign labels label y
    gebärden gebaerden señas senas señales signes sinais işaretler isaretler жесты etiquetas
    étiquettes etiquettes rótulos rotulos etiketler метки 标签
""")  # a sequence or a class
CLASS = words("""
    word classname labelname signname class action classlabel category
    klasse gebärde gebaerde wort begriff clase palabra seña sena señal etiqueta classe mot signe
    étiquette etiquette palavra sinal rótulo rotulo sınıf sinif kelime işaret isaret etiket класс
    слово жест метка 类别 类 词 手势 手语
""")
CLASS_INDEX = words("""
    classid labelid signid glossid classindex classidx labelidx glossidx signidx
    klassennummer klassenindex idclase idclasse classeid sınıfid sinifid номеркласса 类别编号 标签编号
""")
TEXT = words("""
    text translation sentence caption rawtext spokentext spoken targettext german english
    translationtext
    satz übersetzung uebersetzung frase oración oracion traducción traduccion traduction
    texte tradução traducao texto cümle cumle çeviri ceviri metin предложение перевод текст 句子
    翻译 文本 译文
""")
SPLIT = words("""
    split subset set partition fold phase usage dataset
    teil teilmenge partición particion conjunto partie ensemble partição particao bölüm bolum küme
    kume раздел выборка 划分 集合 数据集
""")
SIGNER = words("""
    signerid signer speakerid speaker participantid participant performerid performer subjectid
    subject personid person actor signers
    gebärdende gebaerdende sprecher signante intérprete interprete persona firmante signeur personne
    sinalizador pessoa işaretçi isaretci kişi kisi диктор участник человек 手语者 演示者 人物 打手语者
""")
FRAMES = words("""
    numframes nframes framecount frames numberofframes durationframes lengthframes seqlen
    sequencelength videolength length nframe numframe framenum
    bilder anzahlbilder fotogramas cuadros trames nbimages quadros kareler karesayısı karesayisi
    кадры числокадров 帧数
""")
FPS = words("fps framerate")

ALL = frozenset(
    (*ID, *PATH, *GLOSSES, *EITHER, *CLASS, *CLASS_INDEX, *TEXT, *SPLIT, *SIGNER, *FRAMES, *FPS, "frame")
)


def squeezed(name: str) -> str:
    """A column's name as it is compared: `Video ID`, `video_id` and `VIDEOID` are one."""
    # lowering comes before the marks are dropped: of a Turkish capital it leaves a combining dot
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name).lower())


# words that tell where no whole name does
ID_WORDS = frozenset(("id", "name", "key", "uid", "identifier"))
PATH_WORDS = frozenset(("path", "file", "filename", "filepath"))
TEXT_WORDS = frozenset(("sentence", "translation", "caption", "subtitle", "text"))
# ... and that make of a column a number of the thing, or a thing of somebody else
NOT_ITSELF = frozenset(
    words("""
    count len length num number n index idx ids size duration signer speaker participant subject
    user class label sign word category model run experiment dataset annotator channel source url
    """)
)
OF_GUESSES = frozenset(
    words("hyp hyps hypothesis hypotheses pred preds predicted prediction predictions decoded")
)

# columns of histories, score tables and landmark tables: none of them stands beside samples
NOT_OF_SAMPLES = frozenset(
    words("""
    epoch epochs globalstep iteration loss trainloss valloss testloss devloss accuracy acc
    trainacc valacc valaccuracy wer valwer devwer bleu f1 f1score precision recall support
    learningrate rowid landmarkindex
""")
)
