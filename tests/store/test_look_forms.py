"""Forms as every page draws them."""

import re

import pytest
from django import forms

pytestmark = pytest.mark.any_database


class Absence(forms.Form):
    name = forms.CharField(label="Full name", help_text="As people call you")
    side = forms.ChoiceField(choices=[("m", "Marketing"), ("s", "Sales")], widget=forms.RadioSelect)
    role = forms.ChoiceField(choices=[("h", "Head")])
    note = forms.CharField(widget=forms.Textarea, required=False)
    mail = forms.BooleanField(label="Send me mail", required=False)
    saved = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> None:
        self.add_error(None, "The days overlap.")


def attribute(html: str, control: str, name: str) -> str | None:
    tag = re.search(rf'<(?:input|select|textarea)[^>]*id="{control}"[^>]*>', html)
    assert tag, control
    found = re.search(rf'\b{name}="([^"]*)"', tag[0])
    return found and found[1]


def test_label_help_and_error_are_joined_to_their_field() -> None:
    html = str(Absence({"role": "h"}))
    assert '<label for="id_name">Full name' in html
    assert attribute(html, "id_name", "aria-describedby") == "id_name_helptext id_name_error"
    assert attribute(html, "id_name", "aria-invalid") == "true"
    for wanted in ("id_name_helptext", "id_name_error", "id_side_error"):
        assert f'id="{wanted}"' in html
    assert re.search(r'<fieldset class="field[^>]*aria-describedby="id_side_error"', html)


def test_the_head_of_a_form_lists_what_is_wrong_with_a_link_to_each_field() -> None:
    html = str(Absence({"role": "x"}))
    head = html[: html.index('<div class="field')]
    assert 'role="alert"' in head
    assert "5 things need mending" in head
    assert "The days overlap." in head
    targets = re.findall(r'href="#([^"]+)"', head)
    assert targets == ["id_name", "id_side_0", "id_role"]
    assert [target for target in targets if f'id="{target}"' not in html] == []


def test_a_form_that_nobody_sent_yet_complains_of_nothing() -> None:
    html = str(Absence())
    assert 'role="alert"' not in html
    assert "aria-invalid" not in html


def test_every_control_has_a_label_and_optional_ones_say_so() -> None:
    html = str(Absence())
    ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', html)
    assert [one for one in ids if f'for="{one}"' not in html] == []
    assert html.count("(optional)") == 1  # a box may always stay empty: it is no wish to be left out
    assert html.count('name="saved"') == 1


@pytest.mark.parametrize("drawn", ["as_p", "as_div", "as_ul", "as_table"])
def test_a_library_that_draws_in_its_own_way_gets_the_same_form(drawn: str) -> None:
    form = Absence({"role": "h"})
    assert str(getattr(form, drawn)()).split() == str(form).split()


def test_what_was_typed_is_escaped_and_still_there() -> None:
    html = str(Absence({"name": '"><script>x</script>', "note": "</textarea><script>"}))
    assert "<script" not in html
    assert "&quot;&gt;&lt;script&gt;x" in html
