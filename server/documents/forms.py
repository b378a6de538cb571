"""The form of /documents/verify."""

from wtforms import FileField, StringField
from wtforms.validators import InputRequired, Length, Optional

from server.core.forms import Form
from server.core.i18n import N_


class VerifyForm(Form):
    """A code, and the file to compare if there is one."""

    code = StringField(N_("문서확인번호"), [InputRequired(), Length(max=40)])
    file = FileField(N_("받은 PDF 파일"), [Optional()])
