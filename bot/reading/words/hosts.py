"""Which endings do host names have, and which have files? Data; judged in `bot/reading/hosts.py`."""

from __future__ import annotations

# Top-level domains that mail servers were seen under, and the names RFC 2606 and home networks use.
TOP_LEVEL = """
    com net org edu gov mil int info biz name pro mobi email mail cloud online site website store shop app dev tech live world one today
    zone systems network digital agency studio solutions services support company group team global space fun top xyz club center host
    hosting press media news blog wiki work works life house expert consulting ltd gmbh inc llc berlin hamburg koeln cologne bayern ruhr
    saarland wien tirol swiss paris bzh alsace corsica london scot wales cymru irish amsterdam frl brussels vlaanderen gent barcelona
    madrid cat gal eus quebec nyc boston vegas miami tokyo osaka kyoto nagoya yokohama okinawa sydney melbourne moscow istanbul africa
    asia lat eco bio health care clinic dental legal law school academy university church ngo ong foundation community social chat games
    photo photography gallery design art band video film tv radio fm coffee cafe restaurant bar pub pizza kitchen hotel travel tours
    flights taxi cars auto bike run fit football golf energy solar green farm garden construction builders property properties estate
    immo haus realty finance financial bank capital fund insurance tax accountants money cash loan credit market trade trading business
    enterprises industries international ventures partners holdings management marketing engineering software codes computer technology
    security tools domains dog pet vet horse baby kids toys gifts flowers fashion clothing shoes jewelry beauty salon spa yoga guru
    ninja rocks cool buzz link click download example test invalid localhost local lan internal intranet home corp private arpa onion
    localdomain
"""

# Endings of files; some are countries too.
FILE_ENDINGS = """
    py php js ts rb go sh md rs pl cs vb cc so ps cfg conf ini log txt env yml yaml json toml xml html htm pem crt key csr pfx exe dll
    jar java class cpp hpp jsx tsx mjs cjs lua sql db bak zip gz tar deb rpm msi pst ost eml msg csv pdf doc docx xls xlsx jpg jpeg png
    gif svg service socket properties gradle lock vue svelte css scss ps1 bat cmd c h d
"""

# Countries under which a comma was seen in place of a dot; behind a comma many other endings of two letters are words.
COMMON = "de fr uk it es pt nl be ch at pl cz eu ru ua se dk fi jp kr cn br ca au us"
