"""How do people write a provider's name in other scripts and with their language's endings? (Names and aliases stand in `knowledge/providers`.)"""

from __future__ import annotations

# (provider id, RE2). Of Latin names only endings that a language hangs on: "Seznamu", "gmailem", "onetu".
WRITTEN: tuple[tuple[str, str], ...] = (
    ("yandex", r"(?i)яндекс(?:а|у|ом|е|\.?почт\pL*)?|\byandex['’]?(?:ten|te|in|a)\b|얀덱스"),
    ("mail.ru", r"(?i)(?:мейл|мэйл|майл)[. ]?ру|\bмейлру\b"),
    ("rambler", r"(?i)рамблер(?:а|у|ом|е)"),
    ("gmail", (
        r"(?i)(?:гмейл|гмаил|джимейл|гмайл|жмейл|гугл[ -]?(?:почт|мейл))\pL*|지메일|구글 ?메일|ジーメール|Gメール|谷歌邮箱|谷歌信箱|\bgmail(?:u|a|em|om|owi|in"
        r"|issa"
        r"|ista|iin|ban|ból|'(?:da|den|in|e|i))\b|\bgoogle ?mail(?:s|u|a|em)?\b"
        r"|\b(?:2fa|2-step verification|two-factor|app password|account|konto|compte|cuenta) (?:at|on|in|from|with|bei|chez|en) google\b"
        r"|\bgoogle (?:account|smtp|2fa)\b"
    )),
    ("outlook.com", r"(?i)хотмейл\pL*|аутлук\.ком|\bhotmail(?:u|a|em|s|'(?:da|den|in|e|i))\b|핫메일|ホットメール"),
    ("yahoo", r"(?i)яху\b|야후|雅虎|\byahoo['’]?(?:da|dan|s|nun|u)\b"),
    ("yahoo-japan", r"ヤフーメール|ヤフージャパン|ヤフー"),
    ("icloud", r"(?i)айклауд\pL*|아이클라우드|アイクラウド|\bicloud(?:u|em|ie|s|'(?:da|dan|in))\b"),
    ("naver", r"네이버(?: ?메일)?"),
    ("daum", r"다음 ?메일|한메일|\bhanmail\b|카카오 ?메일"),
    ("nate", r"네이트(?: ?메일)?"),
    ("qq", r"(?i)腾讯(?:邮箱|企业邮箱?)?|騰訊|\bqq ?邮箱|\bqq ?信箱"),
    ("netease", r"(?i)网易(?:邮箱)?|網易|\b(?:163|126) ?邮箱|\b(?:163|126) ?信箱"),
    ("sina", r"新浪(?:邮箱)?"),
    ("sohu", r"搜狐(?:邮箱)?"),
    ("aliyun", r"阿里云(?:邮箱|企业邮箱?)?|阿里雲"),
    ("nifty", r"ニフティ"),
    ("biglobe", r"ビッグローブ"),
    ("plala", r"ぷらら"),
    ("seznam", r"(?i)\bseznam(?:u|em|ácký|cz)\b|\b(?:pro|na|od|přes|u) seznam\b"),
    ("libero", r"(?i)\b(?:con|di|da|su|mail) libero\b|\blibero mail\b"),
    ("wp.pl", r"(?i)\b(?:o2|wp)\.pl\b|\b(?:poczt|kont)\pL+ (?:o2|wp)\b|\b(?:na|z|w|przez) (?:o2|wp|wirtualn\pL+ polsk\pL+)\b"),
    ("onet", r"(?i)\bonet(?:u|em|cie|owi)\b"),
    ("interia", r"(?i)\binteri(?:i|ę|ą)\b"),
    ("t-online", r"(?i)\btelekom[- ]?(?:mail|e-?mail|konto|postfach|adresse|account)\b"),
    ("telia", r"(?i)\btelias\b"),
    ("loopia", r"(?i)\bloopias\b"),
    ("gmx", r"(?i)\bgmx(?:-?(?:konto|postfach|adresse|account))?['’]?s?\b|гмх"),
    ("zoho", r"(?i)зохо"),
    ("proton", r"(?i)протон ?мейл"),
    ("microsoft365", r"(?i)(?:офис|майкрософт|office|microsoft)[ -]?365|엠에스 ?365"),
)  # fmt: skip

# Names that are words of every day, but hardly in a talk about mail (`knowledge.names.ORDINARY` asks for a sign beside such a word).
BRANDS = """
    orange seznam sky cox libero att titan shaw sapo rambler terra spectrum optimum xtra juno excite centrum charter sunrise nate
"""
# Behind one of them: it is a colour or a thing after all.
NO_BRAND_BEHIND = r"lights?|led|lamps?|box(?:es)?|icons?|triangle|bar|border|button|dots?|warning|exclamation|banner|cable|colou?r|analysis|of|one|is the limit|juice"
# One that is a verb, too.
BRAND_AND_VERB = (
    r"(?:^|\b(?:via|with|through|using|by|at|und|mit|avec|con|com|met|z|через) |[,+/] ?)(resend)\b(?! (?:it|the|my|this|that|them|a|an)\b)"
)
