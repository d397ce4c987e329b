"""The names that exports give to the fields of an article, as data.

Names are compared without case, underscores and signs, so "date_publish", "datePublish" and
"og:title" need one entry each. In a line, earlier names win; the others are carried in `extra`.
news-please: maintext, date_publish, source_domain. Scrapy: headline, articleBody, link ... as
people name their items. ninjs: body_text, body_html, versioncreated, uri. WordPress: rendered.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALIASES: dict[str, str] = {
    "id": "id articleid newsid docid documentid itemid uuid guid identifier uri",
    "title": (
        "title headline headlines headlinemain mainheadline displayheadline articletitle newstitle "
        "pagetitle heading headingtitle ogtitle dctitle titulo titre titel"
    ),
    "text": (
        "text maintext bodytext articlebody articletext fulltext contenttext plaintext cleantext "
        "newstext body bodies content contents articlecontent newscontent maincontent article "
        "storytext paragraphs rawtext texto texte bodyhtml bodyxhtml contenthtml html encoded "
        "contentencoded description summary abstract lead leadparagraph excerpt snippet "
        "descriptiontext descriptionhtml ogdescription dcdescription"
    ),
    "url": (
        "url link articleurl canonicalurl canonical canonicallink weburl pageurl newsurl permalink "
        "href sourceurl externalurl originalurl ogurl responseurl requestedurl mainentityofpage "
        "warctargeturi uri"
    ),
    "source": (
        "source sourcedomain sourcename publisher publishername outlet newspaper newssource "
        "medianame publication publicationname provider providername site sitename website "
        "domain hostname host ogsitename feedtitle organisation"
    ),
    "published": (
        "published publishedat publisheddate publishedtime publishedon datepublished datepublish "
        "publicationdate publishdate publishtime publicationtime articlepublishedtime pubdate "
        "webpublicationdate firstpublished date datetime articledate newsdate dategmt isodate "
        "dcdate versioncreated firstcreated contentcreated created createdat datecreated "
        "creationdate postedat posteddate timestamp time fecha datum updated updatedat "
        "datemodified modified"
    ),
    "lang": "lang language langcode languagecode inlanguage langid contentlanguage locale oglocale",
    "precision": "precision",
    "extra": "extra",
}

HTML = _names("bodyhtml bodyxhtml contenthtml html encoded contentencoded descriptionhtml")
"""Names of text that is always markup."""

MAYBE_HTML = _names(
    "body bodies content contents articlecontent articlebody description summary excerpt abstract "
    "lead"
)
"""Names of text that some exports fill with markup; it is stripped where it looks like it."""

WRAPPERS = "source article data item node record document doc fields attributes".split()  # noqa: SIM905
"""Names under which an export may hold the whole article (Elasticsearch: _source)."""

LISTS = _names(
    "articles items results data entries docs documents news stories hits records graph "
    "response content rows posts"
)
"""Names under which one JSON document may hold a list of articles."""
