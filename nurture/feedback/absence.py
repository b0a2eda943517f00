"""How mail programs title what they answer in their owner's absence, in the languages that we have met."""

import re

ABSENT = re.compile(
    r"^(?:re: ?|aw: ?|sv: ?)?(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer|respon[ds]e?)|out of (?:the )?office|away from (?:the|my)|"
    r"vacation|on (?:vacation|holiday|leave)|abwesenheit|automatische (?:antwort|reactie)|réponse automatique|absence du bureau|"
    r"respuesta autom[aá]tica|fuera de la oficina|risposta automatica|resposta autom[aá]tica|autosvar|automatisk svar|automaattinen|"
    r"autoodpowied|automatyczna odpowied|автоответ|自動(?:返信|応答)|不在|自动(?:回复|答复))",
    re.IGNORECASE,
)
