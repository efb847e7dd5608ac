import pytest
from pages import PAGES, score


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_sentence_of_a_news_page_is_credited_as_a_reader_would(page):
    result = score(page)
    assert result.sentences > 2
    assert (result.wrong, result.missing, result.furniture) == ([], [], 0)
