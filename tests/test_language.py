"""Languages: the compiled identifier against its plain twin, and the normal form of codes."""

from __future__ import annotations

import numpy as np
import pytest

from linker.language import identify, model, normal_code
from linker.language.codes import CODES

SAMPLES = {
    "en": "The mayor of Velmora said on Friday that the old bridge would stay closed.",
    "ar": "قال رئيس بلدية فلمورا يوم الجمعة إن الجسر القديم سيبقى مغلقا حتى الشهر المقبل.",
    "es": "El alcalde dijo el viernes que el puente viejo seguirá cerrado hasta el mes que viene.",
    "fr": "Le maire a déclaré vendredi que le vieux pont resterait fermé jusqu'au mois prochain.",
    "de": "Der Bürgermeister sagte am Freitag, die alte Brücke bleibe bis zum nächsten Monat zu.",
    "ru": "Мэр города заявил в пятницу, что старый мост останется закрытым до следующего месяца.",
    "zh": "市长周五表示，老桥将继续关闭至下个月，居民须绕道而行。",
    "tr": "Belediye başkanı cuma günü eski köprünün gelecek aya kadar kapalı kalacağını söyledi.",
    "fa": "شهردار روز جمعه گفت که پل قدیمی تا ماه آینده بسته خواهد ماند و مردم باید صبر کنند.",
    "ur": "میئر نے جمعہ کو کہا کہ پرانا پل اگلے مہینے تک بند رہے گا اور لوگوں کو انتظار کرنا ہوگا۔",
    "hi": "महापौर ने शुक्रवार को कहा कि पुराना पुल अगले महीने तक बंद रहेगा।",
    "ja": "市長は金曜日、古い橋は来月まで閉鎖されると述べた。",
    "ko": "시장은 금요일에 오래된 다리가 다음 달까지 폐쇄될 것이라고 말했다.",
    "vi": "Thị trưởng hôm thứ Sáu cho biết cây cầu cũ sẽ đóng cửa cho đến tháng sau.",
    "he": "ראש העיר אמר ביום שישי כי הגשר הישן יישאר סגור עד החודש הבא.",
    "no": "Ordføreren sa fredag at den gamle broen vil være stengt til neste måned, ikke lenger.",
}


def test_sixteen_languages() -> None:
    assert identify(list(SAMPLES.values())) == list(SAMPLES)


def test_agrees_with_its_plain_twin() -> None:
    py3langid = pytest.importorskip("py3langid")
    texts = [*SAMPLES.values(), *(text.upper() for text in SAMPLES.values())]
    plain = [CODES[py3langid.classify(text)[0]] for text in texts]
    assert identify(texts) == plain


def test_a_batch_gives_what_single_texts_give() -> None:
    texts = [*SAMPLES.values(), "", *SAMPLES.values()]
    assert identify(texts) == [identify([text])[0] for text in texts]


def test_texts_without_letters_are_undetermined() -> None:
    assert identify(["", "123 456", "!?", "\ud800", "\n\n"]) == ["und"] * 5
    assert identify([]) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en", "en"), ("EN", "en"), ("en-US", "en"), ("en_GB.UTF-8", "en"), ("eng", "en"),
        ("English", "en"), ("zh-Hans", "zh"), ("zh_TW", "zh"), ("yue", "zh"), ("cmn", "zh"),
        ("nb-NO", "no"), ("nn", "no"), ("pt-br", "pt"), ("العربية", "ar"), ("arz", "ar"),
        ("iw", "he"), ("ger", "de"), ("Deutsch", "de"), ("fa-AF", "fa"), ("prs", "fa"),
        ("", ""), ("xx", ""), ("und", ""), ("klingon", ""), ("mul", ""), ("e" * 1000, ""),
    ],
)  # fmt: skip
def test_normal_codes(given: str, code: str) -> None:
    assert normal_code(given) == code


@pytest.mark.parametrize(
    "damage",
    [
        {"rows": np.zeros(3, np.int64)},
        {"outputs": np.full(1, 10**6, np.int32)},
        {"names": np.array(["en"])},
        {"weights": np.zeros((2, 2), np.float32)},
    ],
)
def test_tables_that_do_not_fit_are_not_usable(damage: dict[str, np.ndarray]) -> None:
    whole = model._make_arrays()
    assert model._usable(whole)
    assert not model._usable(whole | damage)
    assert not model._usable({key: whole[key] for key in whole if key not in damage})
