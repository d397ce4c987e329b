"""Words of written dates: month names, weekdays and the small words around them.

A line of a month table is one month, January first; inside a line, the names of many languages.
Arabic has three sets (Egypt and the Gulf, the Maghreb, the Levant and Iraq). A name that means
two months in two languages (listopada) is left out: a general library has to guess it.
"""

from __future__ import annotations

ARABIC_SCRIPT_MONTHS = """\
يناير جانفي كانون_الثاني ژانویه جنوري
فبراير فيفري شباط فوریه فروري
مارس اذار مارچ
ابريل افريل نيسان اپریل آوریل
مايو ماي ايار مه مئي
يونيو يونيه جوان حزيران ژوئن جون
يوليو يوليه جويليه تموز ژوئیه جولاي جولائي
اغسطس اوت غشت اب اوگست اگست
سبتمبر شتنبر ايلول سپتامبر ستمبر
اكتوبر تشرين_الاول اكتبر
نوفمبر نونبر تشرين_الثاني نوامبر نومبر
ديسمبر دجنبر كانون_الاول دسامبر دسمبر"""

OTHER_MONTHS = """\
january jan enero ene janvier janv januar jänner janeiro gennaio gen januari января январь янв січня ocak oca stycznia ledna ianuarie ιανουαριου
february feb febrero février févr fév februar fevereiro fev febbraio februari февраля февраль фев лютого şubat şub lutego února februarie φεβρουαριου
march mar marzo mars märz mrz março maart maret марта март мар березня mart marca března martie μαρτιου
april apr abril abr avril avr aprile avril апреля апрель апр квітня nisan nis kwietnia dubna aprilie απριλιου
may mayo mai maio maggio mag mei мая май травня mayıs maja května maj mai μαιου
june jun junio juin juni junho giugno giu июня июнь июн червня haziran haz czerwca června iunie ιουνιου
july jul julio juillet juil juli julho luglio lug июля июль июл липня temmuz tem lipca července iulie ιουλιου
august aug agosto ago août agustus augustus августа август авг серпня ağustos ağu sierpnia srpna augusti agu αυγουστου
september sept sep septiembre setiembre septembre setembro settembre set сентября сентябрь сен вересня eylül eyl września září septembrie σεπτεμβριου
october oct octubre octobre oktober okt outubro out ottobre ott октября октябрь окт жовтня ekim eki października října octombrie οκτωβριου
november nov noviembre novembre novembro ноября ноябрь ноя листопада kasım kas noiembrie listopadu νοεμβριου
december dec diciembre dic décembre déc dezember dez dezembro dicembre desember декабря декабрь дек грудня aralık ara grudnia prosince decembrie δεκεμβριου"""  # noqa: E501

FILLERS = """\
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
at on of the published posted updated date time
lunes martes miércoles jueves viernes sábado domingo de del el a las los publicado hora horas
lundi mardi mercredi jeudi vendredi samedi dimanche le à publié er h
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
am den um uhr vom veröffentlicht
segunda terça quarta quinta sexta feira às em lunedì martedì mercoledì giovedì venerdì sabato
domenica il alle ore maandag dinsdag woensdag donderdag vrijdag zaterdag zondag op om uur
понедельник вторник среда четверг пятница суббота воскресенье г года в пн вт ср чт пт сб вс
понеділок вівторок середа четвер пʼятниця субота неділя о р року
pazartesi salı çarşamba perşembe cuma cumartesi pazar saat poniedziałek wtorek środa czwartek piątek
sobota niedziela godz r senin selasa rabu kamis jumat sabtu minggu pukul wib ngày lúc thứ hai ba tư
năm sáu bảy chủ nhật
الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت يوم في الساعه بتاريخ تاريخ نشر نشرت النشر
الموافق بتوقيت توقيت تحديث اخر ميلادي م
یکشنبه دوشنبه چهارشنبه پنجشنبه جمعه شنبه ساعت اتوار پير منگل بدھ جمعرات ہفتہ"""

ZONES = {  # hours from UTC; city names stand for zones without summer time
    "gmt": 0.0,
    "utc": 0.0,
    "z": 0.0,
    "جرينيتش": 0.0,
    "جرينتش": 0.0,
    "غرينيتش": 0.0,
    "غرينتش": 0.0,
    "مكه": 3.0,
    "السعوديه": 3.0,
    "الرياض": 3.0,
    "بغداد": 3.0,
    "bst": 1.0,
    "wet": 0.0,
    "west": 1.0,
    "cet": 1.0,
    "cest": 2.0,
    "eet": 2.0,
    "eest": 3.0,
    "msk": 3.0,
    "мск": 3.0,
    "ist": 5.5,
    "wib": 7.0,
    "hkt": 8.0,
    "sgt": 8.0,
    "aest": 10.0,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "sast": 2.0,
    "jst": 9.0,
    "kst": 9.0,
    "est": -5.0,
    "edt": -4.0,
    "cst": -6.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
}

DAY_HALVES = {  # hours to add to a clock of twelve hours
    "am": 0,
    "a.m": 0,
    "a.m.": 0,
    "ص": 0,
    "صباحا": 0,
    "pm": 12,
    "p.m": 12,
    "p.m.": 12,
    "م": 12,
    "مساء": 12,
    "ظهرا": 12,
}
