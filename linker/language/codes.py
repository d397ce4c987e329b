"""ISO 639 codes and the names that files use in their place, as one short code a language.

A code is ISO 639-1 where the language has one, else ISO 639-3. Kinds of a language that newsrooms
write as one are one code: all Chinese is 'zh', Bokmål and Nynorsk are 'no', spoken Arabics 'ar'.
"""

from __future__ import annotations

# "two-letter three-letter [bibliographic] name", underscores for spaces
_ISO_639 = """\
aa aar afar; ab abk abkhazian; ae ave avestan; af afr afrikaans; ak aka akan; am amh amharic; an
arg aragonese; ar ara arabic; as asm assamese; av ava avaric; ay aym aymara; az aze azerbaijani;
ba bak bashkir; be bel belarusian; bg bul bulgarian; bi bis bislama; bm bam bambara; bn ben
bengali; bo bod tib tibetan; br bre breton; bs bos bosnian; ca cat catalan; ce che chechen; ch cha
chamorro; co cos corsican; cr cre cree; cs ces cze czech; cu chu church_slavic; cv chv chuvash; cy
cym wel welsh; da dan danish; de deu ger german; dv div divehi; dz dzo dzongkha; ee ewe ewe; el
ell gre greek; en eng english; eo epo esperanto; es spa spanish; et est estonian; eu eus baq
basque; fa fas per persian; ff ful fulah; fi fin finnish; fj fij fijian; fo fao faroese; fr fra
fre french; fy fry western_frisian; ga gle irish; gd gla scottish_gaelic; gl glg galician; gn grn
guarani; gu guj gujarati; gv glv manx; ha hau hausa; he heb hebrew; hi hin hindi; ho hmo
hiri_motu; hr hrv croatian; ht hat haitian; hu hun hungarian; hy hye arm armenian; hz her herero;
ia ina interlingua; id ind indonesian; ie ile interlingue; ig ibo igbo; ii iii sichuan_yi; ik ipk
inupiaq; io ido ido; is isl ice icelandic; it ita italian; iu iku inuktitut; ja jpn japanese; jv
jav javanese; ka kat geo georgian; kg kon kongo; ki kik kikuyu; kj kua kuanyama; kk kaz kazakh; kl
kal kalaallisut; km khm khmer; kn kan kannada; ko kor korean; kr kau kanuri; ks kas kashmiri; ku
kur kurdish; kv kom komi; kw cor cornish; ky kir kirghiz; la lat latin; lb ltz luxembourgish; lg
lug ganda; li lim limburgan; ln lin lingala; lo lao lao; lt lit lithuanian; lu lub luba_katanga;
lv lav latvian; mg mlg malagasy; mh mah marshallese; mi mri mao maori; mk mkd mac macedonian; ml
mal malayalam; mn mon mongolian; mr mar marathi; ms msa may malay; mt mlt maltese; my mya bur
burmese; na nau nauru; nd nde north_ndebele; ne nep nepali; ng ndo ndonga; nl nld dut dutch; no
nor norwegian; nr nbl south_ndebele; nv nav navajo; ny nya chichewa; oc oci occitan; oj oji
ojibwa; om orm oromo; or ori oriya; os oss ossetian; pa pan panjabi; pi pli pali; pl pol polish;
ps pus pushto; pt por portuguese; qu que quechua; rm roh romansh; rn run rundi; ro ron rum
romanian; ru rus russian; rw kin kinyarwanda; sa san sanskrit; sc srd sardinian; sd snd sindhi; se
sme northern_sami; sg sag sango; si sin sinhala; sk slk slo slovak; sl slv slovenian; sm smo
samoan; sn sna shona; so som somali; sq sqi alb albanian; sr srp serbian; ss ssw swati; st sot
southern_sotho; su sun sundanese; sv swe swedish; sw swa swahili; ta tam tamil; te tel telugu; tg
tgk tajik; th tha thai; ti tir tigrinya; tk tuk turkmen; tl tgl tagalog; tn tsn tswana; to ton
tonga; tr tur turkish; ts tso tsonga; tt tat tatar; tw twi twi; ty tah tahitian; ug uig uighur; uk
ukr ukrainian; ur urd urdu; uz uzb uzbek; ve ven venda; vi vie vietnamese; vo vol volapük; wa wln
walloon; wo wol wolof; xh xho xhosa; yi yid yiddish; yo yor yoruba; za zha zhuang; zh zho chi
chinese; zu zul zulu"""

_ALIASES = """\
ar arb arz ary apc ajp acm aeb arq afb ars apd shu العربية; az azj azb azərbaycanca; bg български;
bn বাংলা; ca català valencian; cs čeština; da dansk; de deutsch gsw; el ελληνικά; es español
castilian castellano; et ekk; fa pes prs farsi dari فارسی; ff fuv; fi suomi; fr français; gn gug;
he iw עברית; hi हिन्दी; hr hrvatski; hu magyar; id in bahasa_indonesia; it italiano; ja 日本語 jp;
ki kik; ko 한국어; ku kmr ckb sdh kurmanji sorani; lv lvs ltg; mn khk; ms zsm bahasa_melayu;
ne npi; nl nederlands flemish; no nb nn nob nno norsk bokmål nynorsk; or ory; pa punjabi pnb;
pl polski; ps pbt pashto; pt português; ro mo mol moldavian română; ru русский; si sinhalese;
sq als; sr sh hbs srl srp српски srpski; sv svenska; sw swh kiswahili; ta தமிழ்; th ไทย;
tl fil filipino; tr türkçe; uk українська ua; ur اردو; uz uzn uzs; vi tiếng_việt; yi ji ydd;
zh cmn yue wuu nan hsn hak gan mandarin cantonese zh_hans zh_hant 中文 cn"""

# Languages without a two-letter code that the identifier knows, or that news is written in.
_THREE_LETTERS = "ace bcl ceb crh ext gcf gcr gom grc guw hbo haw kab lij nso pcm vec"


def _read(table: str) -> dict[str, str]:
    codes: dict[str, str] = {}
    for entry in table.replace("\n", " ").split(";"):
        code, *names = entry.split()
        codes.update((name, code) for name in (code, *names))
    return codes


CODES: dict[str, str] = (
    {code: code for code in _THREE_LETTERS.split()} | _read(_ISO_639) | _read(_ALIASES)
)
