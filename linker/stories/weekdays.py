"""Names of the days of the week, so that two reports can be seen to speak of different days.

A name that is also a common word, in its language or in another, is left out, or counts only
beside the word that makes it a day: Portuguese quinta (fifth) in quinta-feira, Turkish pazar
(market) in pazar günü.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from linker.arrays import BoolArray, ByteArray, Uint64Array
from linker.text import word_hash, words

# A line a day, Monday first; a hyphen joins the two words of a name.
_NAMES = """\
monday montag montags lunes lundi lunedi maandag понедельник понедельника понеділок понеділка панядзелак poniedzialek poniedzialku pazartesi الاثنين الإثنين دوشنبه ponedjeljak ponedeljak ponedeljek ponedeljka pondeli pondelok hetfo hetfon maanantai maanantaina mandag mandags δευτερα segunda-feira isnin 周一 週一 期一 月曜 월요일 सोमवार সোমবার திங்கட்கிழமை dilluns понеделник esmaspaev pirmdien יום-שני
tuesday dienstag dienstags martes mardi martedi dinsdag вторник вторника вівторок вівторка аўторак wtorek sali الثلاثاء سه-شنبه منگل utorak torek utery utorok kedd kedden tiistai tiistaina tirsdag tisdag marti τριτη terça-feira selasa 周二 週二 期二 火曜 화요일 मंगलवार মঙ্গলবার dimarts teisipaev otrdien יום-שלישי
wednesday mittwoch mittwochs miercoles mercredi mercoledi woensdag среду середу серада srode sroda çarşamba الأربعاء چهارشنبه srijeda srijedu sreda sredu streda stredu szerda szerdan keskiviikko keskiviikkona onsdag miercuri τεταρτη quarta-feira 周三 週三 期三 水曜 수요일 बुधवार বুধবার dimecres сряда kolmapaev tresdien יום-רביעי
thursday donnerstag donnerstags jueves jeudi giovedi donderdag четверг четверга четвер чацвер czwartek perşembe الخميس پنجشنبه جمعرات cetvrtak cetrtek ctvrtek stvrtok csutortok csutortokon torstai torstaina torsdag πεμπτη quinta-feira kamis khamis 周四 週四 期四 木曜 목요일 गुरुवार বৃহস্পতিবার dijous четвъртък neljapaev ceturtdien יום-חמישי
friday freitag freitags viernes vendredi venerdi vrijdag пятница пятницу пятницы пятницей п'ятниця п'ятницю пятніца piatek piatku cuma-gunu الجمعة جمعه-شب petak petek patek piatok pentek penteken perjantai perjantaina fredag vineri παρασκευη sexta-feira jumat jumaat 周五 週五 期五 金曜 금요일 शुक्रवार শুক্রবার divendres петък piektdien יום-שישי
saturday samstag samstags sonnabend sabado samedi sabato zaterdag суббота субботу субботы суботу субота sobota sobote sobotu cumartesi السبت شنبه ہفتہ-کو subota subotu szombat szombaton lauantai lauantaina lordag lørdag sambata σαββατο sabtu 周六 週六 期六 土曜 토요일 शनिवार শনিবার dissabte събота laupaev sestdien
sunday sonntag sonntags domingo dimanche domenica zondag воскресенье воскресенья неділю неділя нядзеля niedziela niedziele pazar-gunu الأحد یکشنبه اتوار nedjelja nedjelju nedelja nedelju vasarnap sunnuntai sunnuntaina sondag søndag duminica κυριακη 周日 週日 期日 期天 日曜 일요일 रविवार রবিবার diumenge puhapaev svetdien"""  # noqa: E501

#: Bits of a hash that are looked at before the table is searched.
SIEVE = 12


class Weekdays(NamedTuple):
    """`keys` uint64, ascending, and the `days` (uint8, 0 to 6) that they name.

    A key is the hash of a word, or of two as `pair_key`. `sieve` bool (2**SIEVE,) says whether a
    word with these last bits of its hash can end a name.
    """

    keys: Uint64Array
    days: ByteArray
    sieve: BoolArray


def pair_key(first: int, second: int) -> int:
    """The key of a name of two words."""
    return (first * 31 + second) & 0xFFFFFFFFFFFFFFFF


@lru_cache(maxsize=1)
def weekday_names() -> dict[tuple[str, ...], int]:
    """Day 0 (Monday) to 6 of every name, as its one or two folded words.

    A name in more than one line would be a mistake; the first counts.
    """
    names: dict[tuple[str, ...], int] = {}
    for day, line in enumerate(_NAMES.split("\n")):
        for name in line.split():
            names.setdefault(tuple(words(name.replace("-", " "))[-2:]), day)
    return names


@lru_cache(maxsize=1)
def weekday_table() -> Weekdays:
    """The names as hashes."""
    found = {}
    sieve = np.zeros(1 << SIEVE, np.bool_)
    for name, day in weekday_names().items():
        hashes = [word_hash(word) for word in name]
        found[hashes[0] if len(name) == 1 else pair_key(*hashes)] = day
        sieve[hashes[-1] & (1 << SIEVE) - 1] = True
    keys = np.array(sorted(found), np.uint64)
    return Weekdays(keys, np.array([found[int(key)] for key in keys], np.uint8), sieve)
