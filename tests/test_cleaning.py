"""Cleaning: furniture of every kind in many languages, headlines, counting, and its promises."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.articles import CUT
from linker.cleaning import LineCounts, clean, clean_article, count_lines
from linker.cleaning.furniture import furniture, is_date, is_name
from linker.cleaning.headlines import first_sentence, is_site_of, strip_headline
from linker.cleaning.lines import Line, fold_line, inner_ends
from linker.cleaning.phrases import load_phrases

BODY = {
    "en": [
        "The council of Port Ellery voted on Tuesday to reopen the old lighthouse stairs.",
        "Engineers spent eleven months replacing the iron treads, the mayor told reporters.",
        "Visitors will be let in from June, twelve at a time, and dogs are welcome.",
    ],
    "ar": [
        "قرر مجلس بلدية مرسى الياسمين إعادة فتح سلالم المنارة القديمة مطلع الصيف المقبل.",
        "وقال المهندس المشرف إن العمال استبدلوا الدرجات الحديدية خلال أحد عشر شهرا من العمل.",
        "وأضاف أن الدخول سيكون مجانيا لأبناء المدينة على دفعات لا تتجاوز اثني عشر شخصا في كل مرة.",
    ],
    "de": [
        "Der Hafenrat von Norderwiek hat am Dienstag beschlossen, die Leuchtturmtreppe zu öffnen.",
        "Elf Monate lang tauschten Handwerker die eisernen Stufen aus, sagte die Bürgermeisterin.",
        "Besucher dürfen von Juni an hinauf, jeweils zwölf auf einmal, auch mit Hund.",
    ],
    "es": [
        "El consejo de Villamar votó el martes a favor de reabrir la escalera del viejo faro.",
        "Los ingenieros tardaron once meses en cambiar los peldaños, explicó la alcaldesa.",
        "Los visitantes podrán subir desde junio en grupos de doce, y se admiten perros.",
    ],
    "fr": [
        "Le conseil de Saint-Ambroise a voté mardi la réouverture de l'escalier du vieux phare.",
        "Il a fallu onze mois aux ingénieurs pour remplacer les marches, a expliqué la maire.",
        "Les visiteurs monteront dès le mois de juin par groupes de douze, chiens compris.",
    ],
    "ru": [
        "Портовый совет Северогавани во вторник решил вновь открыть лестницу старого маяка.",
        "Инженеры одиннадцать месяцев меняли железные ступени, рассказала журналистам мэр города.",
        "Посетителей начнут пускать с июня группами по двенадцать человек, можно с собаками.",
    ],
    "tr": [
        "Yelkenköy liman meclisi salı günü eski fenerin merdivenini yeniden açmaya karar verdi.",
        "Mühendisler demir basamakları on bir ayda değiştirdi, dedi belediye başkanı gazetecilere.",
        "Ziyaretçiler haziran ayından itibaren on ikişer kişilik gruplarla çıkabilecek.",
    ],
    "zh": [
        "青螺港港务委员会周二投票决定，今年夏天重新开放已经关闭多年的老灯塔楼梯，供游客登塔观海。",
        "市长对记者说，工程师们花了十一个月的时间才把生锈的铁制台阶全部更换完毕，质量经过严格检验。",
        "从六月起游客可以分批入内参观，每批不超过十二人，允许携带宠物狗，门票收入将用于海岸保护。",
    ],
}
TITLES = {
    "en": "Port Ellery to reopen the lighthouse stairs",
    "ar": "مرسى الياسمين تعيد فتح سلالم المنارة القديمة",
    "de": "Norderwiek öffnet die alte Leuchtturmtreppe",
    "es": "Villamar reabre la escalera del viejo faro",
    "fr": "Saint-Ambroise rouvre l'escalier du vieux phare",
    "ru": "Северогавань вновь открывает лестницу маяка",
    "tr": "Yelkenköy eski fenerin merdivenini açıyor",
    "zh": "青螺港重新开放老灯塔楼梯",
}
FURNITURE = {
    "en": [
        "Have something to add? Share it in the comments.",
        "We use cookies to give you the best experience.",
        "Please enable JavaScript to view this page.",
        "Sign up to our daily newsletter",
        "Share on Facebook",
        "Copy link",
        "READ MORE: Ten staircases worth the climb",
        "Advertisement",
        "Photo: Harbour Council",
        "The keeper waves from the gallery. (Ada Finch/AP)",
        "Follow us on Twitter",
        "© The Ellery Courier",
        "Last updated: 14 June 2031, 09:12 GMT",
        "By Ada Finch and Tom Okoro",
        "1500 / 1500",
        "https://example.org/lighthouse",
        "newsroom@example.org",
        "12 Comments",
    ],
    "ar": [
        "لا توجد تعليقات على الخبر",
        "أضف تعليقاً",
        "اقرأ أيضاً: عشر منارات تستحق الزيارة",
        "المزيد من أخبار السواحل",
        "حقوق النشر محفوظة",
        "منارة الياسمين - أرشيفية",
        "الثلاثاء، ٣ يونيو ٢٠٣١ - ٠٨:٠٢ ص",
        "شارك الخبر",
        "اشترك في النشرة البريدية",
        "(رويترز)",
        "المصدر: وكالات",
    ],
    "de": [
        "Kommentare",
        "Lesen Sie auch: Zehn Treppen für schwindelfreie Gäste",
        "Weiterlesen nach der Anzeige",
        "Foto: Hafenamt/dpa",
        "Norderwiek (ots)",
        "Original-Content von: Hafenamt Norderwiek, übermittelt durch news aktuell",
        "Telefon: 0451 99-120",
        "03. Juni 2031, 13:58 Uhr",
        "Von Franka Petersen",
        "Alle Rechte vorbehalten",
    ],
    "es": [
        "Comentarios",
        "Te puede interesar: Diez faros que merecen el viaje",
        "Publicidad",
        "Foto: Ayuntamiento de Villamar",
        "Síguenos en Facebook",
        "Todos los derechos reservados",
        "Publicado el martes, 3 junio, 2031 - 10:11",
        "Con información de EFE",
        "NTX/VGV/ACJ",
    ],
    "fr": [
        "Laisser un commentaire",
        "Lire aussi : Dix phares à gravir cet été",
        "La suite après cette publicité",
        "Photo : mairie de Saint-Ambroise",
        "Partager sur Facebook",
        "Publié le 3 juin 2031 à 10h11",
        "Par Inès Kermadec",
        "Tous droits réservés",
    ],
    "ru": [
        "Добавить комментарий",
        "Читайте также: Десять маяков, на которые стоит подняться",
        "Реклама",
        "Фото: мэрия Северогавани",
        "Поделиться",
        "3 июня 2031, 10:11",
        "Все права защищены",
        "Подпишитесь на нашу рассылку",
        "Автор: Ирина Лужская",
    ],
    "tr": [
        "Yorum yap",
        "İLGİLİ HABER: Çıkmaya değer on fener",
        "REKLAM",
        "Kaynak: AA",
        "03.06.2031 10:11 | Son Güncelleme: 03.06.2031 10:40",
        "Facebook'ta paylaş",
        "Haritayı görmek için tıklayın",
        "(İHA)",
    ],
    "zh": [
        "发表评论",
        "相关新闻：十座值得攀登的灯塔",
        "广告",
        "责任编辑：李青螺",
        "图片来源：港务委员会",
        "2031年6月3日 10:11",
        "版权所有，未经书面许可不得转载。",
        "分享到微信",
    ],
}


@pytest.mark.parametrize("lang", sorted(BODY))
def test_furniture_of_each_language_is_cut_and_the_body_kept(lang: str) -> None:
    first, *rest = BODY[lang]
    lines = FURNITURE[lang]
    text = "\n\n".join([*lines[:2], first, *lines[2:4], *rest, *lines[4:]])
    cleaned = clean_article(TITLES[lang], text, lang=lang)
    assert cleaned.text.split("\n\n") == BODY[lang]
    assert cleaned.title == TITLES[lang]
    assert sorted(line for _, line in cleaned.cut) == sorted(lines)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("No comments yet", "comments"),
        ("Sorry, you need to enable JavaScript to visit this website.", "javascript"),
        ("Diese Website verwendet Cookies, um Ihnen alles zu zeigen.", "cookies"),
        ("Subscribe to our newsletter", "subscription"),
        ("Tweet", "share"),
        ("Share Tweet Email Copy Link Copied", "share"),
        ("Related articles", "related"),
        ("Werbung", "advertisement"),
        ("Bild: Rathaus", "caption"),
        ("Ein Boot im Nebel. © Hafenamt", "caption"),
        ("صورة للمنارة ليلا. [حقوق الصورة لبلدية المدينة]", "caption"),
        ("(Reporting by Ada Finch; Editing by Tom Okoro)", "source"),
        ("Copyright 2031 Ellery Media. All rights reserved.", "copyright"),
        ("dpa/mm", "sign-off"),
        ("(AP)", "sign-off"),
        ("٢٩ أكتوبر ٢٠٣١ - ٠٨:٠٢ ص بتوقيت جرينيتش", "date"),
        ("Wednesday, April 24, 2031, 10:34 AM", "date"),
        ("ELLERY0101203100780000ID109", "code"),
        ("***", "counter"),
        ("E-Mail: presse@example.org", "contact"),
    ],
)
def test_a_line_is_cut_by_its_rule(line: str, rule: str) -> None:
    assert furniture(Line(line)) == rule


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell by two per cent on Tuesday after the company warned of losses.",
        "The court will decide whether the use of cookies without consent breaks the law.",
        "Photographers waited for hours. One of them fell into the harbour and was pulled out.",
        "He said: more than forty people had read the notice and none had understood it.",
        "In June 2031 the council bought the tower.",
        "May 4618",
        "share.",
        "اشترك في المسابقة عشرون فريقا من المدن الساحلية وفاز فريق مرسى الياسمين بالكأس.",
        "مصدر: الحكومة ستعلن موعد الافتتاح خلال أيام",
        "Das Bild zeigt den Turm vor dem Umbau, sagte die Bürgermeisterin am Dienstag.",
        "Комментарии мэра к решению совета были короткими и почти не содержали подробностей.",
        "La queda prohibida por el alcalde no se aplicará a los pescadores del puerto viejo.",
        "据微信公众号“青螺港发布”消息，老灯塔的楼梯将在六月重新开放。",
    ],
)
def test_real_sentences_are_never_cut(line: str) -> None:
    assert furniture(Line(line)) is None


@pytest.mark.parametrize(
    ("title", "source", "clean_title"),
    [
        ("Opinion | Let the lighthouse shine again", "", "Let the lighthouse shine again"),
        ("BREAKING: Lighthouse stairs reopen", "", "Lighthouse stairs reopen"),
        ("LIVE: VIDEO: Lighthouse stairs reopen", "", "Lighthouse stairs reopen"),
        ("Lighthouse stairs reopen - The Times", "", "Lighthouse stairs reopen"),
        ("Lighthouse stairs reopen | Reuters", "", "Lighthouse stairs reopen"),
        ("Lighthouse stairs reopen (VIDEO)", "", "Lighthouse stairs reopen"),
        ("[Update] Lighthouse stairs reopen", "", "Lighthouse stairs reopen"),
        ("Lighthouse stairs reopen – Ellery Courier", "ellerycourier.example", None),
        ("Lighthouse stairs reopen — Quayside", "Quayside", "Lighthouse stairs reopen"),
        ("عاجل | إعادة فتح سلالم المنارة", "", "إعادة فتح سلالم المنارة"),
        ("بالفيديو.. إعادة فتح سلالم المنارة", "", "إعادة فتح سلالم المنارة"),
        ("Eilmeldung: Norderwiek öffnet den Turm", "", "Norderwiek öffnet den Turm"),
        ("SON DAKİKA: Fenerin merdiveni açılıyor", "", "Fenerin merdiveni açılıyor"),
        ("Fenerin merdiveni yeniden açılıyor - Son Dakika Haberleri", "", None),
        ("Лестница маяка открыта (ВИДЕО)", "", "Лестница маяка открыта"),
        ("【快讯】青螺港重新开放老灯塔楼梯_新浪新闻", "", "青螺港重新开放老灯塔楼梯"),
    ],
)
def test_headline_decoration_is_cut(title: str, source: str, clean_title: str | None) -> None:
    expected = clean_title or title.rsplit(" – ", 1)[0].rsplit(" - ", 1)[0]
    assert strip_headline(title, source, None)[0] == expected


@pytest.mark.parametrize(
    "title",
    [
        "Mayor: the lighthouse is safe - and it always was",
        "Port Ellery - a town between two tides",
        "COVID-19: harbour closed",
        "Video shows rescue at the lighthouse",
        "Villamar - Norderwiek 2-1",
        "Opinion polls favour the mayor",
    ],
)
def test_plain_headlines_stay(title: str) -> None:
    assert strip_headline(title, "Ellery Courier", None) == (title, [])


def test_a_notice_as_title_gives_way_to_the_headline_below() -> None:
    text = "\n".join(["", TITLES["ar"], "", *BODY["ar"]])
    cleaned = clean_article("Sorry, you need to enable JavaScript to visit this website.", text)
    assert cleaned.title == TITLES["ar"]
    assert cleaned.text.split("\n") == BODY["ar"]


def test_section_labels_as_title_give_way_to_the_headline_below() -> None:
    text = "\n".join(["Tides", "", TITLES["en"], "", "Ada Finch", "", *BODY["en"]])
    cleaned = clean_article("Coast", text)
    assert cleaned.title == TITLES["en"]
    assert cleaned.text.split("\n") == BODY["en"]


def test_a_paragraph_as_title_goes_back_to_the_body() -> None:
    paragraph = " ".join(BODY["en"] + BODY["en"][:1])
    again = [TITLES["en"]] * 3
    cleaned = clean_article(paragraph, "\n".join([*BODY["en"][1:], *again]))
    assert cleaned.title == TITLES["en"]
    assert cleaned.text.split("\n") == [paragraph, *BODY["en"][1:]]
    plain = clean_article(paragraph, "\n".join(BODY["en"][1:]))
    assert plain.title == BODY["en"][0]
    assert plain.text.startswith(paragraph)


def test_headline_and_captions_printed_again_are_cut() -> None:
    caption = "The keeper of the lighthouse looks over the bay at dawn"
    text = "\n".join([TITLES["de"], caption, caption, *BODY["de"], caption])
    cleaned = clean_article(TITLES["de"], text)
    assert cleaned.text.split("\n") == [caption, *BODY["de"]]
    assert [rule for rule, _ in cleaned.cut] == ["title again", "line again", "line again"]


def test_text_broken_at_a_fixed_width_keeps_every_line() -> None:
    text = "\n".join(
        [
            "The harbour council said on Tuesday that it would issue one more",
            "share.",
            "It added that the stairs of the lighthouse, closed since the storm in",
            "June 2031.",
            "would be opened by the mayor and that the tower would be painted by",
            "Ada Finch.",
            "or by whoever is found to have a ladder that is long enough for the",
            "work.",
        ]
    )
    assert clean_article("Council meets", text).text == text


@pytest.mark.parametrize("text", ["Advertisement", "No comments\nShare\nTweet", "© Courier"])
def test_an_article_is_never_cleaned_to_nothing(text: str) -> None:
    cleaned = clean_article("", text)
    assert cleaned.text == text
    assert clean_article(text, "").title == text


def _batch(rows: list[tuple[str, str, str]]) -> pa.RecordBatch:
    ids = [str(number) for number in range(len(rows))]
    sources, titles, texts = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "id": ids,
        "title": titles,
        "text": texts,
        "source": sources,
        "lang": ["en"] * len(rows),
    }
    arrays = [pa.array(values, type=pa.large_string()) for values in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _story(number: int) -> str:
    return (
        f"The council of town number {number} met on Tuesday and argued for {number + 3} hours. "
        f"In the end it bought {number * 7} ladders."
    )


def _site_rows() -> list[tuple[str, str, str]]:
    line = "The Ellery Courier, friend of every harbour"
    return [
        ("Courier", f"Town {number} buys ladders at last ~ Tide Room", f"{_story(number)}\n{line}")
        for number in range(12)
    ]


def test_lines_and_headline_parts_that_a_source_repeats_are_cut() -> None:
    batch = _batch(_site_rows())
    counts = count_lines([batch])
    (cleaned,) = clean([batch], counts)
    assert cleaned.column("text").to_pylist() == [_story(number) for number in range(12)]
    assert cleaned.column("title")[3].as_py() == "Town 3 buys ladders at last"
    rules = [entry["rule"] for entry in cleaned.column("cut")[3].as_py()]
    assert rules == ["headline", "repeated by source"]
    assert cleaned.schema.field("cut").type == CUT
    assert cleaned.column("id").equals(batch.column("id"))


def test_copies_of_one_text_are_counted_once() -> None:
    text = "\n".join(BODY["en"])
    batch = _batch([("Courier", f"Title number {number}", text) for number in range(40)])
    counts = count_lines([batch])
    assert not counts.frequent
    (cleaned,) = clean([batch], counts)
    assert set(cleaned.column("text").to_pylist()) == {text}


def test_counting_does_not_depend_on_order_or_batches() -> None:
    rows = _site_rows()
    whole = count_lines([_batch(rows)])
    parts = count_lines([_batch(rows[8:]), _batch(rows[:3]), _batch(rows[3:8])])
    assert (whole.frequent, whole.dominant, whole.sources) == (
        parts.frequent,
        parts.dominant,
        parts.sources,
    )
    assert count_lines([]) == LineCounts()


def test_empty_and_missing_values_pass() -> None:
    batch = _batch([("", "", ""), ("", "", "\n\n")])
    (cleaned,) = clean([batch], LineCounts())
    assert cleaned.column("text").to_pylist() == ["", "\n\n"]
    assert cleaned.column("cut").to_pylist() == [[], []]


def test_small_tools() -> None:
    assert fold_line("  Déjà   VU ") == "deja vu"
    assert fold_line("أَحْمَد مُصطفى") == "احمد مصطفي"
    assert fold_line("İSTANBUL") == fold_line("ıstanbul") == "istanbul"
    assert inner_ends("The U.S. said more. Then it left.") == 1
    assert is_date(Line("12 Mayıs 2031"))
    assert not is_date(Line("12 boats in May 2031"))
    assert is_name("Ada Finch")
    assert not is_name("The Lighthouse")
    assert is_site_of("the guardian", "www.theguardian.com")
    assert not is_site_of("", "")
    assert first_sentence("One two three four five six. Seven.") == "One two three four five six."
    assert len(load_phrases().whole) > 1000


LINES = st.one_of(
    st.sampled_from([line for lines in FURNITURE.values() for line in lines]),
    st.sampled_from([line for lines in BODY.values() for line in lines]),
    st.sampled_from([*TITLES.values(), "", " ", "World", "Ada Finch", "Read more"]),
    st.text(max_size=60),
)
TITLE_LINES = st.one_of(LINES, st.text(max_size=400), st.just(" ".join(BODY["en"] * 2)))
COUNTS = count_lines([_batch(_site_rows())])


def _is_subsequence(part: list[str], whole: list[str]) -> bool:
    remaining = iter(whole)
    return all(line in remaining for line in part)


@settings(max_examples=150, deadline=None)
@given(
    title=TITLE_LINES, lines=st.lists(LINES, max_size=12), source=st.sampled_from(["", "Courier"])
)
def test_promises_of_cleaning(title: str, lines: list[str], source: str) -> None:
    text = "\n".join(lines)
    cleaned = clean_article(title, text, source, counts=COUNTS)
    given = [line for line in f"{title}\n{text}".split("\n") if line.strip()]
    kept = [line for line in cleaned.text.split("\n") if line.strip()]
    assert _is_subsequence(kept, given)
    assert bool(cleaned.text.strip()) >= bool(text.strip())
    assert bool(cleaned.title.strip()) >= bool(title.strip())
    again = clean_article(cleaned.title, cleaned.text, source, counts=COUNTS)
    assert (again.title, again.text, again.cut) == (cleaned.title, cleaned.text, [])
