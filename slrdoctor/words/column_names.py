"""The names that columns have in this field, without separators and case, the likeliest first.

English comes first; German, Spanish, French, Portuguese, Turkish, Russian, Chinese, Italian, Polish,
Dutch, Japanese, Korean and Arabic follow.
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
    nom nome nombre
    kennung nummer identificador identifiant kimlik ornekid örnekid номер идентификатор 编号 样本
    样本编号 序号 名称
    identificativo identyfikator numer nazwa 番号 識別子 名前 サンプル サンプル番号
    번호 식별자 아이디 이름 샘플
    معرف المعرف رقم الرقم اسم الاسم
""")
PATH = words("""
    path filepath featurepath featurespath featpath featurefile featuresfile featfile videopath
    npypath npyfile npy keypointpath keypointspath posepath posefile relpath relativepath
    framespath landmarkpath landmarkfile filename file videofile videofilename videoname video
    clippath clip clipname feature features folder paths files filenames videos imgspath imagepath
    pose keypoints
    datei dateiname pfad dateipfad videodatei archivo ruta nombrearchivo fichier chemin nomfichier
    cheminfichier fichiervidéo fichiervideo vidéo vídeo arquivo caminho nomearquivo dosya dosyaadı
    dosyaadi dosyayolu yol файл имяфайла путь видео 文件 文件名 路径 文件路径 视频 视频名 视频路径
    percorso nomefile percorsofile filmato
    bestand bestandsnaam bestandspad pad filmpje opname
    plik nazwapliku ścieżka sciezka ścieżkapliku film wideo nagranie
    ファイル ファイル名 パス ファイルパス 動画 動画名 動画ファイル ビデオ 映像 映像名
    파일 파일명 파일이름 경로 파일경로 영상 영상명 영상파일 비디오 동영상
    ملف الملف اسمالملف مسار المسار مسارالملف فيديو الفيديو
""")
INPUT = ("x", "source")  # what the model is given, where no column is named for an id or a path
GLOSSES = words("""
    gloss glosses glossseq glosssequence glosssentence glosslist glosstext gls orth orthography
    annotation annotations signsequence labelsequence labelseq glosstokens tokens transcription
    transcript
    glosse glossen glossenfolge glosas glosa secuencia secuenciadeglosas glose gloses séquence
    séquencedegloses sequência sequencia sequênciadeglosas glosalar глоссы глосса 手语词 手语词序列
    词序列 注释 标注 glossliste
    glossa sequenza sequenzadiglosse glosy sekwencja sekwencjaglos ciągglos
    グロス グロス列 グロス系列 手話グロス 手話単語列 글로스 글로스열 수어글로스 수어문장 غلوس الغلوس
    تسلسلالإشارات تسلسلالاشارات
""")
EITHER = words("""
    sequence targets target signs sign labels label y
    gebärden gebaerden señas senas señales signes sinais işaretler isaretler жесты etiquetas
    étiquettes etiquettes rótulos rotulos etiketler метки 标签
    segni etichette znaki etykiety ラベル 正解 正解ラベル 라벨 레이블 정답
    إشارات اشارات الإشارات الاشارات
""")  # a sequence or a class
CLASS = words("""
    word classname labelname signname class action classlabel category
    klasse gebärde gebaerde wort begriff clase palabra seña sena señal etiqueta classe mot signe
    étiquette etiquette palavra sinal rótulo rotulo sınıf sinif kelime işaret isaret etiket класс
    слово жест метка 类别 类 词 手势 手语
    gebaar woord parola segno etichetta słowo slowo znak klasa etykieta gest
    単語 手話 手話単語 クラス クラス名 단어 수어 수어단어 클래스 범주
    كلمة الكلمة إشارة اشارة الإشارة الاشارة فئة الفئة تصنيف التصنيف
""")
CLASS_INDEX = words("""
    classid labelid signid glossid classindex classidx labelidx glossidx signidx
    klassennummer klassenindex idclase idclasse classeid sınıfid sinifid номеркласса 类别编号 标签编号
    indiceclasse numeroclasse numerklasy indeksklasy idklasy クラス番号 ラベル番号 クラスid
    클래스번호 라벨번호 رقمالفئة
""")
TEXT = words("""
    text translation sentence caption rawtext spokentext spoken targettext german english
    translationtext
    satz übersetzung uebersetzung frase oración oracion traducción traduccion traduction
    texte tradução traducao texto cümle cumle çeviri ceviri metin предложение перевод текст 句子
    翻译 文本 译文
    zin vertaling testo traduzione zdanie tekst tłumaczenie tlumaczenie
    文 文章 テキスト 翻訳 訳文 日本語 日本語文 字幕
    문장 번역 텍스트 번역문 한국어 한국어문장 자막 جملة الجملة نص النص ترجمة الترجمة
""")
# a text, glosses or the name of a class: what stands in the column tells
MEANING = words("""
    phrase phrases utterance meaning lexeme saying expression
    ausdruck äußerung bedeutung lexem expresión significado lexema enunciado signification énoncé
    lexème expressão ifade anlam фраза выражение значение лексема 短语 词义 含义 意思 语句 espressione
    significato lessema wyrażenie fraza znaczenie uitdrukking betekenis フレーズ 意味 구절 의미 표현
    عبارة العبارة معنى المعنى
""")
SPLIT = words("""
    split subset set partition fold phase usage dataset
    teil teilmenge partición particion conjunto partie ensemble partição particao bölüm bolum küme
    kume раздел выборка 划分 集合 数据集
    deel deelverzameling partizione insieme suddivisione zbiór zbior podzbiór podzbior podział podzial
    分割 区分 データ区分 セット データセット 분할 구분 세트 데이터셋 تقسيم التقسيم مجموعة المجموعة
""")
SIGNER = words("""
    signerid signer speakerid speaker participantid participant performerid performer subjectid
    subject personid person actor signers
    gebärdende gebaerdende sprecher signante intérprete interprete persona firmante signeur personne
    sinalizador pessoa işaretçi isaretci kişi kisi диктор участник человек 手语者 演示者 人物 打手语者
    gebaarder spreker segnante osoba migający migajacy uczestnik 話者 手話者 話者番号 被験者 参加者 演者
    화자 수어자 참가자 수어통역사 인물 사람 مؤشر المؤشر مشارك المشارك شخص الشخص
""")
FRAMES = words("""
    numframes nframes framecount frames numberofframes durationframes lengthframes seqlen
    sequencelength videolength length nframe numframe framenum
    bilder anzahlbilder fotogramas cuadros trames nbimages quadros kareler karesayısı karesayisi
    кадры числокадров 帧数
    beelden aantalbeelden aantalframes fotogrammi numerofotogrammi klatki liczbaklatek
    フレーム フレーム数
    프레임 프레임수 إطارات الإطارات عددالإطارات
""")
FPS = words("fps framerate")

ALL = frozenset(
    (
        *ID,
        *PATH,
        *GLOSSES,
        *EITHER,
        *CLASS,
        *CLASS_INDEX,
        *TEXT,
        *MEANING,
        *SPLIT,
        *SIGNER,
        *FRAMES,
        *FPS,
        "frame",
    )
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
