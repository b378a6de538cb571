"""What an official notes on the spot."""

from typing import Any

from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import Length, Optional

from server.complaints.arrival.forms import WithPhotos
from server.complaints.desk import memos
from server.core.i18n import N_


class VisitForm(WithPhotos):
    """/desk/field/<receipt>: a note for colleagues, photos for the answer, or both."""

    photos = MultipleFileField(N_("현장 사진"), [Optional()])
    text = TextAreaField(N_("현장 메모"), [Optional(), Length(max=memos.TEXT_LETTERS_MAX)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """It stands beside another form on the page that a phone keeps: the fields' ids differ."""
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = field.label.field_id = f"visit-{field.id}"
