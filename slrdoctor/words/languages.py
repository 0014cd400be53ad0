"""Words of runs that were written down in another language than English, by the English word.

German, Spanish, French, Portuguese, Turkish, Russian, Chinese, Italian, Polish, Japanese, Korean,
Arabic and Dutch, each with the forms that names of columns, files and lines of logs have. Words
without accents are found by the ones with them; a phrase has underscores, and no small words.
"""

from __future__ import annotations

OF_SERIES = {
    "loss": """
        verlust verluste verlustwert verlustfunktion pérdida pérdidas perte pertes perda perdas
        kayıp kaybı kayıplar kayıpları потери потерь потеря лосс 损失 损失值 损失函数 損失 損失値
        perdita perdite strata straty ロス 손실 손실값 로스 خسارة الخسارة الفقد فقدان verlies
    """,
    "accuracy": """
        genauigkeit treffergenauigkeit trefferquote erkennungsrate erkennungsgenauigkeit
        exactitud precisión acierto aciertos tasa_aciertos tasa_acierto exactitude précision justesse
        taux_réussite taux_reconnaissance
        acurácia precisão exatidão acerto acertos taxa_acerto doğruluk doğruluğu başarım
        точность точности 准确率 准确度 正确率 準確率 精度 accuratezza precisione dokładność
        dokładności trafność 正解率 正答率 認識率 识别率 정확도 정확률 정답률 인식률 دقة الدقة
        nauwkeurigheid
    """,
    "cost": "kosten coste costo coût custo maliyet стоимость koszt コスト 비용 تكلفة",
    "error": """
        fehler errores erreur erreurs erro erros hata hatası hataları ошибка ошибки ошибок 错误 誤り
        誤差 误差 errore errori błąd błędu błędy błędów 오류 오차 خطأ الخطأ أخطاء fout fouten
    """,
    "error rate": "fehlerquote",
    "rate": """
        tasa taux taxa oran oranı доля частота 率 tasso wskaźnik współczynnik stopa 비율 률 율
        معدل نسبة
    """,
    "wer": "пословная_ошибка 词错误率 词错率 单词错误率 単語誤り率 単語エラー率 단어오류율",
    "cer": "посимвольная_ошибка 字错误率 字错率 字符错误率 文字誤り率 문자오류율",
    "learning rate": """
        lernrate lernschrittweite tasa_aprendizaje ritmo_aprendizaje taux_apprentissage
        taxa_aprendizado taxa_aprendizagem öğrenme_oranı öğrenme_hızı скорость_обучения шаг_обучения
        темп_обучения 学习率 學習率 学習率 tasso_apprendimento współczynnik_uczenia tempo_uczenia
        szybkość_uczenia krok_uczenia 학습률 معدل_التعلم leersnelheid leertempo
    """,
    "epoch": """
        epoche epochen durchgang época épocas époque époques epok devir эпоха эпохи эпоху эпохе эпох
        轮次 轮数 周期 周期数 epoki epoka エポック エポック数
        에포크 에폭 حقبة الحقبة دورة الدورة tijdperk
    """,
    "step": """
        schritt schritte paso pasos passo passos adım adımı шаг шага 步 步数 krok ステップ 스텝 خطوة
        الخطوة stap stappen
    """,
    "iteration": "iteración iteraciones itération iterações iteração iterasyon итерация 迭代 反復 반복",
    "batch": "lote lotes yığın батч пакет 批次 バッチ 배치 دفعة الدفعة",
    "time": """
        zeit dauer tiempo duración temps durée tempo duração süre süresi zaman время длительность 时间
        用时 耗时 durata czas 時間 所要時間 시간 وقت الوقت زمن tijd duur
    """,
    "best": """
        beste bester bestes besten mejor mejores meilleur meilleure meilleurs meilleures melhor
        melhores en_iyi лучший лучшая лучшее лучшие лучшую 最佳 最好 最优 migliore migliori najlepszy
        najlepsza najlepsze najlepszej 最良 ベスト 최고 최적 أفضل الأفضل
    """,
    "saved": """
        gespeichert gesichert guardado guardada guardando enregistré enregistrée sauvegardé
        sauvegardée salvo salvando kaydedildi сохранен сохранена сохранено сохранён 保存 已保存
        salvato salvata zapisano zapisany 保存しました 저장 저장됨 저장했습니다 حفظ opgeslagen
    """,
    "mean": """
        mittel mittlere mittlerer mittelwert durchschnitt durchschnittlich durchschnittliche
        durchschnittlicher promedio moyenne moyen média médio ortalama средняя среднее средний
        средние 平均 medio średni średnia średnie 평균 متوسط المتوسط gemiddelde gemiddeld
    """,
    "total": """
        gesamt gesamte gesamter totale toplam общий общая общие общее 总 总体 総 合計 전체 합계
        całkowity całkowita complessiva complessivo إجمالي totaal
    """,
    "value": "wert werte valor valores valeur değer değeri значение 值 値 valore wartość 값 قيمة waarde",
    "score": """
        punktzahl puntuación puntaje pontuação skor skoru puan puanı оценка 得分 分数 スコア 점수
        punteggio wynik نتيجة
    """,
    "recall": """
        trefferrate rückruf exhaustividad sensibilidad rappel revocação sensibilidade duyarlılık
        полнота 召回率 richiamo czułość pełność 再現率 재현율
    """,
    "precision": "präzision kesinlik 精确率 查准率 precyzja 適合率 정밀도",
    "perplexity": "perplexität perplejidad perplexité perplexidade перплексия 困惑度",
    "gradient": "gradiente градиент градиента 梯度 勾配 gradienten",
    "norm": "norma norme норма 范数",
    "history": """
        verlauf historial historique histórico geçmiş geçmişi история истории 历史
        storico cronologia 履歴 기록 سجل verloop
    """,
    "results": """
        ergebnis ergebnisse resultado resultados résultat résultats sonuç sonuçlar sonuçları
        результат результаты 结果 結果 risultato risultati wyniki 결과 نتائج النتائج resultaten
    """,
    "log": "protokoll journal registro günlük журнал лог 日志 ログ 로그 logboek dziennik",
}
OF_PAIRS = {
    "hypothesis": """
        hypothese hypothesen hipótesis hypothèse hypothèses hipótese hipóteses hipotez hipotezi
        гипотеза гипотезы 假设 ipotesi hipoteza hipotezy 仮説 가설 فرضية الفرضية
    """,
    "prediction": """
        ist obtenido obtenu obtido ottenuto ответ_модели 模型输出 模型预测
        vorhersage vorhersagen vorhergesagt vorhergesagte vorhergesagter vorhergesagtes prognose
        prognosen erkannt erkannte erkannter erkanntes erkennung predicción predicciones predicha
        predicho predichas predichos reconocido reconocida estimado estimada prédiction prédictions
        prédit prédite prédits reconnu reconnue estimée previsão previsões predição predições predito
        predita previsto prevista reconhecido reconhecida estimada tahmin tahmini tahminler tahminleri
        öngörü öngörülen предсказание предсказания предсказано предсказанный предсказанная
        предсказанное прогноз прогнозы распознано распознанный распознанная 预测 预测值 预测结果
        预测标签 识别结果 识别 予測 予測結果 認識結果 認識 推定 推定結果 predizione predizioni
        predetto predetta previsione previsioni riconosciuto riconosciuta predykcja predykcje
        przewidywanie przewidywania przewidziane przewidziana przewidziany rozpoznane rozpoznany
        예측 예측값 예측결과 인식결과 인식 توقع التوقع المتوقع متوقع توقعات التنبؤ تنبؤ voorspelling
        voorspellingen voorspeld voorspelde herkend
    """,
    "output": """
        ausgabe ausgaben salida salidas sortie sorties saída saídas çıktı çıktılar çıktısı вывод выход
        输出 uscita wyjście 出力 출력 مخرجات الناتج uitvoer
    """,
    "reference": """
        правильный_ответ 参考答案 正确 正确标签 正确答案
        referenz referenzen wahrheit wahr wahre wahrer wahres richtige sollwert soll tatsächlich
        tatsächliche tatsächlicher erwartet erwartete grundwahrheit referencia referencias verdad
        verdadero verdadera verdaderas esperado esperada real reales correcta correcto référence
        références réel réelle réels vérité vrai vraie attendu attendue referência referências
        verdadeiro verdadeira verdade esperado correto referans referanslar gerçek gerçekler beklenen
        asıl эталон эталонный эталонная истина истинный истинная истинное реальный реальная ожидаемый
        ожидаемое 参考 真实 真实值 真实标签 真值 实际 标准答案 参照 真値 实际标签 riferimento vero vera
        reale reali atteso attesa corretto referencja odniesienie prawdziwy prawdziwa prawdziwe
        rzeczywisty rzeczywista rzeczywiste oczekiwany oczekiwana oczekiwane 正解文 참조 실제 실제값
        실제라벨 المرجع مرجع الحقيقي الحقيقية حقيقي الصحيح referentie werkelijk werkelijke waarheid
    """,
    "target": "ziel objetivo cible alvo hedef целевой цель 目标 obiettivo docelowy 目標 목표 الهدف doel",
    "label": """
        etikett etiketten etiqueta etiquetas étiquette étiquettes rótulo rótulos etiket etiketi
        etiketler etiketleri метка метки меток 标签 標籤 etichetta etichette etykieta etykiety ラベル
        正解 正解ラベル 라벨 레이블 정답 تصنيف التصنيف وسم
    """,
    "probability": """
        wahrscheinlichkeit probabilidad probabilidades probabilité probabilidade olasılık olasılığı
        вероятность 概率 概率值 probabilità prawdopodobieństwo 確率 확률 احتمال waarschijnlijkheid
    """,
    "confidence": """
        konfidenz sicherheit confianza confiance confiança güven уверенность 置信度 fiducia pewność
        信頼度 확신도 신뢰도 ثقة
    """,
}
OF_CLASSES = {
    "vocabulary": """
        vokabular wortschatz wörterbuch glossar vocabulario diccionario léxico vocabulaire dictionnaire
        lexique vocabulário dicionário sözlük sözlüğü kelime_dağarcığı словарь словаря 词表 词汇表
        词汇 字典 词典 vocabolario dizionario lessico słownik słownictwo 語彙 辞書 語彙表 어휘 어휘집
        단어장 사전 مفردات المفردات قاموس القاموس woordenlijst woordenboek
    """,
    "letters": "buchstaben letras lettres harfler буквы 字母 lettere litery 글자 حروف الحروف",
    "alphabet": "alfabeto алфавит alfabet alfabe 字母表 アルファベット 알파벳 الأبجدية",
    "frequency": """
        häufigkeit häufigkeiten frecuencia frecuencias fréquence fréquences frequência frekans частоты
        频率 频次 frequenza częstość 頻度 빈도
    """,
    "classes": """
        klassen clases sınıflar sınıfları классы классов 类别列表 类名 classi klasy クラス一覧 فئات
        الفئات
    """,
    "class": """
        klasse clase classe sınıf sınıfı класс класса 类别 类 klasa クラス クラス名 클래스 범주 فئة
        الفئة
    """,
    "glosses": """
        glossen glosas gloses glosalar глоссы глосс glosy グロス一覧 手语词表 글로스목록
    """,
    "gloss": "glosse glosa glose глосса glossa 手语词 注释 グロス 글로스 غلوس",
    "signs": """
        gesten gestos gestes gesti gesty
        gebärden gebaren señas signes sinais işaretler işaretleri жесты жестов segni znaki 手势 手話一覧
        수어목록 إشارات الإشارات
    """,
    "sign": "gebärde gebaar seña signe sinal işaret жест segno znak 手話 手话 수어 إشارة الإشارة",
    "words": "wörter palabras mots palavras kelimeler слова parole słowa woorden كلمات الكلمات",
    "word": "wort palabra mot palavra kelime слово слов parola słowo słów woord 词 单词 単語 단어 كلمة",
    "character": """
        zeichen carácter caracteres caractère caractères karakter символ символов 字 字符 文字
    """,
    "sentence": "satz sätze frase oración cümle предложение 句子 文 문장 جملة zin",
    "translation": "übersetzung traducción traduction tradução çeviri перевод 翻译 traduzione 翻訳 번역",
    "names": "namen nombres noms nomes isimler isimleri имена названия 名称 nomi nazwy 名前 이름 أسماء",
    "name": "nombre nom nome isim имя название 名字 nazwa 名 اسم naam",
    "list": "liste lista listesi список 列表 清单 elenco 一覧 リスト 목록 قائمة lijst",
    "number": "anzahl número sayısı число количество 数量 数目 numero liczba 件数 개수 عدد aantal",
    "size": "größe tamaño taille tamanho boyut boyutu размер 大小 dimensione rozmiar サイズ 크기 حجم",
    "temporal": "zeitlich zeitliche temporelle temporale zamansal временной czasowy temporeel",
    "stride": """
        schrittweite unterabtastung submuestreo passo_temporal pas_temporel 步长 下采样 ストライド
        스트라이드
    """,
    "config": """
        konfiguration einstellungen configuración ajustes réglages configuração ayarlar yapılandırma
        настройки конфигурация 配置 设置 impostazioni configurazione ustawienia 設定 설정 إعدادات
        instellingen
    """,
}
# small words between those of a name
BETWEEN = """
    de del la el las los en du des le les sur d l da do das dos em na no di della delle dei sul su
    der die das auf im pro w z na на по в 的 上 集 の での における
    時の 에서 의 في على van het op per e y et
    und ve и
"""
# words that are English ones without their accents, most of another meaning
ACCENTED = frozenset(
    ("précision", "precisión", "słów", "süre", "média", "références", "prédictions", "hypothèses")
)
