"""How mail systems name themselves, and how they say that a mail has not arrived, in the languages that we have met."""

import re

DAEMONS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|mdaemon|post-?master|mail[._-]?(?:delivery|system)|microsoftexchange\w*)(?:[+._-][^@]*)?(?:@|$)",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"mail delivery|mail(?:er)?[- ]?(?:daemon|system)|delivery (?:subsystem|system)|postmaster|system administrator",
    re.IGNORECASE,
)
SUBJECTS = re.compile(
    r"undeliver|returned (?:mail|e-?mail|message|to sender)|returning (?:message|mail|to sender)|failure noti(?:ce|fication)|mail system error"
    r"|(?:delivery|deliver|mail|message|nondeliverable|e-?mail)[ :(-]{1,3}(?:status|failure|failed|error|problem|notification|has failed|could ?n|was not|not delivered|delayed|delay|bounce|incomplete|report|warning|unable)"
    r"|non[- ]?deliver|(?:could not|unable to|cannot|can't) (?:be )?deliver|delivery (?:unsuccessful|was)|unzustellbar|nicht zugestellt|não entregue|non remis|non distribu|échec|"
    r"rejected:|user unknown|unknown user|warning: (?:could not send|message)|returned$|bounced?\b|エラー|配信|送信でき|не доставлен|delivery has failed|автоответ|退信|投递失败|系统退信|返回",
    re.IGNORECASE,
)
FAILED = re.compile(
    r"(?:could ?not|couldn[’']t|can ?not|can[’']t|was ?n[o’']t|were not|has not|have not|not be(?:en)?|un(?:able)? to|never) (?:be |been |yet )?(?:(?:successfully|possible to|completely) )?(?:deliver|sen[dt]|reach|forward|accept|complete|relay|process)"
    r"|undeliver(?:able|ed)|did not reach|deliver(?:y|ing)[^.\n]{0,80}(?:fail|error|problem|unsuccessful|abandon|cancel|impossible)|fail(?:ed|ure)[^.\n]{0,80}(?:deliver|addresses|recipient|reason)"
    r"|(?:fatal|permanent|delivery) (?:fatal )?errors?|returned (?:to (?:the )?sender|unopened|mail)|(?:user|host|mailbox|recipient|address) (?:name )?(?:is )?(?:unknown|not found|rejected)|(?:unknown|invalid|no such|bad) (?:local )?(?:user|recipient|host|mailbox|address)"
    r"|not delivered|no valid recipient|(?:message|mail|e-?mail)[^\n]{0,80}(?:was|been|is) (?:rejected|returned|bounced|refused|blocked|delayed)|^(?:<<<| Out:) [45]\d\d|(?:mail|in)box (?:is )?(?:full|exceed)|over ?quota|exceeded the local limit|送信できません|配信できません|届けできません"
    r"|не может быть доставлен|konnte nicht|nicht zugestellt|no (?:se )?(?:ha )?(?:podido|pudo)|n'a pas (?:pu|été)|impossible de|não (?:foi|pode)|无法|退回|delayed",
    re.IGNORECASE | re.MULTILINE,
)
DELAYED = re.compile(
    r"(?:delivery )?attempts will continue|will (?:continue to |keep )?(?:be )?(?:re-?tr(?:y|ied)|try)|still (?:being )?(?:try|retr|in the queue)|warning message only|you do not need to resend|has been delayed|delivery (?:is |was )?delayed|delayed",
    re.IGNORECASE,
)
GIVEN_UP = re.compile(r"permanent|giv(?:en|ing) up|no further", re.IGNORECASE)
ARRIVED = re.compile(
    r"success(?:ful|fully)?,? (?:mail )?(?:deliver|relay|sent)|^(?:delivered|relayed|read|return receipt|gelesen|lu)\b ?:?|return receipt"
    r"|(?:has been|was) (?:successfully )?(?:delivered to (?:the following|its|your)|relayed to)",
    re.IGNORECASE,
)
STRANDED = re.compile(
    r"(?:could|can) ?not be (?:deliver|sent)|(?:not|un)(?:able)?[ -]?(?:to )?be(?:en)? deliver|undeliver|fail",
    re.IGNORECASE,
)
