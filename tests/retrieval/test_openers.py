import pytest

from retrieval.openers import Lean, lean


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ru", "Поэтому мы построим мост."),
        ("ru", "И при этом он подорожал."),
        ("ru", "– В этой связи напомню о школе."),
        ("ru", "Вот почему мост строят заново."),
        ("ru", "«Они приедут завтра», – сказал он."),
        ("ru", "Все эти школы новы."),
        ("en", "That is why we built it."),
        ("en", "And therefore the bridge stands."),
        ("en", "In this regard, water matters."),
        ("en", "It was expensive."),
        ("az", "Buna görə körpü tikilir."),
        ("az", "Bu məsələ vacibdir."),
        ("az", "Onlar sabah gələcək."),
        ("az", "BU MƏSƏLƏ VACİBDİR."),
    ],
)
def test_sentences_that_lean(sentence, language):
    assert lean(sentence, language) is Lean.LEANS


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ru", "Но мост стоит."),
        ("ru", "И то, что построено, останется."),
        ("en", "And Thornbury agreed."),
        ("az", "Amma körpü durur."),
    ],
)
def test_sentences_that_are_only_joined(sentence, language):
    assert lean(sentence, language) is Lean.JOINED


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ru", "В этом году построим мост."),
        ("ru", "Тот, кто строил мост, знает."),
        ("ru", "В Казани открыли мост."),
        ("en", "This year we build a bridge."),
        ("en", "Those who built the bridge know."),
        ("en", "It is time to build."),
        ("en", "Italy builds bridges."),
        ("az", "Bu gün körpü açılır."),
        ("az", "Körpü açıldı."),
        ("en", ""),
        ("ru", "…"),
    ],
)
def test_sentences_that_stand_alone(sentence, language):
    assert lean(sentence, language) is Lean.NOT
