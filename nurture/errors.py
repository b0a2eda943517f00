"""Errors that a person can act on: each names the subject, what was expected, what was found, and the remedy."""


class NurtureError(Exception):
    """The base of every error that we raise on purpose; its text is shown to people as it stands."""


class ProgrammeError(NurtureError):
    """A programme, campaign or mail file that cannot be read as written."""


class RenderError(NurtureError):
    """A mail that could not be rendered for one lead; other mail goes on."""


class OversizeError(RenderError):
    """A mail that grows beyond all bounds when it is rendered."""


class ForbiddenError(RenderError):
    """A mail that does what no mail may, with this lead's values."""


class SetupError(NurtureError):
    """The installation cannot start or go on as it is configured."""


class ImportFileError(NurtureError):
    """A file of leads that cannot be read at all; a bad row is a reject, not this error."""


class AwayError(NurtureError):
    """What is asked cannot be looked up just now; a little later it can."""


class TokenError(NurtureError):
    """A token that we did not sign, or that was changed on the way."""
